"""The hours of downloads, as a table."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from medianest.downloads.line.window import opens_at, rate_at

HERE = ZoneInfo("Europe/Berlin")
NIGHT = (time(22), time(6))
MORNING = (time(1, 30), time(7))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HERE)


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        (None, at(21, 12), None),
        (MORNING, at(21, 1, 30), None),
        (MORNING, at(21, 6, 59), None),
        (MORNING, at(21, 7), at(22, 1, 30)),
        (MORNING, at(21, 0), at(21, 1, 30)),
        (NIGHT, at(21, 23), None),
        (NIGHT, at(21, 5, 59), None),
        (NIGHT, at(21, 6), at(21, 22)),
    ],
)
def test_when_it_opens(window: tuple[time, time] | None, now: datetime, expected: datetime | None) -> None:
    assert opens_at(window, now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(21, 12), 500_000),
        (at(21, 6, 59), 2_000_000),
        (at(21, 23), None),
        (at(21, 3), None),
        (at(21, 18, 30), 100_000),
        (at(21, 20), 2_000_000),
    ],
)
def test_how_fast_it_may_go(now: datetime, expected: int | None) -> None:
    evening, day, night = (time(18), time(19), 100_000), (time(7), time(20), 500_000), (time(22), time(6), 0)
    assert rate_at([evening, day, night], 2_000_000, now) == expected


def test_without_hours_the_usual_rate_holds_and_nothing_is_no_limit() -> None:
    assert (rate_at([], 7, at(21, 12)), rate_at([], 0, at(21, 12))) == (7, None)
