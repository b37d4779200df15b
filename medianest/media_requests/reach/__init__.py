"""Looking at an address at which Overseerr, Jellyseerr or Seerr may be."""
