"""PO files are read as Babel reads them, without it."""

from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from medianest.core import po
from medianest.core.i18n import LOCALE

HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"
"""
ODD = r"""# A translator's own words, "msgid" among them
#. For translators
#: web/pages/home.py:12
#, python-brace-format
msgid "said"
msgstr "a \"word\"\tof \\ two\nlines"
msgid "no.blank.line"
msgstr ""
"one "
"after the other, ünd Łatin"

msgid "waits"
msgstr ""

#, fuzzy
msgid "doubtful"
msgstr "perhaps"

#| msgid "before"
msgid  "counted"
msgid_plural "counted#"
msgstr[0] "{n} plik"
msgstr[1] "{n} pliki"
msgstr[2] "{n} plików"

msgid "counted.in.part"
msgid_plural "counted.in.part#"
msgstr[0] "{n} dzień"
msgstr[1] ""
msgstr[2] ""

#~ msgid "gone"
#~ msgstr "since long"
"""


def as_babel_reads(source: bytes) -> dict[str, tuple[str, ...]]:
    catalog = read_po(BytesIO(source), abort_invalid=True)
    read = [message for message in catalog if message.id and any(message.string) and not message.fuzzy]
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in read
    }


def as_we_read(path: Path) -> dict[str, tuple[str, ...]]:
    return {id: said.texts if isinstance(said, po.Forms) else (said,) for id, said in po.read(path).items()}


def written(folder: Path, text: str) -> Path:
    path = folder / "words.po"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_catalogue_says_what_babel_finds_in_it() -> None:
    for path in sorted(LOCALE.rglob("*.po")):
        found = as_we_read(path)
        assert found == as_babel_reads(path.read_bytes()), path.name
        assert found, path.name


def test_no_id_stands_in_two_files_of_a_language() -> None:
    files = [*(LOCALE / "en").glob("*.po")]
    ids = Counter(id for path in files for id in po.read(path))
    assert [id for id, times in ids.items() if times > 1] == []


def test_what_translators_and_their_editors_write_is_understood(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + ODD)
    found = as_we_read(path)
    assert found == as_babel_reads(path.read_bytes())
    assert found.keys() == {"said", "no.blank.line", "counted", "counted.in.part"}


def test_a_number_takes_the_form_that_the_header_says(tmp_path: Path) -> None:
    messages = po.read(written(tmp_path, HEADER + ODD))
    counted, in_part = messages["counted"], messages["counted.in.part"]
    assert isinstance(counted, po.Forms)
    assert isinstance(in_part, po.Forms)
    assert [counted.of(n) for n in (1, 3, 5, 12, 22)] == [
        "{n} plik", "{n} pliki", "{n} plików", "{n} plików", "{n} pliki",
    ]  # fmt: skip
    assert [in_part.of(n) for n in (1, 3)] == ["{n} dzień", ""]


def test_without_a_rule_of_its_own_a_file_counts_as_english_does(tmp_path: Path) -> None:
    text = 'msgid "files"\nmsgid_plural "files#"\nmsgstr[0] "a file"\nmsgstr[1] "files"\n'
    files = po.read(written(tmp_path, text))["files"]
    assert isinstance(files, po.Forms)
    assert [files.of(n) for n in (0, 1, 2)] == ["files", "a file", "files"]


@pytest.mark.parametrize(
    "line",
    ['msgid "open', "said", '"of no entry"', 'msgstr "of no entry"', 'msgid "a" "b"', 'msgctxt "menu"', "<<<<<<<"],
)
def test_a_line_that_is_none_of_a_po_file_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"words\.po: line 2 is none of a PO file"):
        po.read(written(tmp_path, f"# Words\n{line}\n"))
