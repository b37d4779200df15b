"""What a message makes of the board."""

from datetime import UTC, datetime, timedelta

import pytest

from medianest.status.board import BEATS_MOST, EMPTY, MONITORS_MOST, Board, apply
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

BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BEGAN + timedelta(minutes=minute)


def beat(minute: float, state: State = State.UP, latency_ms: float | None = None) -> Beat:
    return Beat(at(minute), state, latency_ms)


def beaten(*beats: Beat, monitor: int = 1, whole: bool = False) -> Beaten:
    return Beaten(monitor=monitor, beats=beats, whole=whole, words="200 - OK")


def listed(*ids: int, whole: bool = True) -> Listed:
    return Listed(monitors={id: Described(name=f"Service {id}") for id in ids}, whole=whole)


def board(*messages: Message) -> Board:
    made = EMPTY
    for message in (listed(1, 2), *messages):
        made = apply(made, message)
    return made


@pytest.mark.parametrize(
    ("messages", "state", "since"),
    [
        ([], State.UNKNOWN, None),
        ([beaten(beat(0))], State.UP, 0),
        ([beaten(beat(0)), beaten(beat(1))], State.UP, 0),
        ([beaten(beat(0)), beaten(beat(1, State.DOWN))], State.DOWN, 1),
        ([beaten(beat(0)), beaten(beat(1, State.DOWN)), beaten(beat(2, State.DOWN))], State.DOWN, 1),
        ([beaten(beat(5)), beaten(beat(3, State.DOWN))], State.UP, 5),
        ([beaten(beat(5)), beaten(beat(5, State.DOWN))], State.UP, 5),
        ([beaten(beat(5)), beaten(beat(3, State.DOWN), whole=True)], State.DOWN, 3),
        ([beaten(beat(2, State.DOWN), beat(1), beat(3, State.DOWN), whole=True)], State.DOWN, 2),
        ([beaten(beat(5)), beaten(whole=True)], State.UNKNOWN, None),
        ([beaten(beat(0, State.PENDING))], State.PENDING, 0),
    ],
)
def test_a_service_is_as_its_last_beat_says_since_that_began(
    messages: list[Message], state: State, since: int | None
) -> None:
    one = board(*messages).monitors[1]
    assert (one.state, one.since) == (state, None if since is None else at(since))


@pytest.mark.parametrize(
    ("described", "state"),
    [
        (Described(name="", active=False), State.PAUSED),
        (Described(name="", active=False, in_maintenance=True), State.PAUSED),
        (Described(name="", in_maintenance=True), State.MAINTENANCE),
        (Described(name=""), State.UP),
    ],
)
def test_what_an_administrator_of_kuma_does_stands_over_the_beats(described: Described, state: State) -> None:
    one = board(beaten(beat(0, latency_ms=7.0)), Listed(monitors={1: described}, whole=False)).monitors[1]
    assert one.state is state
    assert one.latency_ms == (7.0 if state is State.UP else None)


def test_a_whole_list_leaves_out_what_was_deleted_and_keeps_what_is_known_of_the_rest() -> None:
    known = board(beaten(beat(0)), beaten(beat(0), monitor=2))
    after = apply(known, listed(2, 3))
    assert set(after.monitors) == {2, 3}
    assert after.monitors[2].beats
    assert set(apply(known, listed(3, whole=False)).monitors) == {1, 2, 3}
    assert set(apply(known, Gone(monitor=1)).monitors) == {2}
    assert apply(known, Gone(monitor=9)).monitors == known.monitors


@pytest.mark.parametrize(
    "message",
    [
        beaten(beat(0), monitor=9),
        Share(monitor=9, hours=24, up=1.0),
        Certificate(monitor=9, until=BEGAN),
        beaten(),
        beaten(beat(-5)),
        Arrived(),
    ],
)
def test_what_is_no_news_changes_nothing(message: Message) -> None:
    known = board(beaten(beat(0)))
    assert apply(known, message) is known


def test_what_else_is_told_is_kept_beside_the_beats() -> None:
    window = Window(title="Moving", under_way=True, begins_at=None, ends_at=None)
    notice = Notice(title="Sorry", text="Soon", style="info", at=None)
    made = board(
        Share(monitor=1, hours=24, up=0.5),
        Share(monitor=1, hours=720, up=0.75),
        Share(monitor=1, hours=24, up=0.9),
        Certificate(monitor=1, until=BEGAN),
        Windows(windows=(window,)),
        Notices(notices=(notice,)),
        Release(version="2.5.3"),
    )
    one = made.monitors[1]
    assert one.shares == {24: 0.9, 720: 0.75}
    assert one.certificate_until == BEGAN
    assert (made.windows, made.notices, made.version) == ((window,), (notice,), "2.5.3")


def test_a_board_is_of_bounded_size() -> None:
    full = apply(EMPTY, listed(*range(1, 5 * MONITORS_MOST)))
    assert len(full.monitors) == MONITORS_MOST
    full = apply(full, listed(*range(10**6, 10**6 + 10), whole=False))
    assert len(full.monitors) == MONITORS_MOST
    for minute in range(3):
        full = apply(full, beaten(*(beat(minute + part / 1000) for part in range(1, 1000))))
    assert len(full.monitors[1].beats) == BEATS_MOST
    assert full.monitors[1].since == at(0.001), "it is since when it is so, not since when that is remembered"
