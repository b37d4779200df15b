"""What a plan leaves of its quotas, and what is said when nothing is left; pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from medianest.accounts.types import Quotas
from medianest.core.errors import TooMany
from medianest.core.i18n import Message, msg
from medianest.downloads.types import Quota, Standing

_MB, _GB = 10**6, 10**9
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class QuotaExceeded(TooMany):
    """The plan of the one who would own the download has no room for it."""

    default_code = "quota_exceeded"

    def __init__(self, standing: Standing, *, now: datetime) -> None:
        frees_in = standing.resets_at - now if standing.resets_at else None
        facts = {"quota": standing.quota.value, "limit": standing.limit, "used": standing.used}
        super().__init__(sentence(standing, frees_in), retry_after=frees_in, facts=facts)


def limited(quotas: Quotas) -> dict[Quota, int]:
    """The quotas that are set, in their order."""
    limits = {Quota.DOWNLOADS: quotas.downloads, Quota.BYTES: quotas.bytes, Quota.ACTIVE: quotas.active}
    return {quota: limit for quota, limit in limits.items() if limit is not None}


def in_the_way(standings: Iterable[Standing], *, is_counted: bool = False) -> Standing | None:
    """The quota that has no room for one more download, the one that takes longest first.

    `is_counted` says that the download was counted already when it was begun before.
    """
    full = [standing for standing in standings if not standing.left]
    if is_counted:
        full = [standing for standing in full if standing.quota is not Quota.DOWNLOADS]
    return max(full, key=_how_long, default=None)


def room(standings: Iterable[Standing]) -> int | None:
    """How many more downloads may be begun now; None where nothing limits that."""
    known = tuple(standings)
    if in_the_way(known):
        return 0
    return min((standing.left for standing in known if standing.quota is not Quota.BYTES), default=None)


def fits(standings: Iterable[Standing], estimated_bytes: int | None) -> bool | None:
    """Whether a new download is within all quotas; None where that depends on a size that nobody knows."""
    known = tuple(standings)
    if in_the_way(known):
        return False
    room = next((standing.left for standing in known if standing.quota is Quota.BYTES), None)
    if room is None:
        return True
    return None if estimated_bytes is None else estimated_bytes <= room


def sentence(standing: Standing, frees_in: timedelta | None) -> Message:
    """What is allowed, what is used, when it frees."""
    if standing.limit == 0:
        return msg("downloads.quota.none")
    if standing.quota is Quota.ACTIVE or frees_in is None:
        return msg("downloads.quota.active", limit=standing.limit, used=standing.used)
    is_bytes = standing.quota is Quota.BYTES
    return msg(
        f"downloads.quota.{standing.quota}",
        n=standing.window_days,
        limit=_size(standing.limit) if is_bytes else standing.limit,
        used=_size(standing.used) if is_bytes else standing.used,
        when=_wait(frees_in),
    )


def _how_long(standing: Standing) -> tuple[bool, datetime]:
    """What no time frees is named first of all; what frees when something else is done, last."""
    never = standing.limit == 0
    return never, standing.resets_at or datetime.min.replace(tzinfo=UTC)


def _wait(left: timedelta) -> Message:
    for unit, id in ((_DAY, "days"), (_HOUR, "hours")):
        if left >= unit:
            return msg(f"downloads.quota.in_{id}", n=-(-left // unit))
    return msg("downloads.quota.in_minutes", n=max(1, -(-left // _MINUTE)))


def _size(number: int) -> Message:
    for unit, id in ((_GB, "gb"), (_MB, "mb")):
        if number >= unit:
            return msg(f"downloads.quota.bytes_{id}", amount=float(f"{number / unit:.3g}"))
    return msg("downloads.quota.bytes_b", amount=number)
