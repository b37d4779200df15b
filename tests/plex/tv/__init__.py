"""The portal's place at Plex, and plex.tv."""
