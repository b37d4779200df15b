"""What the Plex server holds: an index of ours that is searched and shown, kept true to the server."""
