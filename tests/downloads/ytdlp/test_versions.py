"""Versions of yt-dlp are compared, dated and matched as the index and yt-dlp itself write them."""

from datetime import date

import pytest

from medianest.downloads.ytdlp import versions


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("2026.11.2", "2026.10.26"),
        ("2026.11.2.232843.dev0", "2026.11.2"),
        ("2026.11.3", "2026.11.2.232843.dev0"),
        ("2026.11.02", "2026.9.30"),
    ],
)
def test_the_later_one_is_newer(newer: str, older: str) -> None:
    assert versions.newer(newer, older)
    assert not versions.newer(older, newer)


def test_the_index_and_yt_dlp_write_the_same_version_differently() -> None:
    assert versions.same("2026.8.9", "2026.08.09")
    assert versions.same("2026.8.9.232843.dev0", "2026.08.09.232843")
    assert not versions.same("2026.8.9", "2026.8.10")


def test_a_version_is_the_day_it_was_made() -> None:
    assert versions.made_on("2026.08.09.232843.dev0") == date(2026, 8, 9)
    assert versions.made_on("0.0") is None
    assert versions.made_on("2026.13.9") is None


@pytest.mark.parametrize("text", ["", "..", "2026", "../2026.1.1", "2026.1.1/x", "2026.1.1\n", ".new-a", "latest"])
def test_what_is_no_version_names_no_folder(text: str) -> None:
    assert not versions.is_version(text)


def test_the_script_that_belongs_to_it_is_named_in_its_requirements() -> None:
    assert versions.ejs_of(["brotli; extra == 'default'", "yt-dlp-ejs==0.8.0; extra == 'default'"]) == "0.8.0"
    assert versions.ejs_of(["yt_dlp_ejs == 0.9"]) == "0.9"
    assert versions.ejs_of(["yt-dlp-ejs>=0.8"]) is None
    assert versions.ejs_of([]) is None
