"""What is known of the services: a board, and what each message makes of it; pure.

Whatever comes, a board is of bounded size: so many monitors, each with so many beats, and texts of so many letters.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from medianest.status.types import (
    Arrived,
    Beat,
    Beaten,
    Certificate,
    Described,
    Gone,
    Listed,
    Message,
    Notice,
    Notices,
    Release,
    Share,
    State,
    Window,
    Windows,
)

MONITORS_MOST = 1000
BEATS_MOST = 100
DAY, MONTH, YEAR = 24, 720, 8760


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A service; `shares` says by hours how much of them it was up, `since` when its present state began."""

    id: int
    described: Described
    beats: tuple[Beat, ...] = ()
    words: str = ""
    shares: Mapping[int, float] = field(default_factory=dict)
    certificate_until: datetime | None = None
    since: datetime | None = None

    @property
    def state(self) -> State:
        if not self.described.active:
            return State.PAUSED
        if self.described.in_maintenance:
            return State.MAINTENANCE
        return self.beats[-1].state if self.beats else State.UNKNOWN

    @property
    def latency_ms(self) -> float | None:
        return self.beats[-1].latency_ms if self.beats and self.state is State.UP else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All services, by the numbers that Uptime Kuma gives them."""

    monitors: Mapping[int, Monitor] = field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    notices: tuple[Notice, ...] = ()
    version: str = ""


EMPTY = Board()


def apply(board: Board, message: Message) -> Board:
    """The board after a message; the same one where it says nothing about what is there."""
    match message:
        case Listed():
            return _listed(board, message)
        case Gone(monitor=gone):
            return _with(board, {id: one for id, one in board.monitors.items() if id != gone})
        case Beaten():
            return _changed(board, message.monitor, lambda one: _beaten(one, message))
        case Share():
            told = {message.hours: message.up}
            return _changed(board, message.monitor, lambda one: replace(one, shares={**one.shares, **told}))
        case Certificate(until=until):
            return _changed(board, message.monitor, lambda one: replace(one, certificate_until=until))
        case Windows(windows=windows):
            return replace(board, windows=windows)
        case Notices(notices=notices):
            return replace(board, notices=notices)
        case Release(version=version):
            return replace(board, version=version)
        case Arrived():
            return board


def _listed(board: Board, told: Listed) -> Board:
    kept = {} if told.whole else dict(board.monitors)
    for id, described in told.monitors.items():
        known = board.monitors.get(id)
        kept[id] = replace(known, described=described) if known else Monitor(id=id, described=described)
    return _with(board, dict(list(kept.items())[:MONITORS_MOST]))


def _beaten(one: Monitor, told: Beaten) -> Monitor:
    """A beat that is not newer than the last one is known already; a whole list stands in place of all."""
    last = one.beats[-1].at if one.beats and not told.whole else None
    new = [beat for beat in told.beats if last is None or beat.at > last]
    if not new and not told.whole:
        return one
    beats = (() if told.whole else one.beats) + tuple(sorted(new, key=lambda beat: beat.at))
    since = began(beats)
    if not told.whole and one.beats and beats[-1].state is one.beats[-1].state:
        since = one.since
    return replace(one, beats=beats[-BEATS_MOST:], since=since, words=told.words)


def began(beats: Iterable[Beat]) -> datetime | None:
    """When the state of the last beat began, as far as the beats go back; None where there are none."""
    since: datetime | None = None
    before: State | None = None
    for beat in beats:
        if beat.state is not before:
            since, before = beat.at, beat.state
    return since


def _changed(board: Board, id: int, change: Callable[[Monitor], Monitor]) -> Board:
    """Of a monitor that nobody listed, nothing is known."""
    known = board.monitors.get(id)
    if known is None:
        return board
    changed = change(known)
    return board if changed == known else _with(board, {**board.monitors, id: changed})


def _with(board: Board, monitors: dict[int, Monitor]) -> Board:
    return replace(board, monitors=MappingProxyType(monitors))
