"""From the sources to one checked tree, or to all that is wrong with them."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from medianest.core.config import contradictions, values, ytdlp_options
from medianest.core.config.file import from_file
from medianest.core.config.found import Found, Given, Name, Row, Shape, Shapes
from medianest.core.config.presets import PresetDefaults, PresetSettings
from medianest.core.config.problems import PROBLEMS_MOST, ConfigProblems, Origin, Problem, nearest
from medianest.core.config.section import ListedSection, Section
from medianest.core.config.settings import DATA_DIR_DEFAULT, LISTS, Settings, columns, fields
from medianest.core.config.sources import CONFIG_VARIABLE, DATA_DIR, from_environment, from_options
from medianest.core.i18n import Message, msg

FILE_NAME = "config.toml"
OPTIONS: Mapping[str, Name] = MappingProxyType(
    {"--data-dir": DATA_DIR, "--host": ("server", "host"), "--port": ("server", "port")}
)


_OF_KIND = MappingProxyType(
    {
        "int_type": "config.want_number",
        "float_type": "config.want_number",
        "bool_type": "config.want_switch",
        "dict_type": "config.want_table",
        "model_type": "config.want_table",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the settings of this run come from; `options` are texts by their name, such as `--port`."""

    config_file: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path | None:
        """The configuration file: the named one, else `config.toml` of the data folder if it is there."""
        if self.named_file or os.path.lexists(self.possible_file):
            return self.possible_file
        return None

    @property
    def possible_file(self) -> Path:
        """Where the configuration file is, or would be."""
        if self.named_file:
            return self.named_file
        given = [found.given[DATA_DIR].value for found in self.without_file() if DATA_DIR in found.given]
        try:
            folder = values.folder(given[-1] if given else DATA_DIR_DEFAULT)
        except PydanticCustomError:  # what is wrong with it is said by `load`
            folder = DATA_DIR_DEFAULT
        return folder / FILE_NAME

    @property
    def named_file(self) -> Path | None:
        named = self.config_file or self.environ.get(CONFIG_VARIABLE)
        return Path(named) if named else None

    def without_file(self) -> tuple[Found, Found]:
        """What environment and options say, the weaker first."""
        return from_environment(self.environ, _shapes()), from_options(self.options, OPTIONS, _shapes())


def load(sources: Sources) -> Settings:
    """The settings of all sources: options over environment over file over defaults.

    Raises ConfigProblems with everything that is wrong in any of them, even where another source stands over it.
    """
    file = sources.file
    all_found = (from_file(file, _shapes()) if file else Found(), *sources.without_file())
    given: dict[Name, Given] = {}
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for found in all_found:
        problems += [*found.problems, *_refused(found.given), *_refused_rows(found)]
        given |= found.given
        rows |= found.rows
    if problems:
        raise _all_wrong(problems)
    lists = {name: tuple(_content(row) for row in rows[name]) for name in rows}
    settings = Settings.model_validate(_tree(given) | lists)
    if against := [
        Problem(origin=_origin(given, name), sentence=sentence) for name, sentence in contradictions.of(settings)
    ]:
        raise _all_wrong(against)
    return settings


def _all_wrong(problems: Iterable[Problem]) -> ConfigProblems:
    return ConfigProblems(tuple(sorted(problems, key=lambda problem: problem.origin.order)[:PROBLEMS_MOST]))


def _refused(given: Mapping[Name, Given]) -> Iterator[Problem]:
    try:
        Settings.model_validate(_tree(given))
    except ValidationError as error:
        for details in error.errors(include_input=False, include_url=False):
            yield Problem(origin=_origin(given, _words(details)), sentence=_sentence(details))


def _origin(given: Mapping[Name, Given], name: Name) -> Origin:
    """Where a setting was given, or a part of one that is a table."""
    setting = given[name[:2]]
    return setting.origin_of(name[2:]) if name[2:] else setting.origin


def _words(details: ErrorDetails) -> Name:
    """The names that lead to what pydantic found, without places in lists and its own marks."""
    return tuple(part for part in details["loc"] if isinstance(part, str) and part != "[key]")


def _refused_rows(found: Found) -> Iterator[Problem]:
    """What is wrong with each table of a list, and which of them repeat an earlier one.

    A key that is missing is no further problem where a line could not be read: it may be the one.
    """
    for name, rows in found.rows.items():
        fine: list[tuple[Row, ListedSection]] = []
        for row in rows:
            try:
                fine.append((row, LISTS[name].model_validate(_content(row))))
            except ValidationError as error:
                for details in error.errors(include_input=False, include_url=False):
                    if found.is_whole or details["type"] != "missing":
                        yield Problem(origin=row.origin_of(str(details["loc"][0])), sentence=_sentence(details))
        yield from _clashes(fine)
        for place, key, id in LISTS[name].unknown([one for _, one in fine]) if fine else ():
            yield Problem(origin=fine[place][0].origin_of(key), sentence=msg(id))


def _clashes(rows: Sequence[tuple[Row, ListedSection]]) -> Iterator[Problem]:
    for place, (row, one) in enumerate(rows):
        found = ((key, earlier) for earlier, other in rows[:place] if (key := one.clash(other)))
        if first := next(found, None):
            key, earlier = first
            yield Problem(
                origin=row.origin_of(key), sentence=msg("config.same_in_list", line=earlier.origin_of(key).line)
            )


def _content(row: Row) -> dict[str, object]:
    return {key: given.value for key, given in row.given.items()}


def _tree(given: Mapping[Name, Given]) -> dict[str, object]:
    tree: dict[str, dict[str, object]] = {}
    for (section, key), setting in given.items():
        tree.setdefault(section, {})[key] = setting.value
    return dict(tree)


@cache
def _shapes() -> Shapes:
    return {name: _shape(info.annotation) for name, info in fields()} | {name: Shape.COLUMN for name, _ in columns()}


def _shape(annotation: Any) -> Shape:
    if annotation is bool:
        return Shape.SWITCH
    if annotation is int:
        return Shape.NUMBER
    if get_origin(annotation) is dict or (isinstance(annotation, type) and issubclass(annotation, Section)):
        return Shape.TABLE
    return Shape.LIST if get_origin(annotation) in (tuple, frozenset) else Shape.TEXT


def _sentence(details: ErrorDetails) -> Message:
    """pydantic's finding as a message of ours; those of `values` are messages already."""
    kind, facts = details["type"], details.get("ctx", {})
    if kind.startswith("config."):
        return msg(kind, **facts)
    if kind == "extra_forbidden":
        return _no_such_part(_words(details))
    if kind == "literal_error":
        return msg("config.want_one_of", choices=", ".join(re.findall("'([^']*)'", facts["expected"])))
    if kind == "greater_than_equal":
        return msg("config.at_least", least=facts["ge"])
    if kind == "less_than_equal":
        return msg("config.at_most", most=facts["le"])
    if kind == "missing":
        return msg("config.missing")
    if kind == "too_long":
        return msg("config.too_many", most=facts["max_length"])
    return msg(_OF_KIND.get(kind, "config.want_other"))


def _no_such_part(name: Name) -> Message:
    """What is wrong with a key that a table does not know."""
    *table, key = name
    if table[-1] == "ytdlp_options":
        return ytdlp_options.refusal(key)
    known = PresetDefaults if table[-1] == "defaults" else PresetSettings
    return msg("config.unknown_key", nearest=nearest(key, known.model_fields))
