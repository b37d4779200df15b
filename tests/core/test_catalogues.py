"""Every language says everything: no catalogue has a hole, as our reader and as Babel's sees it."""

import re
import shutil
from collections.abc import Iterator
from gettext import c2py
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from medianest.core import po
from medianest.core.i18n import LOCALE, SOURCE_LANGUAGE, Catalogue, Catalogues, msg

LANGUAGES = ("ar", "de", "en", "es", "fr")
NUMBERS = range(200)
_PLACE = re.compile(r"\{([a-z_]+)\}")


def holes(language: str, folder: Path, english: Path = LOCALE / SOURCE_LANGUAGE) -> Iterator[str]:
    """What the catalogues of a language lack beside the English ones."""
    files, sources = ({path.name for path in one.glob("*.po")} for one in (folder, english))
    yield from (f"{name}: no such file in English" for name in sorted(files - sources))
    for name in sorted(sources):
        if name not in files:
            yield f"{name}: missing"
        else:
            yield from (f"{name}: {hole}" for hole in _in_file(language, folder / name, english / name))


def _in_file(language: str, path: Path, english: Path) -> Iterator[str]:
    yield from _as_babel_sees(language, path)
    said, source = po.read(path), po.read(english)
    yield from (f"{id} is not said" for id in sorted(source.keys() - said.keys()))
    yield from (f"{id} is not English" for id in sorted(said.keys() - source.keys()))
    for id in sorted(said.keys() & source.keys()):
        yield from (f"{id} {hole}" for hole in _in_message(said[id], source[id]))


def _as_babel_sees(language: str, path: Path) -> Iterator[str]:
    try:
        catalog = read_po(BytesIO(path.read_bytes()), abort_invalid=True)
    except PoFileError as error:
        yield f"no PO file: {error}"
        return
    header = dict(catalog.mime_headers)
    if header.get("Language") != language or "Plural-Forms:" not in path.read_text(encoding="utf-8"):
        yield "the header does not say the language and its plurals"
    elif not _counts_as(language, catalog):
        yield "the plural rule is another language's"
    yield from (f"{message.id} is fuzzy" for message in catalog if message.id and message.fuzzy)
    yield from (f"{id} is obsolete" for id in catalog.obsolete)


def _counts_as(language: str, catalog: Catalog) -> bool:
    """Whether numbers have one form where the Unicode CLDR gives them one; which form comes first is gettext's."""
    rule, known = c2py(catalog.plural_expr), Locale.parse(language).plural_form
    pairs = {(rule(n), known(n)) for n in NUMBERS}
    return catalog.num_plurals == len(pairs) == len({form for form, _ in pairs}) == len({name for _, name in pairs})


def _in_message(said: str | po.Forms, source: str | po.Forms) -> Iterator[str]:
    if isinstance(said, str) or isinstance(source, str):
        if isinstance(said, po.Forms) or isinstance(source, po.Forms):
            yield "has plural forms in one language only"
        elif _places(said) != _places(source):
            yield "has other places"
        return
    if len(said.texts) != max(map(said.rule, NUMBERS)) + 1 or not all(said.texts):
        yield "lacks plural forms"
    wanted = set().union(*map(_places, source.texts))
    if not all(wanted - {"n"} <= _places(text) <= wanted | {"n"} for text in said.texts):
        yield "has other places"
    if "n" in _places(source.texts[-1]) and not all("n" in _places(text) for text in _for_many(said)):
        yield "does not say how many"


def _for_many(said: po.Forms) -> Iterator[str]:
    """The forms that more than one number has; nought has the form of one in some languages."""
    for form, text in enumerate(said.texts):
        if sum(said.rule(n) == form for n in NUMBERS if n > 0) > 1:
            yield text


def _places(text: str) -> set[str]:
    return set(_PLACE.findall(text))


