"""When summaries are due, on the clock of whom they are for: decisions over plain values."""

from datetime import UTC, datetime, time, timedelta

from medianest.notifications import choosing
from medianest.notifications.types import Digest, Manners

_DIGEST_AT = time(9)


def next_digest(manners: Manners, now: datetime) -> datetime | None:
    """When the next summary is due: in the morning, the weekly one on a Monday."""
    if manners.digest is Digest.OFF:
        return None
    zone = choosing.zone_of(manners.zone)
    due = choosing.next_at(_DIGEST_AT, now, zone)
    while manners.digest is Digest.WEEKLY and due.astimezone(zone).weekday() != 0:
        due = choosing.next_at(_DIGEST_AT, due, zone)
    return due


def digest_before(manners: Manners, due: datetime) -> datetime:
    """When the summary before the one that is due then was: a day or a week earlier on the clock there."""
    days = timedelta(days=7 if manners.digest is Digest.WEEKLY else 1)
    zone = choosing.zone_of(manners.zone)
    return (due.astimezone(zone).replace(tzinfo=None) - days).replace(tzinfo=zone).astimezone(UTC)
