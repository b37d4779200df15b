"""Reaching a Plex server: whether it is to be found at an address, and if not, why."""
