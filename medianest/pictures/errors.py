"""Why a picture is not shown."""

from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import msg


class NoPicture(NotFound):
    """There is none, or what came is none that is shown: asking again soon would not help."""

    def __init__(self, why: str) -> None:
        super().__init__(msg("pictures.none"), facts={"why": why})


class PictureAway(Unavailable):
    """It cannot be had now: where it comes from is away, or too much is asked for at once."""

    def __init__(self, why: str) -> None:
        super().__init__(msg("pictures.away"), facts={"why": why})
