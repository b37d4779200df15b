"""Numbers, sizes and durations as they are written."""

from datetime import UTC, datetime
from unicodedata import category

import pytest

from medianest.core.i18n import Catalogues
from medianest.web.formats import Formats


@pytest.fixture(scope="module")
def english() -> Formats:
    return Formats(Catalogues().of("en"))


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "0 kB"), (1_500, "1.5 kB"), (999_400, "999 kB"), (999_600, "1 MB"), (8_200_000, "8.2 MB"),
     (840_000_000, "840 MB"), (1_200_000_000, "1.2 GB"), (3_100_000_000_000, "3.1 TB"), (5 * 10**15, "5,000 TB")],
)  # fmt: skip
def test_a_size_is_written_in_the_largest_unit_that_it_fills(english: Formats, amount: int, written: str) -> None:
    assert english.size(amount) == written


def test_a_speed_is_a_size_for_each_second(english: Formats) -> None:
    assert english.speed(8_200_000) == "8.2 MB/s"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0 s"), (38.4, "38 s"), (60, "1 min"), (3599, "1 h"), (4320, "1 h 12 min"), (90000, "1 d 1 h"),
     (172800, "2 d")],
)  # fmt: skip
def test_a_duration_is_written_in_two_words_at_most(english: Formats, seconds: float, written: str) -> None:
    assert english.duration(seconds) == written


@pytest.mark.parametrize(("seconds", "written"), [(9, "0:09"), (247, "4:07"), (3751.4, "1:02:31")])
def test_a_playing_time_is_written_as_on_players(english: Formats, seconds: float, written: str) -> None:
    assert english.clock(seconds) == written


def test_what_is_not_over_never_reads_hundred_percent(english: Formats) -> None:
    assert english.percent(99.99) == "99%"
    assert english.percent(100) == "100%"


def test_a_language_that_nobody_knows_is_written_as_english() -> None:
    class Unknown:
        language = "tlh-1"

    assert Formats(Unknown()).number(1284) == "1,284"  # type: ignore[arg-type]


def test_a_moment_is_written_in_the_servers_zone(english: Formats) -> None:
    at = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    local = at.astimezone()
    assert english.datetime(at) == f"20 Nov 2026, {local:%H:%M}" or local.day != 20


@pytest.mark.parametrize(
    ("language", "number", "percent", "size", "duration", "day"),
    [
        ("de", "12.284,5", "42 %", "8,2 MB", "1 h 12 min", "20.11.2026"),
        ("fr", "12 284,5", "42 %", "8,2 Mo", "1 h 12 min", "20 nov. 2026"),
        ("es", "12.284,5", "42 %", "8,2 MB", "1 h 12 min", "20 nov 2026"),
        ("ar", "12,284.5", "42%", "8.2 م.ب", "1 س 12 د", "20/11/2026"),
    ],
)
def test_each_language_writes_figures_its_own_way(
    language: str, number: str, percent: str, size: str, duration: str, day: str
) -> None:
    formats = Formats(Catalogues().of(language))
    noon = datetime(2026, 11, 20, 12, 0).astimezone()
    written = (formats.number(12284.5), formats.percent(42.7), formats.size(8_200_000), formats.duration(4320))
    assert [plain(text) for text in written] == [number, percent, size, duration]
    assert day in plain(formats.datetime(noon))


def plain(text: str) -> str:
    """With usual spaces, and without the marks that keep directions apart."""
    return "".join(" " if mark.isspace() else mark for mark in text if category(mark) != "Cf")
