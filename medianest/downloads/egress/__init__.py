"""The only way out for downloads: a filtering HTTP proxy on loopback."""
