"""What can go wrong with a link before it is queued."""

from medianest.core.errors import Invalid, NotFound
from medianest.core.i18n import msg
from medianest.downloads.types import ErrorCode


class NoDownload(NotFound):
    """There is none of this id, or it is not this person's to know of."""

    def __init__(self) -> None:
        super().__init__(msg("downloads.none"))


class Refused(Invalid):
    """The link cannot be downloaded; the code is one of the queue's own."""

    def __init__(self, code: ErrorCode, *, detail: str = "") -> None:
        super().__init__(msg(f"downloads.error.{code}"), code=code, facts={"detail": detail})
