"""That the server which fetches films and series is away: since when, and what becomes of what is asked meanwhile.

The portal finds out by itself when it asks there, or is told by Uptime Kuma before anybody asks.
"""

from dataclasses import dataclass
from datetime import datetime

from medianest.http.services import Services
from medianest.status.types import Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """`is_refused` where it answers, and does not take the key."""

    since: datetime | None
    is_refused: bool


def away(services: Services) -> Away | None:
    """None while it answers, as far as is known without asking, and where there is none."""
    standing = services.overseerr.standing
    if not standing.is_set_up:
        return None
    if standing.is_away or standing.is_refused:
        return Away(since=standing.away_since, is_refused=standing.is_refused)
    outage = services.status.outages().get(Function.OVERSEERR)
    return Away(since=outage.since, is_refused=False) if outage else None


def is_set_up(services: Services) -> bool:
    """Whether there is a server that could be asked."""
    return services.overseerr.standing.is_set_up
