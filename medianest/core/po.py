"""Reads catalogues of messages: gettext's PO files, but for contexts, which symbolic ids have no need of.

By https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html. Babel reads them too, as an editor would; that
takes longer than all else that a start does with them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from sys import intern
from typing import TypeAlias

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr|msgstr\[\d\])[ \t]+)?"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_FLAGS = "#,"
_RULE = re.compile(r"^Plural-Forms:.*\bplural=([^;\n]+)", re.MULTILINE)
_ENGLISH_RULE = "n != 1"
_Entry: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class Forms:
    """A message whose words depend on a number, and which of them are for which."""

    texts: tuple[str, ...]
    rule: Callable[[int], int]

    def of(self, n: int) -> str:
        """Empty where the translation has no such form."""
        return next(iter(self.texts[self.rule(n) :]), "")


def read(path: Path) -> dict[str, str | Forms]:
    """The messages of a file by their ids, without those that still wait for a translator.

    Raises ValueError for a line that no PO file has.
    """
    try:
        entries = _entries(path.read_text(encoding="utf-8").split("\n"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    header = next((entry["msgstr"] for entry in entries if not entry["msgid"]), "")
    found = _RULE.search(header)
    rule = _rule(found[1] if found else _ENGLISH_RULE)
    messages: dict[str, str | Forms] = {}
    for entry in entries:
        texts = tuple(text for part, text in entry.items() if part.startswith("msgstr"))
        if entry["msgid"] and any(texts) and "fuzzy" not in entry[_FLAGS]:
            messages[intern(entry["msgid"])] = Forms(texts, rule) if "msgid_plural" in entry else texts[0]
    return messages


_rule = lru_cache(maxsize=16)(c2py)


def _entries(lines: Iterable[str]) -> list[_Entry]:
    """Every entry, from keyword to text."""
    entries: list[_Entry] = []
    flags = part = ""
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            flags += line if line.startswith(_FLAGS) else ""
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (entries or found[1] == "msgid"):
            raise ValueError(f"line {number} is none of a PO file")
        if found[1] == "msgid":
            entries.append({_FLAGS: flags})
            flags = ""
        part = found[1] or part
        entries[-1][part] = entries[-1].get(part, "") + _plain(found[2])
    return entries


def _plain(quoted: str) -> str:
    return _ESCAPE.sub(lambda escape: _CONTROL.get(escape[1], escape[1]), quoted) if "\\" in quoted else quoted
