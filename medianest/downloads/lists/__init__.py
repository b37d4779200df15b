"""Playlists and channels: read by a child batch by batch, chosen from, queued entry by entry."""
