"""What a site sends at its own time: what a row keeps of that, and when it is asked again; decisions only."""

from datetime import UTC, datetime, timedelta
from typing import Any

from medianest.downloads.protocol import Info
from medianest.downloads.types import Broadcast

_AFTER_ITS_TIME = timedelta(seconds=30)
_LOOK_AHEAD = timedelta(days=7)
_SOONEST = timedelta(minutes=5)
_LATEST = timedelta(hours=6)
_GIVEN_UP_AFTER = timedelta(days=30)
_UPCOMING = "is_upcoming"


def columns(info: Info) -> dict[str, Any]:
    """What a row keeps of it; nothing of what is there at any time."""
    broadcast = Broadcast.LIVE if info.is_live else Broadcast.UPCOMING if info.live_status == _UPCOMING else None
    begins_at = begins(info) if broadcast is Broadcast.UPCOMING else None
    return {"broadcast": broadcast, "begins_at": begins_at}


def begins(info: Info) -> datetime | None:
    """When the site lets it begin, as far as it says so."""
    return None if info.begins_at is None else datetime.fromtimestamp(info.begins_at, UTC)


def next_look(now: datetime, *, begins_at: datetime | None, asked_at: datetime) -> datetime | None:
    """When the site is asked again about what is not there yet; None where it is no longer waited for.

    A moment that the site named is waited for, in steps of a week, since it may be brought forward. What is late, or
    has no moment, is asked about ever more rarely, and given up after a month: never before its time.
    """
    if begins_at is not None and begins_at + _AFTER_ITS_TIME > now:
        return min(begins_at + _AFTER_ITS_TIME, now + _LOOK_AHEAD)
    late = now - (begins_at or asked_at)
    if late > _GIVEN_UP_AFTER:
        return None
    return now + min(max(late / 4, _SOONEST), _LATEST)
