"""Asking for a film or series, through Overseerr, Jellyseerr or Seerr."""
