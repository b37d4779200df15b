"""The file of settings, read into what it says with the line of each setting."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from medianest.core.config import toml
from medianest.core.config.found import Found, Given, Name, Row, Shape, Shapes
from medianest.core.config.problems import PROBLEMS_MOST, Origin, nearest, shortened
from medianest.core.i18n import Message, msg

FILE_SIZE_MOST = 64 * 1024
ROWS_MOST = 200


class Unreadable(Exception):
    """A file that cannot be read; `sentence` says why."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


def from_file(path: Path, shapes: Shapes) -> Found:
    found = Found()
    try:
        raw = read_small(path)
    except Unreadable as error:
        found.blame(Origin(where=str(path), line=1, key="file"), error.sentence)
        return found
    try:
        document = toml.parse(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found.blame(Origin(where=str(path), line=line, key="file"), msg("config.not_utf8"))
        return found
    _File(path, document, shapes, found).read()
    return found


def read_small(path: Path) -> bytes:
    """The bytes of a regular file of at most FILE_SIZE_MOST; never waits for a pipe. Raises Unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Unreadable(msg("config.no_file")) from None
    except (OSError, ValueError) as error:
        raise Unreadable(msg("config.unreadable", reason=_reason(error))) from None
    try:
        kind = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(kind):
            raise Unreadable(msg("config.is_folder" if stat.S_ISDIR(kind) else "config.no_regular_file"))
        with os.fdopen(os.dup(descriptor), "rb") as file:
            raw = file.read(FILE_SIZE_MOST + 1)
    except OSError as error:
        raise Unreadable(msg("config.unreadable", reason=_reason(error))) from None
    finally:
        os.close(descriptor)
    if len(raw) > FILE_SIZE_MOST:
        raise Unreadable(msg("config.too_large", most=FILE_SIZE_MOST))
    return raw


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was parsed, and what is found in it."""

    path: Path
    document: toml.Document
    shapes: Shapes
    found: Found

    def read(self) -> None:
        self.found.is_whole = not self.document.faults
        for fault in self.document.faults:
            origin = Origin(where=str(self.path), line=fault.line, key=shortened(fault.key) or "syntax")
            self.found.blame(origin, msg(f"config.syntax_{fault.kind}"))
        for section, content in self.document.values.items():
            if self._is_enough():
                return
            self._take(section, content)

    def _take(self, section: str, content: object) -> None:
        sections = {name[0]: shape for name, shape in self.shapes.items()}
        origin = self._origin(section)
        if section not in sections and not isinstance(content, dict) and not _is_list_of_tables(content):
            self.found.blame(origin, msg("config.unknown_key", nearest=self._nearest_setting(section)))
        elif section not in sections:
            meant = nearest(section, sorted(sections))
            header = f"[[{meant}]]" if sections[meant] is Shape.COLUMN else f"[{meant}]"
            self.found.blame(origin, msg("config.unknown_section", nearest=header))
        elif sections[section] is Shape.COLUMN:
            self._take_rows(section, content)
        elif not isinstance(content, dict):
            self.found.blame(origin, msg("config.no_section", section=section))
        else:
            self._take_section(section, content)

    def _take_section(self, section: str, content: dict[str, object]) -> None:
        for key, value in content.items():
            if self._is_enough():
                return
            origin = self._origin(section, key)
            if (section, key) in self.shapes:
                self.found.take((section, key), value, origin, inside=self._inside(section, key))
            else:
                self.found.blame(origin, msg("config.unknown_key", nearest=self._nearest_setting(f"{section}.{key}")))

    def _inside(self, *path: str) -> dict[Name, Origin]:
        """Where everything stands that is written under a path."""
        under = (known for known in self.document.lines if len(known) > len(path) and known[: len(path)] == path)
        return {tuple(map(str, known[len(path) :])): self._origin(*known) for known in under}

    def _take_rows(self, section: str, content: object) -> None:
        if not _is_list_of_tables(content):
            self.found.blame(self._origin(section), msg("config.no_table", section=section))
        elif len(content) > ROWS_MOST:
            self.found.blame(self._origin(section, ROWS_MOST), msg("config.too_many", most=ROWS_MOST))
        else:
            rows = (self._row(section, place, row) for place, row in enumerate(content))
            self.found.rows[section] = list(rows)

    def _row(self, section: str, place: int, content: dict[str, object]) -> Row:
        row = Row(origin=self._origin(section, place))
        columns = [key for name, key in self.shapes if name == section]
        for key, value in content.items():
            if self._is_enough():
                break
            origin = self._origin(section, place, key)
            if key in columns:
                row.given[key] = Given(value=value, origin=origin)
            else:
                meant = f"{section}.{nearest(key, columns)}"
                self.found.blame(origin, msg("config.unknown_key", nearest=meant))
        return row

    def _origin(self, *path: str | int) -> Origin:
        """Where something stands, named without its place in a list."""
        key = ".".join(word for word in path if isinstance(word, str))
        return Origin(where=str(self.path), line=self.document.line(*path), key=shortened(key))

    def _nearest_setting(self, name: str) -> str:
        """The setting most like `name`: one whose key is the same in another section, else by its whole spelling."""
        key = name.rpartition(".")[2]
        same_key = [".".join(known) for known in self.shapes if known[-1] == key]
        return nearest(name, same_key or [".".join(known) for known in self.shapes])

    def _is_enough(self) -> bool:
        return len(self.found.problems) >= PROBLEMS_MOST


def _is_list_of_tables(content: object) -> TypeGuard[list[dict[str, object]]]:
    return isinstance(content, list) and all(isinstance(row, dict) for row in content)
