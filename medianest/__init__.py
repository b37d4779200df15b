"""MediaNest: a household's front door to its media, in one process."""
