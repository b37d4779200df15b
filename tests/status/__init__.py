"""How the services are, as Uptime Kuma says."""
