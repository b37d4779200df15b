"""Names of finished files, from titles that strangers write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medianest.core.config.path_templates import DEFAULT, parse
from medianest.downloads.files import paths
from medianest.downloads.files.paths import Known
from medianest.downloads.protocol import About

LIMIT = 255
HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "/absolute",
    "a\x00b",
    "line\nbreak\r\n",
    "-rf",
    "--exec=rm",
    ".htaccess",
    "...",
    "trailing dots...",
    "trailing space ",
    "CON",
    "nul.txt",
    "COM1",
    "lpt¹.x",
    "$(reboot)",
    "`id`",
    "%(title)s",
    'quote"d',
    "evil\u202egpj.exe",
    "\u2066isolated\u2069",
    "\ud800 lone surrogate",
    "\u200b\u200b",
    "",
    "   ",
    "🎬" * 300,
    "漢" * 500,
    "e" + "\u0301" * 900,
    "x" * 100_000,
]


def named(title: str, source_id: str, extension: str, limit: int = LIMIT) -> str:
    """The last part of the path that the default template makes."""
    known = Known(title=title, id=source_id, site="tube.example", about=About())
    folder, _, name = paths.path(parse(DEFAULT), known, extension, limit_bytes=limit).partition("/")
    assert folder == "tube.example"
    return name


def made(title: str, limit: int = LIMIT) -> str:
    return named(title, "abc_-123", "mp4", limit)


def assert_harmless(name: str, limit: int = LIMIT) -> None:
    assert len(name.encode()) <= limit
    assert name not in {"", ".", ".."}
    assert not set(name) & set('/\\|:<>"*?\x00')
    assert not [letter for letter in name if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Zl", "Zp"}]
    assert not [letter for letter in name if unicodedata.category(letter) == "Cf" and letter not in "\u200c\u200d"]
    assert name[0] not in "-.~ "
    assert name[-1] not in ". "
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "COM¹", "LPT1", "LPT¹"}
    assert unicodedata.is_normalized("NFC", name)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_becomes_a_harmless_name(title: str) -> None:
    name = made(title)
    assert_harmless(name)
    assert name.endswith("[abc_-123].mp4")


@given(st.text(), st.text(), st.integers(min_value=64, max_value=255))
def test_any_title_and_id_make_a_harmless_name(title: str, source_id: str, limit: int) -> None:
    name = named(title, source_id, "webm", limit)
    assert_harmless(name, limit)
    assert name.endswith(".webm")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The loaf that needs no kneading", "The loaf that needs no kneading [abc_-123].mp4"),
        ("AC/DC: Back in Black", "AC-DC - Back in Black [abc_-123].mp4"),
        ("At 12:30", "At 12-30 [abc_-123].mp4"),
        ("What  is\tthis?", "What is this [abc_-123].mp4"),
        ("100% wool", "100% wool [abc_-123].mp4"),
        ("Cafe\u0301", "Café [abc_-123].mp4"),
        ("می\u200cخواهم", "می\u200cخواهم [abc_-123].mp4"),
        ("CON", "_CON [abc_-123].mp4"),
        ("", "[abc_-123].mp4"),
    ],
)
def test_an_ordinary_title_stays_readable(title: str, name: str) -> None:
    assert made(title) == name


def test_without_title_and_id_there_is_still_a_name() -> None:
    assert named("...", "///", "mp3") == "download.mp3"


def test_the_title_is_cut_and_the_id_stays() -> None:
    name = made("x" * 400, 143)
    assert len(name.encode()) == 143
    assert name.endswith(" [abc_-123].mp4")


@pytest.mark.parametrize(
    "cluster",
    ["e\u0323\u0301", "👨\u200d👩\u200d👧", "👍🏽", "🇩🇪", "का"],
)
def test_a_visible_character_is_never_cut_in_two(cluster: str) -> None:
    cluster = unicodedata.normalize("NFC", cluster)
    for limit in range(64, 110):
        title = made(cluster * 60, limit).removesuffix(" [abc_-123].mp4")
        assert len(title) % len(cluster) == 0
        assert title == cluster * (len(title) // len(cluster))
