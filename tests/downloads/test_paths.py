"""Where files go: each ready-made template, fields that nobody knows, names that are too long."""

import pytest

from medianest.core.config.path_templates import READY_MADE, NoTemplate, parse
from medianest.downloads.files import paths
from medianest.downloads.files.paths import Known, Place
from medianest.downloads.protocol import About, Info
from tests.downloads.test_naming import HOSTILE, assert_harmless

EPISODE = Known(
    title="The Ems by canoe", id="ems1", site="tube.example", owner="Alice", preset="archive",
    about=About(uploader="Slow Rivers", date="20260602", series="Rivers", season=2, episode=7, artist="Wim", index=3),
)  # fmt: skip
PLAIN = Known(title="AC/DC: live", id="x", site="127.0.0.1", about=About())


def made(template: str, known: Known = EPISODE, *, limit: int = 255, room: int = 0) -> str:
    return paths.path(parse(template), known, "mp4", limit_bytes=limit, room=room)


@pytest.mark.parametrize(
    ("template", "known", "path"),
    [
        ("default", EPISODE, "tube.example/The Ems by canoe [ems1].mp4"),
        ("default", PLAIN, "127.0.0.1/AC-DC - live [x].mp4"),
        ("plex-movies", EPISODE, "The Ems by canoe (2026)/The Ems by canoe (2026).mp4"),
        ("plex-movies", PLAIN, "AC-DC - live/AC-DC - live.mp4"),
        ("plex-shows", EPISODE, "Rivers/Season 02/Rivers - s02e07 - The Ems by canoe.mp4"),
        ("plex-shows", PLAIN, "127.0.0.1/Season 01/127.0.0.1 - s01e01 - AC-DC - live.mp4"),
        ("jellyfin", EPISODE, "Rivers/Season 02/Rivers S02E07 The Ems by canoe [ems1].mp4"),
        ("{title}", EPISODE, "The Ems by canoe.mp4"),
        ("{title}.{ext}", EPISODE, "The Ems by canoe.mp4"),
        ("{owner}/{preset}/{index:03} {title}", EPISODE, "Alice/archive/003 The Ems by canoe.mp4"),
        ("{album|artist|uploader}/{title}", EPISODE, "Wim/The Ems by canoe.mp4"),
        (
            "{uploader}/{date} - {title} ({album}) [{playlist}]",
            EPISODE,
            "Slow Rivers/2026-06-02 - The Ems by canoe.mp4",
        ),
        ("{uploader}/{date} - {title}", PLAIN, "AC-DC - live.mp4"),
        ("{year}/{month}/{day} {title}", EPISODE, "2026/06/02 The Ems by canoe.mp4"),
        ("{album}", EPISODE, "download.mp4"),
    ],
)
def test_a_template_becomes_a_path(template: str, known: Known, path: str) -> None:
    assert made(template, known) == path


@pytest.mark.parametrize("title", HOSTILE)
def test_no_name_of_a_list_leads_anywhere_else(title: str) -> None:
    info = Info(title="A film", site="tube.example", extractor="Tube", source_id="1", webpage_url="")
    listed = paths.of_list(info, Place(list_title=title, number=7))
    known = Known(title=listed.title, id=listed.source_id, site=listed.site, about=listed.about)
    (*folders, name) = made("{playlist}/{index:03} {title}", known).split("/")
    assert name == "007 A film.mp4"
    assert len(folders) <= 1
    for folder in folders:
        assert_harmless(folder)


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("template", [*READY_MADE, "{uploader}/{playlist}/{title}"])
def test_no_words_of_strangers_lead_anywhere_else(template: str, title: str) -> None:
    about = About(uploader=title, playlist=title, series=title, date="20260101")
    path = made(template, Known(title=title, id=title, site="tube.example", about=about))
    assert path.endswith(".mp4")
    assert len(path.split("/")) <= len(parse(template))
    for name in path.split("/"):
        assert_harmless(name)


def test_what_is_too_long_is_taken_from_the_title_in_every_part() -> None:
    known = Known(title="x" * 400, id="abc", site="tube.example", about=About(date="20260101"))
    folder, name = made("plex-movies", known, limit=143).split("/")
    assert folder == "x" * 136 + " (2026)"
    assert name == "x" * 132 + " (2026).mp4"
    assert len(made("default", known, limit=143, room=3).rpartition("/")[2]) == 140


@pytest.mark.parametrize(
    ("text", "reason", "what"),
    [
        ("", "empty", ""),
        ("/{title}", "empty", ""),
        ("a//{title}", "empty", ""),
        ("../{title}", "empty", ""),
        ("{site}/film", "same", ""),
        ("{titel}", "field", "title"),
        ("{title!r}", "field", "title"),
        ("{title.__class__}", "field", "title"),
        ("{title:>10}", "field", "title"),
        ("{index:99}", "field", "index"),
        ("{}", "field", "year"),
        ("{title", "brace", "{"),
        ("title}", "brace", "}"),
        ("a/" * 7 + "{title}", "deep", "6"),
        ("x" * 301, "long", "300"),
    ],
)
def test_what_is_no_template_is_told(text: str, reason: str, what: str) -> None:
    with pytest.raises(NoTemplate) as told:
        parse(text)
    assert (told.value.reason, told.value.what) == (reason, what)
