"""What a pass and a throttle decide, without a network."""

from typing import Any

import pytest

from medianest.core.metrics import Metrics
from medianest.downloads.egress.passes import Line, Pass, Passes


@pytest.fixture
def passes() -> Passes:
    return Passes(Metrics().counter("bytes", "Bytes.", ["direction"]))


def a_pass(passes: Passes, job_id: str = "job", **more: Any) -> Pass:
    return passes.open(job_id, port=1234, **{"byte_limit": None, "idle_s": 60.0, **more})


def test_each_pass_has_its_own_credentials_in_its_address(passes: Passes) -> None:
    one, other = a_pass(passes, "one"), a_pass(passes, "other")
    assert one.proxy_url == f"http://{one.username}:{one.password}@127.0.0.1:1234"
    assert len({one.username, one.password, other.username, other.password}) == 4
    assert passes.find(one.username, one.password) is one
    assert passes.find(one.username, other.password) is None
    assert passes.find("nobody", one.password) is None
    passes.close("one")
    assert passes.find(one.username, one.password) is None
    assert list(passes) == [other]


def test_blocked_targets_are_noted_up_to_a_hundred(passes: Passes) -> None:
    job = a_pass(passes)
    for number in range(1000):
        job.block(f"10.0.0.1:{number}")
    assert len(job.blocked) == 100
    assert job.blocked[0] == "10.0.0.1:0"


@pytest.mark.parametrize(
    ("moved", "after_s", "idle"), [(0, 9.9, False), (0, 10.0, True), (255, 10.0, True), (256, 10.0, False)]
)
def test_a_watched_line_is_idle_when_next_to_nothing_moves(moved: int, after_s: float, idle: bool) -> None:
    line = Line(cut=lambda: None)
    line.moved = 5000
    with line.watch(100.0):
        line.moved += moved
        assert line.is_idle(100.0 + after_s, 10.0) is idle
    assert not line.is_idle(999.0, 10.0)


def test_what_moved_before_does_not_excuse_standing_still_now() -> None:
    line = Line(cut=lambda: None)
    with line.watch(0.0):
        line.moved = 10_000
        assert not line.is_idle(10.0, 10.0)
        assert not line.is_idle(19.9, 10.0)
        assert line.is_idle(20.0, 10.0)
