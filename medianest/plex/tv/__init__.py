"""plex.tv: where Plex keeps accounts, and who shares which server with whom."""
