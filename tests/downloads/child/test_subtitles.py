"""Which subtitles are taken of those that a site offers."""

from typing import Any

import pytest

from medianest.downloads.child import subtitles


def offered(*kinds: str) -> list[dict[str, Any]]:
    return [{"url": f"https://tube.example/{kind}", "ext": kind, "name": "x"} for kind in kinds]


TUBE = {
    "language": "en-US",
    "subtitles": {"de": offered("json3", "srt", "vtt"), "en-GB": offered("vtt"), "live_chat": offered("json")},
    "automatic_captions": {"en-orig": offered("vtt"), "fr": offered("vtt"), "de": offered("vtt")},
}
SPOKEN = {"automatic_captions": {"pt-orig": offered("vtt"), "en": offered("vtt")}}
ALONE = {"subtitles": {"nl": offered("vtt")}}
TWO = {"subtitles": {"nl": offered("vtt"), "de": offered("vtt")}}


@pytest.mark.parametrize(
    ("info", "languages", "taken", "missing"),
    [
        (TUBE, ("original",), ["en-GB"], []),
        (TUBE, ("de", "original", "de"), ["de", "en-GB"], []),
        (TUBE, ("fr",), [], ["fr"]),
        (TUBE, ("en",), ["en-GB"], []),
        (SPOKEN, ("original",), ["pt"], []),
        (SPOKEN, ("pt-BR", "en"), ["pt"], ["en"]),
        (ALONE, ("original",), ["nl"], []),
        (TWO, ("original",), [], []),
        ({}, ("original", "de"), [], ["de"]),
    ],
)
def test_people_s_own_come_first_and_no_machine_translates(
    info: dict[str, Any], languages: tuple[str, ...], taken: list[str], missing: list[str]
) -> None:
    tracks, gone = subtitles.chosen(subtitles.reduced(info) | {"language": info.get("language")}, languages)
    assert ([track.language for track in tracks], gone) == (taken, missing)


def test_the_kind_that_is_read_best_is_taken() -> None:
    ((_, (entry,)),) = [item for item in subtitles.reduced(TUBE)["subtitles"].items() if item[0] == "de"]
    assert entry == {"url": "https://tube.example/vtt", "ext": "vtt"}


@pytest.mark.parametrize("entries", ["x" * 1000, None, [None, "vtt"], [{"ext": "vtt", "data": "x" * 300_000}]])
def test_what_makes_no_sense_or_is_endless_is_left_out(entries: object) -> None:
    assert subtitles.reduced({"subtitles": {"de": entries}})["subtitles"] == {}


def test_a_site_with_a_thousand_languages_is_believed_some() -> None:
    info = {"subtitles": {f"a{number}": offered("vtt") for number in range(1000)}}
    assert len(subtitles.reduced(info)["subtitles"]) == subtitles.LANGUAGES_MOST
