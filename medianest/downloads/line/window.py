"""What the hours decide, in local time: whether downloads are begun, and how fast they may go; over plain values."""

from collections.abc import Iterable
from datetime import datetime, time

from medianest.core import hours


def opens_at(window: tuple[time, time] | None, now: datetime) -> datetime | None:
    """When the window opens next, None if it is open (or there is none); `now` is in its zone."""
    if window is None or hours.within(window, now.time()):
        return None
    return hours.next_at(window[0], now)


def rate_at(rates: Iterable[tuple[time, time, int]], usual: int, now: datetime) -> int | None:
    """Bytes per second of the first hours that hold now, else the usual ones; None where there is no limit."""
    moment = now.time()
    rate = next((rate for start, end, rate in rates if hours.within((start, end), moment)), usual)
    return rate or None
