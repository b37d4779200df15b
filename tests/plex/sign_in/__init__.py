"""Signing in with Plex, by real sockets and a browser without script."""
