"""What can go wrong with people's notes and channels."""

from medianest.core.errors import NotFound
from medianest.core.i18n import msg


class NoSuchChannel(NotFound):
    """There is none, or it is another person's."""


class NoSuchService(NotFound):
    """There is none of this name, or it is not for them."""


class NoNote(NotFound):
    """There is no such note, or it is another person's."""

    default_code = "no_note"

    def __init__(self) -> None:
        super().__init__(msg("notifications.no_note"))
