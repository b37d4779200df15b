"""MediaNest: a household's front door to its media, in one process."""

__version__ = "0.1.0"
