"""The Plex server as a source."""
