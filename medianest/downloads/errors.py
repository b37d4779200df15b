"""What can go wrong with a link before it is queued."""

from datetime import datetime, timedelta

from medianest.core import clock
from medianest.core.errors import FieldError, Invalid, NotFound
from medianest.core.i18n import Message, msg
from medianest.downloads.types import ErrorCode


class NoDownload(NotFound):
    """There is none of this id, or it is not this person's to know of."""

    def __init__(self) -> None:
        super().__init__(msg("downloads.none"))


class NoPlaylist(NotFound):
    """There is none of this id, or it is not this person's to know of."""

    def __init__(self) -> None:
        super().__init__(msg("downloads.no_list"))


class NoSite(NotFound):
    """Nothing was ever asked of a site of this name."""

    def __init__(self) -> None:
        super().__init__(msg("downloads.no_site"))


class Refused(Invalid):
    """The link cannot be downloaded; the code is one of the queue's own."""

    def __init__(
        self,
        code: ErrorCode,
        *,
        detail: str = "",
        retry_after: timedelta | None = None,
        message: Message | None = None,
    ) -> None:
        told = message or msg(f"downloads.error.{code}")
        wrong = (FieldError(field="url", message=told),)
        super().__init__(told, code=code, fields=wrong, retry_after=retry_after, facts={"detail": detail})


class NotAList(Refused):
    """A list was asked for, and the link leads to a single video."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.UNSUPPORTED_URL, message=msg("downloads.not_a_list"))


class SiteLeftAlone(Refused):
    """Nothing is asked of this site now: it refused us a while ago (`cause`), or an admin holds it."""

    def __init__(self, site: str, cause: ErrorCode | None, until: datetime | None) -> None:
        wait = max(timedelta(seconds=1), until - clock.now()) if until else None
        message = msg("downloads.site_cools" if until else "downloads.site_is_held", site=site)
        super().__init__(cause or ErrorCode.RATE_LIMITED, retry_after=wait, message=message)