def test_these_languages_are_spoken() -> None:
    assert tuple(sorted(Catalogues().languages)) == LANGUAGES
    assert Catalogues().languages[0] == SOURCE_LANGUAGE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_has_a_hole(language: str) -> None:
    assert list(holes(language, LOCALE / language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_falls_back_to_english(language: str) -> None:
    alone = Catalogue(language)
    for path in (LOCALE / SOURCE_LANGUAGE).glob("*.po"):
        for id in po.read(path):
            assert all(alone.lookup(id, n) for n in NUMBERS), id


ANSWER = 'msgid "web.list.all"\nmsgstr "Alle ansehen"\n'
COUNT = 'msgstr[0] "{n} Download"\nmsgstr[1] "{n} Downloads"\n'
PLURALS = r'"Plural-Forms: nplurals=2; plural=(n != 1);\n"' + "\n"


@pytest.mark.parametrize(
    ("there", "instead", "hole"),
    [
        (ANSWER, "", "web.list.all is not said"),
        (ANSWER, 'msgid "web.list.all"\nmsgstr ""\n', "web.list.all is not said"),
        (ANSWER, f"#, fuzzy\n{ANSWER}", "web.list.all is fuzzy"),
        (ANSWER, f'{ANSWER}\n#~ msgid "web.gone"\n#~ msgstr "Weg"\n', "web.gone is obsolete"),
        (ANSWER, f'{ANSWER}\nmsgid "web.more_yet"\nmsgstr "Mehr"\n', "web.more_yet is not English"),
        (ANSWER, ANSWER.replace("ansehen", "{what}"), "web.list.all has other places"),
        ("{day}, {time}", "{day}", "web.time.moment has other places"),
        (COUNT, 'msgstr[0] "{n} Download"\n', "web.failed.count lacks plural forms"),
        (COUNT, COUNT.replace("{n} Downloads", ""), "web.failed.count lacks plural forms"),
        (COUNT, COUNT.replace("{n} Downloads", "Downloads"), "web.failed.count does not say how many"),
        (COUNT, COUNT.replace("{n} Download", "{m} Download"), "web.failed.count has other places"),
        (f'msgid_plural "web.failed.count#"\n{COUNT}', 'msgstr "viele"\n', "has plural forms in one language only"),
        (PLURALS, "", "the header does not say the language and its plurals"),
        (PLURALS, PLURALS.replace("!=", ">"), "the plural rule is another language's"),
        ("Language: de", "Language: en", "the header does not say the language and its plurals"),
    ],
)
def test_a_hole_is_found(tmp_path: Path, there: str, instead: str, hole: str) -> None:
    folder = german_in(tmp_path)
    words = (folder / "web.po").read_text(encoding="utf-8")
    assert there in words
    (folder / "web.po").write_text(words.replace(there, instead, 1), encoding="utf-8")
    assert any(found.startswith("web.po: ") and hole in found for found in holes("de", folder))


def test_a_file_too_few_or_too_many_is_found(tmp_path: Path) -> None:
    folder = german_in(tmp_path)
    (folder / "web.po").rename(folder / "webs.po")
    assert list(holes("de", folder)) == ["webs.po: no such file in English", "web.po: missing"]


def test_a_language_is_read_when_it_is_first_spoken(tmp_path: Path) -> None:
    german_in(tmp_path)
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "web.po").write_text("no PO file", encoding="utf-8")
    catalogues = Catalogues(tmp_path)
    assert catalogues.languages == ("en", "de")
    german = catalogues.of("de-AT")
    assert german is catalogues.of("DE")
    assert german.say(msg("web.list.all")) == "Alle ansehen"
    with pytest.raises(ValueError, match=r"web\.po"):
        catalogues.of("en")
    with pytest.raises(ValueError, match=r"web\.po"):
        german.say(msg("said.nowhere"))


def test_what_nobody_speaks_is_english() -> None:
    catalogues = Catalogues()
    assert catalogues.of("tlh") is catalogues.of("en-GB") is catalogues.of("")
    assert catalogues.of("../de") is catalogues.of("en")


def german_in(folder: Path) -> Path:
    return Path(shutil.copytree(LOCALE / "de", folder / "de"))


@pytest.mark.parametrize(
    ("language", "written"), [("en", "12,345"), ("de", "12.345"), ("es", "12.345"), ("fr", "12 345")]
)
def test_how_many_is_written_as_the_language_groups_it(language: str, written: str) -> None:
    said = Catalogues().of(language).text("web.playlist.queued_of", n=999, total=12345)
    assert "999" in said
    assert written in said.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_other_numbers_are_written_digit_by_digit() -> None:
    assert "1999" in Catalogues().of("de").text("web.asking.movie_of", year=1999)


def test_a_part_of_a_whole_has_the_comma_of_the_language() -> None:
    assert Catalogues().of("de").text("web.asking.rating", rating=8.2) == "8,2 von 10"
    assert Catalogues().of("en").text("web.asking.rating", rating=8.0) == "8 of 10"
