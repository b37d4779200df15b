"""What holds for every template, style sheet and icon: known messages, nothing inline, nothing dead."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from medianest.core.i18n import Catalogues
from medianest.web.assets import STATIC, TEMPLATES
from tests.gallery.server import SAMPLES, Gallery

FILES = sorted(TEMPLATES.rglob("*.html"))
SOURCES = [path.read_text() for path in (*FILES, *sorted((STATIC / "js").glob("*.js")))]
ADDRESS = re.compile(
    r"\b(?:href|src|srcset|action|formaction|poster|hx-(?:get|post|put|patch|delete|push-url|replace-url))"
    r'="((?:{{.*?}}|[^"])*)"'
)
MADE = re.compile(r"{{ (?:href|static)\(.*\) }}.*|{{ \w+\.address }}|#.*|data:,|\?.*|")
CLASS_OF_HTMX = {"htmx-request"}
CLASS_OF_SCRIPT = {"open"}
STATES_WITHOUT_COLOUR = {"paused", "unknown", "waiting"}


def ids_in_templates() -> Iterator[str]:
    for source in SOURCES:
        yield from re.findall(r'\bt\("([\w.]+)"[,)]', source)


def test_every_message_of_a_template_is_in_the_catalogue() -> None:
    english = Catalogues().of("en")
    assert [id for id in ids_in_templates() if english.lookup(id) is None] == []


def test_no_page_shows_the_id_of_a_message() -> None:
    shown = {name: re.findall(r"\bweb\.[a-z_]+\.[a-z_]+", render(name)) for name in SAMPLES}
    assert {name: ids for name, ids in shown.items() if ids} == {}


def render(name: str) -> str:
    sample = SAMPLES[name]
    return Gallery.templates.render(sample.template, "en", {"page": sample.frame, "view": sample.view})


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_no_id_twice_and_nothing_inline(name: str) -> None:
    page = render(name)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert [id for id in set(ids) if ids.count(id) > 1] == []
    assert re.findall(r"<style|<script(?! src=)|\sstyle=|\son\w+=|hx-on|=[\"']?\s*(?:js|javascript):", page) == []


def classes_in_css() -> set[str]:
    found = set()
    for sheet in (STATIC / "css").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/|\"[^\"]*\"|:[^;{}]*;", "", sheet.read_text(), flags=re.DOTALL)
        found |= set(re.findall(r"\.([a-z][\w-]*)", rules))
    return found


_SIDES = "left|right|top|bottom"
PHYSICAL = re.compile(
    rf"(?<![\w-])((margin|padding|border|inset|scroll-margin|scroll-padding)-({_SIDES})[\w-]*|{_SIDES}"
    r"|(min-|max-)?(width|height)|(text-align|float|clear):\s*(left|right))(?=\s*[:;])"
)


def physical(sheet: str) -> list[str]:
    """What does not turn round with the direction of writing; queries of the screen's width are no properties."""
    plain = re.sub(r"/\*.*?\*/|@media[^{]*|@container[^{]*", "", sheet, flags=re.DOTALL)
    return [found[0] for found in PHYSICAL.finditer(plain)]


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_a_style_turns_round_with_the_direction_of_writing(path: Path) -> None:
    assert physical(path.read_text()) == []


def test_a_style_that_does_not_is_found() -> None:
    sheet = "a { margin-left: 1px; padding: 0; left: 0; max-width: 3px; text-align: right; border-top-left-radius: 0; }"
    assert physical(sheet) == ["margin-left", "left", "max-width", "text-align: right", "border-top-left-radius"]
    assert physical("@media (width >= 60rem) { a { inset-inline-start: 0; max-inline-size: 1px; margin: 0; } }") == []


def words_of_templates() -> set[str]:
    return set(re.findall(r"[\w-]+", " ".join([*SOURCES, *(render(name) for name in SAMPLES)])))


def test_every_class_with_a_style_is_used_and_every_class_used_has_a_style() -> None:
    styled = classes_in_css()
    assert styled - words_of_templates() - CLASS_OF_HTMX - CLASS_OF_SCRIPT == set()
    used = {
        word for name in SAMPLES for found in re.findall(r'\sclass="([^"]+)"', render(name)) for word in found.split()
    }
    assert used - styled - STATES_WITHOUT_COLOUR == set()


def test_every_icon_of_the_sprite_is_used_and_every_icon_used_is_there() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons/sprite.svg").read_text()))
    used = {found for name in SAMPLES for found in re.findall(r"sprite\.svg[^#\"]*#([\w-]+)", render(name))}
    assert used == sprite


def test_what_is_vendored_is_what_was_published() -> None:
    told = dict(re.findall(r"\| `([^`]+)` \| .*? \| `([0-9a-f]{64})` \|", (STATIC / "vendor/VENDORED.md").read_text()))
    folder = STATIC / "vendor"
    kept = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.suffix == ".js"}
    assert told.keys() == kept.keys()
    assert {name: sha256(path.read_bytes()).hexdigest() for name, path in kept.items()} == told
