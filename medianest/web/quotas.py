"""Quotas as bars with their words: how much is used, of how much, and when there is room again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from medianest.core import clock
from medianest.core.i18n import Message, msg
from medianest.downloads.plans import quotas
from medianest.downloads.types import Quota, Standing

_MUCH, _NEARLY_ALL = 0.7, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The measure of a bar; from `much` and `nearly_all` on it has another colour."""

    value: int
    most: int
    much: float
    nearly_all: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A quota of somebody's; `is_size` says that its numbers are bytes."""

    name: str
    label: Message
    is_size: bool
    used: int
    limit: int
    left: int
    bar: Bar
    resets_at: datetime | None


def meters(standings: Iterable[Standing]) -> tuple[Meter, ...]:
    return tuple(meter(standing) for standing in standings)


def meter(standing: Standing) -> Meter:
    return Meter(
        name=standing.quota,
        label=msg(f"web.quota.{standing.quota}", n=standing.window_days),
        is_size=standing.quota is Quota.BYTES,
        used=standing.used,
        limit=standing.limit,
        left=standing.left,
        bar=_bar(standing),
        resets_at=standing.resets_at,
    )


def _bar(standing: Standing) -> Bar:
    """Of nothing, everything is used."""
    most = max(1, standing.limit)
    value = min(standing.used, most) if standing.limit else most
    return Bar(value=value, most=most, much=_MUCH * most, nearly_all=_NEARLY_ALL * most)


def no_room(standings: tuple[Standing, ...], estimated_bytes: int | None) -> Message | None:
    """Why a new download would not be within somebody's plan; None where it is, or where nobody knows."""
    if full := quotas.in_the_way(standings):
        return quotas.sentence(full, full.resets_at - clock.now() if full.resets_at else None)
    return msg("web.preview.beyond_plan") if quotas.fits(standings, estimated_bytes) is False else None
