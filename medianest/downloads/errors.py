"""What can go wrong with a link before it is queued."""

from medianest.core.errors import FieldError, Invalid, NotFound
from medianest.core.i18n import msg
from medianest.downloads.types import ErrorCode


class NoDownload(NotFound):
    """There is none of this id, or it is not this person's to know of."""

    def __init__(self) -> None:
        super().__init__(msg("downloads.none"))


class Refused(Invalid):
    """The link cannot be downloaded; the code is one of the queue's own."""

    def __init__(self, code: ErrorCode, *, detail: str = "") -> None:
        message = msg(f"downloads.error.{code}")
        wrong = (FieldError(field="url", message=message),)
        super().__init__(message, code=code, fields=wrong, facts={"detail": detail})
