"""How long a service was in which state."""

from datetime import datetime, timedelta

import pytest

from medianest.status import stretches
from medianest.status.board import Monitor
from medianest.status.stretches import Stretch
from medianest.status.types import Beat, Described, State
from tests.status.test_incidents import at

UP, DOWN, PAUSED, UNKNOWN = State.UP, State.DOWN, State.PAUSED, State.UNKNOWN
HOUR = timedelta(hours=1)


def monitor(state: State, since: float | None) -> Monitor:
    if state is PAUSED:
        return Monitor(id=1, described=Described(name="", active=False))
    beats = () if state is UNKNOWN else (Beat(at(since or 0), state, None),)
    return Monitor(id=1, described=Described(name=""), beats=beats, since=None if since is None else at(since))


def stretch(state: State, began: float, ended: float | None = None) -> Stretch:
    return Stretch(monitor=1, state=state, began_at=at(began), ended_at=None if ended is None else at(ended))


@pytest.mark.parametrize(
    ("last", "state", "since", "written"),
    [
        (None, UP, 5, [stretch(UP, 5)]),
        (None, UP, 99, [stretch(UP, 60)]),
        (None, PAUSED, None, [stretch(PAUSED, 60)]),
        (None, UNKNOWN, None, []),
        (stretch(UP, 5), UP, 5, []),
        (stretch(UP, 5), DOWN, 50, [stretch(UP, 5, 50), stretch(DOWN, 50)]),
        (stretch(UP, 5), UNKNOWN, None, [stretch(UP, 5, 60)]),
        (stretch(UP, 5, 30), UP, 20, [stretch(UP, 5)]),
        (stretch(UP, 5, 30), UP, 40, [stretch(UP, 40)]),
        (stretch(UP, 5, 30), DOWN, 20, [stretch(DOWN, 30)]),
        (stretch(UP, 5, 30), DOWN, 40, [stretch(DOWN, 40)]),
        (stretch(UP, 5, 30), UNKNOWN, None, []),
    ],
)
def test_what_is_written_when_a_service_is_as_it_is(
    last: Stretch | None, state: State, since: float | None, written: list[Stretch]
) -> None:
    """At minute 60; a clock that is ahead of ours counts as now."""
    assert list(stretches.after(last, monitor(state, since), at(60))) == written


def test_two_changes_in_one_moment_are_two_rows() -> None:
    begun = stretches.after(stretch(UP, 5), monitor(DOWN, 5), at(60))
    assert [one.began_at for one in begun] == [at(5), at(5) + timedelta(microseconds=1)]


def test_a_picture_shows_the_worst_of_each_part_and_nothing_where_nobody_knew() -> None:
    known = [stretch(UP, -10, 10), stretch(DOWN, 10, 10.5), stretch(UP, 10.5, 30), stretch(PAUSED, 40)]
    assert stretches.slots(known, at(0), at(60), 6) == [UP, DOWN, UP, UNKNOWN, PAUSED, PAUSED]
    assert stretches.slots([stretch(UP, -10, -5), stretch(UP, 70, 80)], at(0), at(60), 3) == [UNKNOWN] * 3


@pytest.mark.parametrize(
    ("known", "share"),
    [
        ([], None),
        ([stretch(UP, 0, 30), stretch(DOWN, 30, 60)], 0.5),
        ([stretch(UP, -60, 45), stretch(DOWN, 45)], 0.75),
        ([stretch(UP, 0, 10), stretch(PAUSED, 10, 50)], 1.0),
        ([stretch(PAUSED, 0)], None),
    ],
)
def test_a_share_is_of_the_time_of_which_something_is_known(known: list[Stretch], share: float | None) -> None:
    assert stretches.share(known, at(0), at(60)) == share


def test_beats_make_stretches_too() -> None:
    beats = [Beat(at(0), UP, 1.0), Beat(at(1), DOWN, None)]
    until: datetime = at(2)
    assert list(stretches.of_beats(1, beats, until)) == [stretch(UP, 0, 1), stretch(DOWN, 1, 2)]
    assert list(stretches.of_beats(1, [], until)) == []
