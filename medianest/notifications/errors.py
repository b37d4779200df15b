"""What can go wrong with people's channels."""

from medianest.core.errors import NotFound


class NoSuchChannel(NotFound):
    """There is none, or it is another person's."""


class NoSuchService(NotFound):
    """There is none of this name, or it is not for them."""
