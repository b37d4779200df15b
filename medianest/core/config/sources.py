"""The places that settings come from (file, environment, options), each read into the same shape."""

import difflib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TypeAlias

from medianest.core.config import toml
from medianest.core.config.problems import PROBLEMS_MOST, Origin, Problem, shortened
from medianest.core.i18n import Message, msg

PREFIX = "MEDIANEST_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
DATA_DIR_VARIABLE = f"{PREFIX}DATA_DIR"
DATA_DIR: "Name" = ("paths", "data_dir")
FILE_SIZE_MOST = 64 * 1024

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}

Name: TypeAlias = tuple[str, str]


class Shape(Enum):
    """What a setting is, as far as a text of the environment has to be turned into it."""

    TEXT = auto()
    NUMBER = auto()
    SWITCH = auto()
    LIST = auto()


Shapes: TypeAlias = Mapping[Name, Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value as it was written, not yet checked."""

    value: object
    origin: Origin


@dataclass(slots=True)
class Found:
    """What one source says."""

    given: dict[Name, Given] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, name: Name, value: object, origin: Origin) -> None:
        self.given[name] = Given(value=value, origin=origin)

    def blame(self, origin: Origin, sentence: Message) -> None:
        self.problems.append(Problem(origin=origin, sentence=sentence))


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
    for fault in document.faults:
        origin = Origin(where=str(path), line=fault.line, key=shortened(fault.key) or "syntax")
        found.blame(origin, msg(f"config.syntax_{fault.kind}"))
    for section, content in document.values.items():
        if len(found.problems) >= PROBLEMS_MOST:
            break
        _take_section(found, shapes, path, document.lines, section, content)
    return found


def from_environment(environ: Mapping[str, str], shapes: Shapes) -> Found:
    """Variables with two underscores; an empty one counts as not set, for compose files write it so."""
    found = Found()
    names = {f"{PREFIX}{section}__{key}".upper(): (section, key) for section, key in shapes}
    for variable in sorted(name for name, value in environ.items() if name.startswith(PREFIX) and value):
        _take_variable(found, names, shapes, environ, variable)
    if data_dir := environ.get(DATA_DIR_VARIABLE):
        found.take(DATA_DIR, data_dir, Origin(where="environment", key=DATA_DIR_VARIABLE))
    return found


def from_options(options: Mapping[str, str], names: Mapping[str, Name], shapes: Shapes) -> Found:
    """Command line options; `names` says which setting `--port` is."""
    found = Found()
    for option, text in options.items():
        name = names[option]
        found.take(name, _from_text(text, shapes[name]), Origin(where="options", key=option))
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


def _take_section(
    found: Found, shapes: Shapes, path: Path, lines: Mapping[tuple[str, ...], int], section: str, content: object
) -> None:
    sections = sorted({name for name, _ in shapes})
    origin = Origin(where=str(path), line=lines.get((section,), 1), key=shortened(section))
    if section not in sections and not isinstance(content, dict):
        found.blame(origin, msg("config.unknown_key", nearest=_nearest_setting(section, shapes)))
    elif section not in sections:
        found.blame(origin, msg("config.unknown_section", nearest=_nearest(section, sections)))
    elif not isinstance(content, dict):
        found.blame(origin, msg("config.no_section", section=section))
    else:
        for key, value in content.items():
            if len(found.problems) >= PROBLEMS_MOST:
                break
            name = (section, key)
            origin = Origin(where=str(path), line=lines.get(name, 1), key=shortened(f"{section}.{key}"))
            if name in shapes:
                found.take(name, value, origin)
            else:
                found.blame(origin, msg("config.unknown_key", nearest=_nearest_setting(f"{section}.{key}", shapes)))


def _take_variable(
    found: Found, names: Mapping[str, Name], shapes: Shapes, environ: Mapping[str, str], variable: str
) -> None:
    origin = Origin(where="environment", key=shortened(variable))
    plain = variable.removesuffix("_FILE")
    if variable in names:
        found.take(names[variable], _from_text(environ[variable], shapes[names[variable]]), origin)
    elif plain in names and environ.get(plain):
        found.blame(origin, msg("config.set_twice", other=plain))
    elif plain in names:
        _take_secret(found, names[plain], shapes, Path(environ[variable]), origin)
    elif meant := _meant_variable(variable, names):
        found.blame(origin, msg("config.unknown_variable", nearest=meant))


def _take_secret(found: Found, name: Name, shapes: Shapes, path: Path, origin: Origin) -> None:
    """The content of a file, without the line end that editors add."""
    try:
        text = read_small(path).decode()
    except Unreadable as error:
        found.blame(origin, error.sentence)
    except UnicodeDecodeError:
        found.blame(origin, msg("config.not_utf8"))
    else:
        found.take(name, _from_text(text.rstrip("\r\n"), shapes[name]), origin)


def _from_text(text: str, shape: Shape) -> object:
    """What a text means for a setting of this shape; the text itself where it means nothing, to be refused later."""
    if shape is Shape.NUMBER and _WHOLE_NUMBER.fullmatch(text.strip()):
        return int(text)
    if shape is Shape.SWITCH:
        return _SWITCHES.get(text.strip().lower(), text)
    if shape is Shape.LIST and text.lstrip().startswith("["):
        return toml.parse(f"list = {text}").values.get("list", text)
    if shape is Shape.LIST:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _meant_variable(variable: str, names: Mapping[str, Name]) -> str | None:
    """The variable that a wrong one stands for; None for one that may belong to something else.

    Only two underscores make a setting: orchestrators put MEDIANEST_PORT and the like into the environment.
    """
    if variable in (CONFIG_VARIABLE, DATA_DIR_VARIABLE):
        return None
    if "__" in variable:
        return _nearest(variable, names)
    single = {name.replace("__", "_"): name for name in names}
    own = difflib.get_close_matches(variable, (CONFIG_VARIABLE, DATA_DIR_VARIABLE), n=1, cutoff=0.9)
    return single.get(variable) or (own[0] if own else None)


def _nearest_setting(name: str, shapes: Shapes) -> str:
    """The setting most like `name`: one whose key is the same in another section, else by its whole spelling."""
    key = name.rpartition(".")[2]
    same_key = [f"{section}.{other}" for section, other in shapes if other == key]
    return _nearest(name, same_key or [".".join(known) for known in shapes])


def _nearest(name: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(shortened(name), list(known), n=1, cutoff=0.0)[0]
