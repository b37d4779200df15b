"""Five rounds with a fixed seed; `python -m tests.torture` does as many as one likes."""

from pathlib import Path

import pytest

from tests.torture.blows import Moment, draw
from tests.torture.rounds import Torture

SEED = 7
ROUNDS = 5


def test_the_rounds_strike_at_every_moment_and_both_ways() -> None:
    blows = [draw(SEED, number) for number in range(ROUNDS)]

    assert {blow.moment for blow in blows} == set(Moment)
    assert {blow.whole_tree for blow in blows} == {True, False}
    assert blows == [draw(SEED, number) for number in range(ROUNDS)]


@pytest.mark.slow
def test_kill_9_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    with Torture.in_folder(tmp_path, SEED) as torture:
        torture.prepare()
        reports = [torture.round(number) for number in range(ROUNDS)]

    assert [str(report) for report in reports if report.troubles] == []
