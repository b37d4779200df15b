"""When an administrator is told that something is wrong with the house, and when that it is well."""

from datetime import UTC, date, datetime, timedelta

import pytest

from medianest.admin import alarms
from medianest.admin.alarms import Trouble
from medianest.downloads.ytdlp.versions import Copy, Status

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GIB = 1024**3


@pytest.mark.parametrize(
    ("free", "least", "was_low", "is_low"),
    [
        (4 * GIB, 2 * GIB, False, False),
        (4 * GIB - 1, 2 * GIB, False, True),
        (5 * GIB, 2 * GIB, True, True),
        (6 * GIB, 2 * GIB, True, False),
        (0, 0, False, False),
        (0, 0, True, False),
    ],
)
def test_a_disk_is_low_at_twice_what_must_stay_free_and_well_at_three_times(
    free: int, least: int, *, was_low: bool, is_low: bool
) -> None:
    assert alarms.is_low(free, least, was_low=was_low) is is_low


@pytest.mark.parametrize(
    ("version", "checked", "policy", "updating", "days"),
    [
        ("2026.09.21", True, "stable", False, None),
        ("2026.09.20", True, "stable", False, 61),
        ("2026.09.20", False, "stable", False, None),
        ("2026.09.20", False, "off", False, 61),
        ("2026.09.20", True, "stable", True, None),
        ("0.0", True, "stable", False, None),
    ],
)
def test_yt_dlp_is_outdated_after_sixty_days_if_a_newer_one_was_looked_for(
    version: str, policy: str, days: int | None, *, checked: bool, updating: bool
) -> None:
    copy = Copy(version=version, ejs=None, folder=None)
    status = Status(
        copy=copy, back_to=None, policy=policy, checked_at=NOW if checked else None, trouble=None, updating=updating
    )
    assert alarms.outdated_by_days(status, date(2026, 11, 20)) == days


def test_each_version_is_told_once() -> None:
    assert alarms.is_news(None, "2026.09.20")
    assert alarms.is_news({"in_use": "2026.01.01"}, "2026.09.20")
    assert not alarms.is_news({"in_use": "2026.09.20"}, "2026.09.20")


@pytest.mark.parametrize(
    ("minutes", "is_refused", "was_down", "is_down"),
    [(4, False, False, False), (5, False, False, True), (0, True, False, True), (0, False, True, True)],
)
def test_who_does_not_answer_has_five_minutes_and_who_refuses_has_none(
    minutes: int, *, is_refused: bool, was_down: bool, is_down: bool
) -> None:
    wrong = Trouble(since=NOW - timedelta(minutes=minutes), is_refused=is_refused)
    assert alarms.is_down(wrong, NOW, was_down=was_down) is is_down
    assert not alarms.is_down(None, NOW, was_down=True)


def test_trouble_lasts_from_the_first_look_that_found_it() -> None:
    first = alarms.trouble("connect", None, NOW)
    assert first == Trouble(since=NOW, is_refused=False)
    assert alarms.trouble("time", first, NOW + timedelta(minutes=2)) == first
    assert alarms.trouble("key", first, NOW) == Trouble(since=NOW, is_refused=True)
    assert alarms.trouble("here", first, NOW) is None
