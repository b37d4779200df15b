"""The places besides the file that settings come from (environment, options), each read into the same shape."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

from medianest.core.config import toml
from medianest.core.config.file import Unreadable, read_small
from medianest.core.config.found import Found, Name, Shape, Shapes
from medianest.core.config.problems import Origin, nearest, shortened
from medianest.core.i18n import msg

PREFIX = "MEDIANEST_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
DATA_DIR_VARIABLE = f"{PREFIX}DATA_DIR"
DATA_DIR: Name = ("paths", "data_dir")

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
_SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def from_environment(environ: Mapping[str, str], shapes: Shapes) -> Found:
    """Variables with two underscores; an empty one counts as not set, for compose files write it so."""
    found = Found()
    names = {_variable(name): name for name, shape in shapes.items() if shape is not Shape.COLUMN}
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
    elif _names_a_list(variable, shapes):
        found.blame(origin, msg("config.only_in_file"))
    elif meant := _meant_variable(variable, names):
        found.blame(origin, msg("config.unknown_variable", nearest=meant))


def _names_a_list(variable: str, shapes: Shapes) -> bool:
    lists = {_variable(name[:1]) for name, shape in shapes.items() if shape is Shape.COLUMN}
    return variable.partition("__")[0] in lists


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
    if shape is Shape.TABLE:
        return toml.parse(f"table = {text}").values.get("table", text)
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
        return nearest(variable, names)
    single = {name.replace("__", "_"): name for name in names}
    own = difflib.get_close_matches(variable, (CONFIG_VARIABLE, DATA_DIR_VARIABLE), n=1, cutoff=0.9)
    return single.get(variable) or (own[0] if own else None)


def _variable(name: Name) -> str:
    return f"{PREFIX}{'__'.join(name)}".upper()
