"""When an incident opens, closes and is told of."""

from datetime import UTC, datetime, timedelta

import pytest

from medianest.status import incidents
from medianest.status.incidents import Incident, Rules, Telling
from medianest.status.types import State

BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULES = Rules(alert_after=timedelta(minutes=1), flapping=timedelta(minutes=10))
UP, DOWN = State.UP, State.DOWN


def at(minute: float) -> datetime:
    return BEGAN + timedelta(minutes=minute)


def lived(changes: list[tuple[float, State]], until: float) -> tuple[list[Incident], list[tuple[float, Telling]]]:
    """A service that changes so, looked at every ten seconds: its incidents, and what was told in which minute."""
    known: list[Incident] = []
    told: list[tuple[float, Telling]] = []
    for tick in range(int(until * 6) + 1):
        minute = tick / 6
        began, state = max((change for change in changes if change[0] <= minute), key=lambda change: change[0])
        last = known[-1] if known else None
        new = Incident(id=str(len(known)), monitor=1, name="Plex", cause="", opened_at=at(began), down_since=at(began))
        incident = incidents.after(last, state, at(began), at(minute), RULES, new=new)
        if incident is None:
            continue
        if what := incidents.telling(incident, at(minute), RULES):
            incident = incidents.told(incident, what)
            told.append((minute, what))
        known[-1:] = [incident] if last is not None and incident.id == last.id else [*known[-1:], incident]
    return known, told


@pytest.mark.parametrize(
    ("changes", "spans", "flaps", "told"),
    [
        ([(0, UP)], [], [], []),
        ([(0, UP), (5, DOWN), (5.5, UP)], [(5, 5.5)], [0], []),
        ([(0, UP), (5, DOWN)], [(5, None)], [0], [(6, Telling.DOWN)]),
        ([(0, UP), (5, DOWN), (20, UP)], [(5, 20)], [0], [(6, Telling.DOWN), (21, Telling.BACK)]),
        ([(0, UP), (5, DOWN), (20, State.PAUSED)], [(5, 20)], [0], [(6, Telling.DOWN), (21, Telling.BACK)]),
        ([(0, UP), (5, DOWN), (20, State.PENDING)], [(5, None)], [0], [(6, Telling.DOWN)]),
        ([(0, UP), (5, DOWN), (20, State.UNKNOWN)], [(5, None)], [0], [(6, Telling.DOWN)]),
        # it flaps: one incident, told when it began, and that it is over only once it has calmed down
        (
            [(0, UP), (5, DOWN), (7, UP), (7.5, DOWN), (9, UP), (9.5, DOWN), (11, UP)],
            [(5, 11)],
            [2],
            [(6, Telling.DOWN), (21, Telling.BACK)],
        ),
        # it came back, people were told, and it is down again
        (
            [(0, UP), (5, DOWN), (7, UP), (9, DOWN), (12, UP)],
            [(5, 12)],
            [1],
            [(6, Telling.DOWN), (8, Telling.BACK), (10, Telling.DOWN), (22, Telling.BACK)],
        ),
        # long after, it is another one
        (
            [(0, UP), (5, DOWN), (7, UP), (20, DOWN), (22, UP)],
            [(5, 7), (20, 22)],
            [0, 0],
            [(6, Telling.DOWN), (8, Telling.BACK), (21, Telling.DOWN), (23, Telling.BACK)],
        ),
    ],
)
def test_an_incident_is_what_people_would_call_one(
    changes: list[tuple[float, State]],
    spans: list[tuple[float, float | None]],
    flaps: list[int],
    told: list[tuple[float, Telling]],
) -> None:
    known, heard = lived(changes, until=35)
    assert [(one.opened_at, one.closed_at) for one in known] == [
        (at(opened), None if closed is None else at(closed)) for opened, closed in spans
    ]
    assert [one.flaps for one in known] == flaps
    assert [(round(minute, 1), what) for minute, what in heard] == told


def test_one_is_over_when_nothing_comes_of_it_any_more() -> None:
    known = Incident(id="1", monitor=1, name="", cause="", opened_at=at(0), down_since=at(0))
    closed = incidents.after(known, UP, at(2), at(2), RULES, new=known)
    assert closed is not None
    assert not known.is_over(at(999), RULES)
    assert not closed.is_over(at(11), RULES)
    assert closed.is_over(at(12), RULES)
    assert not incidents.told(closed, Telling.DOWN).is_over(at(12), RULES)
    assert incidents.told(closed, Telling.BACK).is_over(at(12), RULES)
