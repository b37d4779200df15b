"""How long a service was in which state: one stretch after the other, with gaps where nobody knew; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from medianest.status.board import Monitor
from medianest.status.types import Beat, State

_WORST_FIRST = (State.DOWN, State.PENDING, State.MAINTENANCE, State.PAUSED, State.UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in one state; one that has no end goes on, as far as is known."""

    monitor: int
    state: State
    began_at: datetime
    ended_at: datetime | None = None


def after(last: Stretch | None, monitor: Monitor, now: datetime) -> tuple[Stretch, ...]:
    """What is to be written now that a service is as it is: what ends, what goes on again, what begins."""
    state = monitor.state
    if last is not None and last.state is state and last.ended_at is None:
        return ()
    began = since(monitor, now)
    if state is State.UNKNOWN:
        return ended(last, now)
    if last is None:
        return (Stretch(monitor=monitor.id, state=state, began_at=began),)
    if last.state is state and last.ended_at is not None and began <= last.ended_at:
        return (replace(last, ended_at=None),)
    turn = max(began, last.ended_at or last.began_at)
    begun = Stretch(monitor=monitor.id, state=state, began_at=max(turn, last.began_at + timedelta(microseconds=1)))
    return (*ended(last, begun.began_at), begun)


def ended(last: Stretch | None, at: datetime) -> tuple[Stretch, ...]:
    """A stretch of which nobody knows any more whether it goes on."""
    if last is None or last.ended_at is not None:
        return ()
    return (replace(last, ended_at=max(at, last.began_at)),)


def since(monitor: Monitor, now: datetime) -> datetime:
    """When the present state began, by Uptime Kuma's clock, which may be ahead of ours."""
    known = monitor.since if monitor.beats and monitor.beats[-1].state is monitor.state else None
    return min(known or now, now)


def of_beats(monitor: int, beats: Sequence[Beat], until: datetime) -> Iterator[Stretch]:
    """The stretches that beats make, the last one up to `until`."""
    ends = [*(beat.at for beat in beats[1:]), until]
    for beat, end in zip(beats, ends, strict=False):
        yield Stretch(monitor=monitor, state=beat.state, began_at=beat.at, ended_at=end)


def slots(known: Iterable[Stretch], begin: datetime, end: datetime, number: int) -> Sequence[State]:
    """The worst state in each of `number` equal parts of a time; unknown where nobody knew."""
    width = (end - begin) / number
    found: list[State] = [State.UNKNOWN] * number
    for one in known:
        first = max(0, int((one.began_at - begin) / width))
        until = min(end, one.ended_at or end)
        last = min(number - 1, -int((begin - until) // width) - 1) if until > begin else -1
        for place in range(first, last + 1):
            found[place] = worse(found[place], one.state)
    return found


def worse(one: State, other: State) -> State:
    """The one of which people rather hear."""
    return next((state for state in _WORST_FIRST if state in (one, other)), State.UNKNOWN)


def share(known: Iterable[Stretch], begin: datetime, end: datetime) -> float | None:
    """How much of the time of which anything is known a service was up; maintenance and pauses count for nothing."""
    up = down = timedelta()
    for one in known:
        length = min(end, one.ended_at or end) - max(begin, one.began_at)
        if length > timedelta():
            up += length if one.state in (State.UP, State.PENDING) else timedelta()
            down += length if one.state is State.DOWN else timedelta()
    return up / (up + down) if up + down else None
