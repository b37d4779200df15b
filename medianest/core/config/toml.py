"""A TOML file: its values, the line of each key, and everything that is wrong with its writing.

`tomllib` reads the values, but tells no lines; tomlkit keeps the layout, and tells none either. So the text is cut into
statements (a header or an assignment, which may run over several lines), `tomllib` reads each of them by itself for
its keys, and a statement that it refuses is blanked out, so that one mistake does not hide the others.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

FAULTS_MOST = 10
DOTS_MOST = 100
_DEEPEST = 5

_PART = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*(?:"{3,5}|$)'
    r"|'''(?:[^']|'(?!''))*(?:'{3,5}|$)"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[^\"'#\[\]{}\n]+"
    r"|.|\n",
    re.DOTALL,
)
_LINE_OF_ERROR = re.compile(r"\(at line (\d+), column \d+\)$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*=")
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A line that is not TOML; `kind` is the last word of a message id, `key` what the line seems to set."""

    line: int
    kind: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What could be read of a file; `lines` knows sections, their keys, and what is in those that are tables.

    The tables of a list are told apart by their place: `("tiles", 0, "url")`.
    """

    values: dict[str, Any]
    lines: dict[Path, int]
    faults: tuple[Fault, ...]

    def line(self, *path: str | int) -> int:
        """The line of a setting, else that of what it stands in."""
        known = (self.lines.get(path[:length]) for length in range(len(path), 0, -1))
        return next(filter(None, known), 1)


@dataclass(frozen=True, slots=True)
class _Statement:
    line: int
    text: str

    @property
    def is_header(self) -> bool:
        return self.text.lstrip().startswith("[")

    @property
    def begins_table_of_list(self) -> bool:
        return self.text.lstrip().startswith("[[")

    @property
    def is_open(self) -> bool:
        """Whether a quote or bracket in it has no end."""
        parts = _PART.findall(self.text)
        depth = sum((part in "[{") - (part in "]}") for part in parts)
        return depth > 0 or '"' in parts or "'" in parts

    @property
    def is_too_deep(self) -> bool:
        """Whether its name has more parts than `tomllib` reads in time: its work grows with their square."""
        if self.text.count(".") <= DOTS_MOST:
            return False
        outside = (part for part in _PART.findall(self.text) if part[0] not in "\"'#")
        return "".join(outside).count(".") > DOTS_MOST

    @property
    def last_line(self) -> int:
        return self.line + self.text.rstrip("\n").count("\n")


def parse(text: str) -> Document:
    """Read a whole file; never raises, whatever the text is; reads on after each of its first mistakes."""
    statements = list(_statements(text.replace("\r\n", "\n") + "\n"))
    faults: list[Fault] = []
    for index, statement in enumerate(statements):
        if statement.is_too_deep and len(faults) < FAULTS_MOST:
            faults.append(Fault(line=statement.line, kind="nested", key=""))
            _blank(statements, index)
    while len(faults) < FAULTS_MOST:
        try:
            values = tomllib.loads("".join(statement.text for statement in statements))
            return Document(values=values, lines=_lines(statements), faults=tuple(faults))
        except (ValueError, RecursionError) as error:
            wrong = _position(error, statements)
            faults.append(_fault(error, statements, wrong))
            _blank(statements, wrong)
    return Document(values={}, lines={}, faults=tuple(faults))


def _statements(text: str) -> Iterator[_Statement]:
    line, depth, parts = 1, 0, list[str]()
    for part in _PART.findall(text):
        parts.append(part)
        depth += (part in "[{") - (part in "]}")
        if part == "\n" and (depth <= 0 or _is_header(parts)):
            statement = _Statement(line, "".join(parts))
            yield statement
            line, depth, parts = line + statement.text.count("\n"), 0, []
    if parts:
        yield _Statement(line, "".join(parts))


def _is_header(parts: list[str]) -> bool:
    return next((part for part in parts if part.strip()), "").lstrip() == "["


def _blank(statements: list[_Statement], wrong: int) -> None:
    """Leave only the lines of a statement; of a header also those under it, which would fall to another section."""
    whole = statements[wrong].is_header
    for index in range(wrong, len(statements)):
        statement = statements[index]
        if index > wrong and (not whole or statement.is_header):
            return
        statements[index] = _Statement(statement.line, "\n" * statement.text.count("\n"))


def _position(error: Exception, statements: list[_Statement]) -> int:
    """Which statement an error is about: the one it names, else the first that fails alone, else the last."""
    named = _LINE_OF_ERROR.search(str(error))
    for index, statement in enumerate(statements):
        if named and statement.line <= int(named[1]) <= statement.last_line:
            return index
        if not named and _refused(statement):
            return index
    return max(index for index, statement in enumerate(statements) if statement.text.strip())


def _refused(statement: _Statement) -> bool:
    try:
        tomllib.loads(statement.text)
    except (ValueError, RecursionError):
        return True
    return False


def _fault(error: Exception, statements: list[_Statement], wrong: int) -> Fault:
    statement = statements[wrong]
    named = _LINE_OF_ERROR.search(str(error))
    return Fault(
        line=int(named[1]) if named else statement.line,
        kind=_kind(error, statement),
        key=_seeming_key(statements, wrong),
    )


def _kind(error: Exception, statement: _Statement) -> str:
    text = str(error)
    if isinstance(error, RecursionError):
        return "nested"
    if not isinstance(error, tomllib.TOMLDecodeError):
        return "number"
    if "overwrite" in text or "twice" in text or "mutate" in text or "Duplicate" in text:
        return "duplicate"
    if statement.is_open or "(at end of document)" in text:
        return "open"
    return "value" if "Invalid value" in text else "other"


def _seeming_key(statements: list[_Statement], wrong: int) -> str:
    """The key that a refused statement seems to set, under the header that stands before it."""
    text = statements[wrong].text
    if header := _HEADER.match(text):
        return header[1]
    key = _KEY.match(text)
    if not key:
        return ""
    headers = (_HEADER.match(statement.text) for statement in reversed(statements[:wrong]))
    section = next((header[1] for header in headers if header), "")
    return f"{section}.{key[1]}" if section else key[1]


def _lines(statements: list[_Statement]) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    tables: Counter[Path] = Counter()
    prefix: Path = ()
    for statement in statements:
        if not statement.text.strip():
            continue
        paths = list(_paths(tomllib.loads(statement.text)))
        if statement.is_header:
            prefix = max(paths, key=len, default=())
            lines.setdefault(prefix, statement.line)
            if len(prefix) == 1 and statement.begins_table_of_list:
                tables[prefix] += 1
                prefix = (*prefix, tables[prefix] - 1)
                lines[prefix] = statement.line
            continue
        for path in paths:
            lines.setdefault((*prefix, *path)[:_DEEPEST], statement.line)
    return lines


def _paths(values: dict[str, Any], depth: int = _DEEPEST) -> Iterator[tuple[str, ...]]:
    """The keys of one statement, as deep as settings go."""
    for key, value in values.items():
        yield (key,)
        if isinstance(value, dict) and depth > 1:
            yield from ((key, *inner) for inner in _paths(value, depth - 1))
