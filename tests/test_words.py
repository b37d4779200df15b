"""Every word for people is a message of the catalogue: in templates, style, script and Python."""

from pathlib import Path

import pytest

from medianest.core.i18n import Catalogues
from medianest.web.assets import STATIC, TEMPLATES
from tests import words
from tests.checkout import ROOT

PACKAGE = ROOT / "medianest"
TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]

# Where English is meant, by the beginning of a module's path.
NOT_FOR_PEOPLE = {
    "admin/welcome.py": "lines that other programs wait for",
    "api/openapi.py": "documentation of the API",
    "api/rules.py": "documentation of the API",
    "api/wire.py": "recognises what msgspec says",
    "cli/parser.py": "help on the command line",
    "core/apprise/asking.py": "a line of Python",
    "core/config/toml.py": "recognises what tomllib says",
    "core/db.py": "faults of the database, for the log",
    "core/outbound/clients.py": "faults of the network, for the log",
    "downloads/child/": "for a download's log",
    "downloads/egress/": "answers of the proxy to yt-dlp",
    "downloads/failure_sentences.py": "recognises what yt-dlp says",
    "downloads/links/asking.py": "for the log",
    "downloads/run.py": "for a download's log",
    "downloads/spawn.py": "for a download's log",
    "downloads/ytdlp/pip.py": "a line of Python",
    "http/authorisation.py": "for who forgot a rule",
    "http/guards.py": "documentation of the API",
    "http/protocol.py": "to a client that speaks no HTTP",
    "media_requests/refusals.py": "recognises what Overseerr says",
    "pictures/decoders.py": "a line of Python",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=name_of)
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    assert words.in_template(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% if x %}Yes{% else %}No{% endif %}</p>", ["YesNo"]),
        ('<p>{{ "Hello" }}</p>', ["Hello"]),
        ('<p>{{ "Away" if x else t("web.here") }}</p>', ["Away"]),
        ('<p>{{ name or "Somebody" }}</p>', ["Somebody"]),
        ('<p>{{ name|default("Somebody") }}</p>', ["Somebody"]),
        ('<p>{{ name ~ " and " ~ other }}</p>', ["and"]),
        ('<a aria-label="{{ name }} is away">x1</a>', ["is away", "x1"]),
        ('<a title="{{ "Away" if x }}"></a>', ["Away"]),
        ('<img alt="Poster"><input placeholder="Your name">', ["Poster", "Your name"]),
        ('<input type="submit" value="Send"><button>Send</button>', ["Send", "Send"]),
        ('<meta name="description" content="Videos">', ["Videos"]),
        ('<td data-label="Role"></td><optgroup label="Left"></optgroup>', ["Role", "Left"]),
        ('{{ field("name", "Your name") }}', ["Your name"]),
        ('{{ empty(text="Nothing.") }}', ["Nothing."]),
        ('{% set title = "Not found" %}', ["Not found"]),
        ('{% with title = "Not found" %}{{ title }}{% endwith %}', ["Not found"]),
        ('{% for word in ("One day", "x") %}{{ word }}{% endfor %}', ["One day"]),
        ('{% macro x(title="Not found") %}{% endmacro %}', ["Not found"]),
        ("{% block main %}{% for x in y %}<p>Deep</p>{% endfor %}{% endblock %}", ["Deep"]),
        ("{% macro x() %}<p>Deep</p>{% endmacro %}", ["Deep"]),
        ("{% call x() %}Deep{% endcall %}", ["Deep"]),
    ],
)
def test_a_word_in_a_template_is_found_wherever_it_hides(source: str, found: list[str]) -> None:
    assert sorted(words.in_template(source)) == sorted(found)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="big" id="x">{{ t("web.here", name="x") }} · 12 – 14 %</p>',
        '<p class="{{ "card" if x else "row" }}" data-kind="up">{{ icon("error") }}</p>',
        '<input type="text" value="x">{{ field("name", t("web.name"), autocomplete="new-password") }}',
        '{# A remark for who reads this. #}{% if kind == "Some word here" %}{{ rows["Some key"] }}{% endif %}',
        "<code>openapi.json</code>",
        '{% from "components/forms.html" import field %}{% include "_toast.html" %}',
    ],
)
def test_what_nobody_reads_is_left_alone(source: str) -> None:
    assert words.in_template(source) == []


@pytest.mark.parametrize("path", [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")], ids=name_of)
def test_neither_style_nor_script_says_anything(path: Path) -> None:
    look = words.in_style if path.suffix == ".css" else words.in_script
    assert look(path.read_text()) == []


def test_what_they_would_say_is_found() -> None:
    assert words.in_style('a::after { content: "New"; } b::after { content: "\\a0·"; }') == ["New"]
    assert words.in_script('toast("Nothing came back"); find("main > a"); // "Some remark here"') == [
        "Nothing came back"
    ]


def test_no_module_has_sentences_of_its_own() -> None:
    found = {path.relative_to(PACKAGE).as_posix(): words.in_python(path.read_text()) for path in MODULES}
    speaking = {name: said for name, said in found.items() if said}
    assert {name: said for name, said in speaking.items() if not name.startswith(tuple(NOT_FOR_PEOPLE))} == {}
    assert [begin for begin in NOT_FOR_PEOPLE if not any(name.startswith(begin) for name in speaking)] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Conflict("Somebody was faster")', ["Somebody was faster"]),
        ('view = View(title=f"About {name} and others of them")', [" and others of them"]),
        ('"""What it is for."""\nx = 1', []),
        ('log.warning("it went wrong again", extra={})', []),
        ('raise RuntimeError("a transaction inside a transaction")', []),
        ('msg("web.journal.title")', []),
        ('metrics.counter("bytes", "Bytes of downloads", ["direction"])', []),
    ],
)
def test_a_sentence_in_a_module_is_found(source: str, found: list[str]) -> None:
    assert words.in_python(source) == found


def test_every_message_that_a_module_names_is_in_the_catalogue() -> None:
    english = Catalogues().of("en")
    named = {id for path in MODULES for id in words.messages_in_python(path.read_text())}
    assert len(named) > 200
    assert {id for id in named if english.lookup(id, 1) is None} == set()


def test_messages_are_found_by_their_ids() -> None:
    source = 'x = msg("web.a", n=1); y = i18n.msg("web.b"); msg(f"web.{x}")'
    assert words.messages_in_python(source) == {"web.a", "web.b"}
