"""Uptime Kuma, asked now and then: a public status page, or the figures that it keeps for Prometheus."""
