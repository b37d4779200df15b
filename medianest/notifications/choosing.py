"""What somebody hears by which channel, and when: decisions over plain values."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from medianest.core import hours
from medianest.core.actor import Role
from medianest.notifications.types import TOPICS, ChannelKind, Manners, Notice, Preferences, Topic

_BY_LETTER = frozenset({Topic.DECIDE, Topic.ACCOUNT})
_ALSO_BY_LETTER = frozenset({Notice.REQUEST_READY, Notice.REQUEST_ANSWERED, Notice.SERVICE_DOWN, Notice.UPKEEP})
_SUMMED_UP = frozenset({ChannelKind.EMAIL, ChannelKind.PUSH})
_NOT_BY_HAND = frozenset({Notice.HANDED_OVER, Notice.TAKEN_AWAY})
_DECIDERS = frozenset({Role.ADMIN, Role.CURATOR})
_AT_ANY_HOUR = frozenset({Notice.SECURITY})
_SETTLES: Mapping[ChannelKind, timedelta] = {
    ChannelKind.PUSH: timedelta(seconds=5),
    ChannelKind.EMAIL: timedelta(minutes=2),
    ChannelKind.WEBHOOK: timedelta(0),
    ChannelKind.APPRISE: timedelta(seconds=30),
}


def is_usual(notice: Notice, kind: ChannelKind) -> bool:
    """Whether who chose nothing hears of it so: programs hear all, letters are few, a pocket buzzes for what is own."""
    if notice is Notice.DIGEST:
        return kind in _SUMMED_UP
    if kind is ChannelKind.WEBHOOK:
        return True
    if kind is ChannelKind.EMAIL:
        return TOPICS[notice] in _BY_LETTER or notice in _ALSO_BY_LETTER
    return notice not in _NOT_BY_HAND


def is_wanted(preferences: Preferences, notice: Notice, kind: ChannelKind) -> bool:
    return preferences.choices.get((notice, kind), is_usual(notice, kind))


def concerning(role: Role) -> tuple[Notice, ...]:
    """What somebody with this role can ever hear of, in the order of a matrix."""
    never = {Topic.HOUSE} if role is not Role.ADMIN else set()
    if role not in _DECIDERS:
        never.add(Topic.DECIDE)
    return tuple(notice for notice in Notice if TOPICS[notice] not in never)


def settled_at(kind: ChannelKind, *, comes_in_numbers: bool, at: datetime) -> datetime:
    """When it is sent: what often comes in numbers waits a little for the rest of it."""
    return at + _SETTLES[kind] if comes_in_numbers else at


def not_before(manners: Manners, notice: Notice, now: datetime) -> datetime | None:
    """When the quiet hours end that hold now for this; None where none do.

    What somebody else may be doing with an account is told at any hour.
    """
    if manners.quiet is None or notice in _AT_ANY_HOUR:
        return None
    zone = zone_of(manners.zone)
    here = now.astimezone(zone)
    return next_at(manners.quiet[1], now, zone) if hours.within(manners.quiet, here.time()) else None


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of this name; None, which is the portal's own, where there is none of it."""
    return ZoneInfo(name) if name in zones() else None


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The names of all zones of the world."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def shown_zones() -> tuple[str, ...]:
    """The names that people know their zones by: a continent or an ocean, and a place in it."""
    places = (
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    return tuple(sorted(name for name in zones() if name.partition("/")[0] in places))


def next_at(at: time, now: datetime, zone: ZoneInfo | None) -> datetime:
    """The next time that a clock on the wall there shows this.

    A time that clocks jump over is taken as if they had not jumped yet; of one that they show twice the first counts
    (PEP 495).
    """
    end = hours.next_at(at, now.astimezone(zone).replace(tzinfo=None))
    return (end.replace(tzinfo=zone) if zone else end).astimezone(UTC)
