"""Whatever comes over the socket: nothing is raised, and the board stays of bounded size."""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from medianest.status.board import BEATS_MOST, MONITORS_MOST, Board
from medianest.status.polling import wire
from medianest.status.reading import NAME_MOST, WORDS_MOST
from tests.fakes.uptime_kuma import NEW, OLD, recording
from tests.status.hearing import board_of, framed, heard
from tests.status.test_recorded import RECORDED_AT

EVENTS = (
    "monitorList", "updateMonitorIntoList", "deleteMonitorFromList", "heartbeat", "heartbeatList", "uptime", "certInfo",
    "maintenanceList", "info", "initServerTimezone",
)  # fmt: skip
KEYS = (
    "id", "name", "type", "parent", "active", "maintenance", "weight", "monitorID", "status", "time", "msg", "ping",
    "certInfo", "validTo", "timeslotList", "startDate", "version", "1", "2",
)  # fmt: skip
ODD = [
    None, True, -1, 0, 1, 2, 99, 2**53, 2**70, -0.0, 1e308, "", "1", "1y", "２", "\x00\ud800",
    "2026-11-20 21:40:25.336", "9999-12-31 23:59:59", "0001-01-01", "{", '{"certInfo":{"validTo":7}}', "x" * 5000,
]  # fmt: skip
leaves = some.sampled_from(ODD) | some.integers() | some.floats() | some.text(max_size=20)
values = some.recursive(
    leaves,
    lambda inner: some.lists(inner, max_size=5) | some.dictionaries(some.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)
events = some.tuples(some.sampled_from(EVENTS), some.lists(values, max_size=4)).map(lambda told: [told[0], *told[1]])
FURNISHED = board_of(framed(told) for told in recording(NEW)["events"] if told[0] in ("monitorList", "heartbeatList"))


def assert_bounded(board: Board) -> None:
    assert len(board.monitors) <= MONITORS_MOST
    for id, one in board.monitors.items():
        assert 0 < id <= 2**53
        assert len(one.beats) <= BEATS_MOST
        assert len(one.described.name) <= NAME_MOST
        assert len(one.words) <= WORDS_MOST
        assert len(one.shares) <= 3
        assert all(0 <= share <= 1 for share in one.shares.values())
        one.described.name.encode()
        one.words.encode()
    assert len(board.windows) <= 50


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.lists(events, max_size=8))
def test_events_of_wrong_types_are_nothing(told: list[list[Any]]) -> None:
    assert_bounded(board_of(map(framed, told), FURNISHED))


@settings(max_examples=100, deadline=None)
@given(some.text(max_size=60) | some.binary(max_size=60))
def test_frames_that_are_none_are_nothing(frame: str | bytes) -> None:
    for head in ("", "4", "42", "43", "42[", "421[", "0"):
        heard(head + frame if isinstance(frame, str) else frame)


@settings(max_examples=60, deadline=None)
@given(some.binary(max_size=80) | values.map(lambda value: json.dumps(value).encode()))
def test_pages_and_figures_of_any_kind_are_refused_or_read(body: bytes) -> None:
    for read in (lambda: wire.page(body, RECORDED_AT), lambda: wire.beats(body), lambda: figures(body)):
        try:
            read()
        except ValueError:
            continue


def figures(body: bytes) -> object:
    return wire.figures(
        'app_version{version="2"} 1\nmonitor_status{' + body.decode(errors="replace") + "} 1", RECORDED_AT
    )


@pytest.mark.parametrize("mutation", range(40))
def test_a_recorded_session_that_is_damaged_makes_a_bounded_board(mutation: int) -> None:
    """Each event loses a part, in another place each time."""
    frames = [framed(event) for event in recording(OLD)["events"]]
    damaged = [frame[: len(frame) * mutation // 40] + frame[len(frame) * (mutation + 1) // 40 :] for frame in frames]
    assert_bounded(board_of(damaged, FURNISHED))


HUGE = {
    "100,000 beats": framed(
        ["heartbeatList", "1", [{"status": 1, "time": "2026-11-20 21:40:25", "ping": 5}] * 100_000]
    ),
    "beats of another kind": framed(["heartbeatList", "1", [[], {}, 7, None] * 25_000]),
    "100,000 monitors": framed(["monitorList", {str(id): {"id": id, "name": "x" * 300} for id in range(1, 100_000)}]),
    "deep": '42["monitorList",' + '{"1":' * 100_000 + "1" + "}" * 100_000 + "]",
    "deep lists": '42["heartbeat",' + "[" * 200_000 + "]" * 200_000 + "]",
    "a certificate that is deep": framed(["certInfo", 1, '{"certInfo":' + "[" * 100_000]),
    "half a frame": "42" + "[" * 1_000_000,
    "a long number": "42" + "9" * 1_000_000 + '["heartbeat"]',
    "digits": '42["heartbeat",{"monitorID":' + "9" * 1_000_000 + "}]",
    "windows": framed(["maintenanceList", {str(id): {"title": "x"} for id in range(10_000)}]),
}


@pytest.mark.parametrize("what", HUGE)
def test_what_is_huge_or_deep_is_read_in_no_time(what: str) -> None:
    began = time.perf_counter()
    assert_bounded(board_of([HUGE[what]], FURNISHED))
    assert time.perf_counter() - began < 2
