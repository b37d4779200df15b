"""Quotas as whoever they limit sees them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from medianest.api.wire import Output
from medianest.downloads.types import Standing


class Quota(Output, frozen=True, kw_only=True):
    """How much of something one may have, and how much of it is used.

    `resets_at` is when less is used and there is room; null where nothing is used, or where no time brings it.
    """

    limit: int
    used: int
    resets_at: datetime | None


def quotas(standings: Iterable[Standing]) -> Mapping[str, Quota]:
    """By their names: `downloads` begun and `bytes` received within the plan's days, `active` at once."""
    return {
        standing.quota: Quota(limit=standing.limit, used=standing.used, resets_at=standing.resets_at)
        for standing in standings
    }
