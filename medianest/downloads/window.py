"""The hours in which downloads are begun, in local time; a decision over plain values."""

from datetime import datetime, time, timedelta


def opens_at(window: tuple[time, time] | None, now: datetime) -> datetime | None:
    """When the window opens next, None if it is open (or there is none).

    It goes from its first time to its second, past midnight where that is the earlier one; `now` is in its zone.
    """
    if window is None:
        return None
    start, end = window
    moment = now.time()
    is_open = start <= moment < end if start <= end else moment >= start or moment < end
    if is_open:
        return None
    today = now.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
