"""The sessions that were recorded of 1.23.17 and 2.5.3, event by event, and the board that comes of them."""

import json
from datetime import UTC, datetime

import pytest

from medianest.status.board import EMPTY, MONTH, YEAR, Board, apply
from medianest.status.polling import wire
from medianest.status.types import Listed, State
from tests.fakes.uptime_kuma import NEW, OLD, recording
from tests.fakes.uptime_kuma.dialects import Dialect
from tests.status.hearing import board_of, framed, is_whole_after

BOTH = pytest.mark.parametrize("dialect", [OLD, NEW], ids=lambda dialect: dialect.version)
RECORDED_AT = datetime(2026, 11, 20, 21, 45, tzinfo=UTC)
STATES = {
    1: State.DOWN,
    2: State.UP,
    3: State.DOWN,
    4: State.UP,
    5: State.UP,
    6: State.UP,
    7: State.DOWN,
    8: State.UP,
    9: State.DOWN,
    10: State.PAUSED,
}


def told(dialect: Dialect) -> Board:
    return board_of(map(framed, recording(dialect)["events"]))


@BOTH
def test_the_live_session_makes_the_board_that_was_there(dialect: Dialect) -> None:
    board = told(dialect)
    assert {id: one.state for id, one in board.monitors.items()} == STATES
    assert board.version == dialect.version
    assert board.monitors[2].described.name == "Plex (stub up)"
    assert board.monitors[2].described.parent == 1
    assert board.monitors[1].described.kind == "group"
    assert board.monitors[8].certificate_until == datetime(2027, 1, 4, 21, 29, 20, tzinfo=UTC)
    assert [len(one.beats) for one in board.monitors.values()] == [8] * 8 + [2, 1]


@BOTH
def test_numbers_count_as_texts_and_as_numbers_and_a_missing_ping_is_none(dialect: Dialect) -> None:
    """The beats of the login have texts for numbers, the live ones after it have not."""
    board = told(dialect)
    assert all(beat.latency_ms is not None for beat in board.monitors[2].beats)
    assert all(beat.latency_ms is None for beat in board.monitors[3].beats)
    assert board.monitors[3].words.startswith("connect ECONNREFUSED")


@BOTH
def test_a_year_is_told_by_the_newer_one_only(dialect: Dialect) -> None:
    shares = told(dialect).monitors[2].shares
    assert shares[24] == shares[MONTH] == 1
    assert (YEAR in shares) is dialect.is_new


@BOTH
def test_a_login_is_whole_once_the_beats_of_every_monitor_have_come(dialect: Dialect) -> None:
    events = recording(dialect)["events"]
    burst = [event for event in events if event[0] in ("monitorList", "heartbeatList")]
    assert is_whole_after(burst) == [False] * 10 + [True]
    assert is_whole_after([["monitorList", {}]]) == [True]
    assert is_whole_after([events[0], ["initServerTimezone"]])[-1]


@BOTH
def test_the_status_page_makes_the_same_board_as_far_as_it_tells(dialect: Dialect) -> None:
    """It shows no monitor 5, and not that 10 is paused."""
    recorded = recording(dialect)
    page = wire.page(encoded(recorded["status_page"]), RECORDED_AT)
    board = EMPTY
    for message in [*page, *wire.beats(encoded(recorded["heartbeats"]))]:
        board = apply(board, message)
    shown = {id: state for id, state in STATES.items() if id not in (5, 10)} | {10: State.UP}
    shown = {id: state for id, state in shown.items() if id in board.monitors}
    assert {id: one.state for id, one in board.monitors.items()} == shown
    assert {one.described.group for one in board.monitors.values()} == {"Media", "Infra"}
    assert board.monitors[2].shares == {24: 1}
    assert board.monitors[3].words == ""


@BOTH
def test_the_figures_make_the_same_board_as_far_as_they_tell(dialect: Dialect) -> None:
    messages = wire.figures("\n".join(recording(dialect)["metrics"]), RECORDED_AT)
    board = EMPTY
    for message in messages:
        board = apply(board, message)
    by_name = {one.described.name: one for one in board.monitors.values()}
    assert by_name["Plex (stub up)"].state is State.UP
    assert by_name["Plex (stub up)"].latency_ms is not None
    assert by_name["Radarr (nothing listens)"].state is State.DOWN
    assert by_name["Radarr (nothing listens)"].latency_ms is None
    assert board.version == dialect.version
    assert (set(board.monitors) <= set(STATES)) is dialect.is_new
    again = wire.figures("\n".join(recording(dialect)["metrics"]), RECORDED_AT)
    assert isinstance(again[0], Listed)
    assert set(again[0].monitors) == set(board.monitors), "a monitor without a number keeps the one that it was given"


def encoded(told: object) -> bytes:
    return json.dumps(told).encode()
