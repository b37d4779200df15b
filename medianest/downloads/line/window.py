"""What the hours decide, in local time: whether downloads are begun, and how fast they may go; over plain values."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta


def opens_at(window: tuple[time, time] | None, now: datetime) -> datetime | None:
    """When the window opens next, None if it is open (or there is none).

    It goes from its first time to its second, past midnight where that is the earlier one; `now` is in its zone.
    """
    if window is None:
        return None
    start, end = window
    if _within(start, end, now.time()):
        return None
    today = now.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def rate_at(hours: Iterable[tuple[time, time, int]], usual: int, now: datetime) -> int | None:
    """Bytes per second of the first hours that hold now, else the usual ones; None where there is no limit."""
    moment = now.time()
    rate = next((rate for start, end, rate in hours if _within(start, end, moment)), usual)
    return rate or None


def _within(start: time, end: time, moment: time) -> bool:
    return start <= moment < end if start <= end else moment >= start or moment < end
