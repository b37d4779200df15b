"""Five rounds and three updates with a fixed seed; `python -m tests.torture` does as many as one likes."""

from pathlib import Path

import pytest

from tests.torture import notes, outages, updates
from tests.torture.blows import Moment, draw
from tests.torture.notes import NotesTorture
from tests.torture.outages import Manner
from tests.torture.rounds import Torture
from tests.torture.updates import Stage, UpdateTorture

SEED = 7
ROUNDS = 5
UPDATES = 3


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


def test_the_blows_against_updates_strike_at_every_stage() -> None:
    blows = [updates.draw(SEED, number) for number in range(len(Stage))]

    assert {blow.stage for blow in blows} == set(Stage)
    assert blows[:UPDATES] == [updates.draw(SEED, number) for number in range(UPDATES)]


def test_outages_come_in_every_manner_and_again_by_the_same_seed() -> None:
    drawn = [outages.draw(SEED, number) for number in range(10)]

    assert {outage.manner for outage in drawn} == set(Manner)
    assert drawn == [outages.draw(SEED, number) for number in range(10)]


@pytest.mark.slow
def test_kill_9_in_an_update_leaves_no_half_of_it_and_every_download_its_own(tmp_path: Path) -> None:
    with UpdateTorture.in_folder(tmp_path, SEED) as torture:
        torture.prepare()
        reports = [torture.round(number) for number in range(UPDATES)]

    assert [str(report) for report in reports if report.troubles] == []


def test_blows_against_notes_come_again_by_the_same_seed() -> None:
    drawn = [notes.draw(SEED, number) for number in range(ROUNDS)]

    assert len({blow.after for blow in drawn}) > 1
    assert drawn == [notes.draw(SEED, number) for number in range(ROUNDS)]


@pytest.mark.slow
def test_kill_9_tells_nobody_twice_and_loses_nothing_that_is_to_be_told(tmp_path: Path) -> None:
    with NotesTorture.in_folder(tmp_path, SEED) as torture:
        torture.prepare()
        reports = [torture.round(number) for number in range(ROUNDS)]

    assert [str(report) for report in reports if report.troubles] == []
