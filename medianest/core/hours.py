"""Hours of the day, in local time: whether they hold at a moment, and when a time of day comes next; over plain values.

Hours go from their first time to their second, past midnight where that is the earlier one.
"""

from datetime import datetime, time, timedelta


def within(hours: tuple[time, time], moment: time) -> bool:
    start, end = hours
    return start <= moment < end if start <= end else moment >= start or moment < end


def next_at(at: time, now: datetime) -> datetime:
    """When the clock shows this the next time; `now` is in its zone."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)
