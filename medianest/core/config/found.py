"""What a source of settings says, not yet checked: values with the place where each was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TypeAlias

from medianest.core.config.problems import Origin, Problem, shortened
from medianest.core.i18n import Message

Name: TypeAlias = tuple[str, ...]


class Shape(Enum):
    """What a setting is, as far as a text of the environment has to be turned into it.

    A column is a setting of each table in a list, such as [[tiles]]; the environment holds no such lists.
    """

    TEXT = auto()
    NUMBER = auto()
    SWITCH = auto()
    LIST = auto()
    COLUMN = auto()
    TABLE = auto()


Shapes: TypeAlias = Mapping[Name, Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value as it was written; `inside` is where the parts of a table stand."""

    value: object
    origin: Origin
    inside: Mapping[Name, Origin] = field(default_factory=dict)

    def origin_of(self, part: Name) -> Origin:
        """Where a part of it stands, or would."""
        known = (self.inside.get(part[:length]) for length in range(len(part), 0, -1))
        nearest = next(filter(None, known), self.origin)
        return replace(nearest, key=shortened(".".join((self.origin.key, *part))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One table of a list: where it begins, and its settings by their key."""

    origin: Origin
    given: dict[str, Given] = field(default_factory=dict)

    def origin_of(self, key: str) -> Origin:
        """Where a setting of it stands, or would."""
        known = self.given.get(key)
        return known.origin if known else replace(self.origin, key=f"{self.origin.key}.{key}")


@dataclass(slots=True)
class Found:
    """What one source says; `is_whole` is False where a part of it could not be read at all."""

    given: dict[Name, Given] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_whole: bool = True

    def take(self, name: Name, value: object, origin: Origin, *, inside: Mapping[Name, Origin] | None = None) -> None:
        self.given[name] = Given(value=value, origin=origin, inside=inside or {})

    def blame(self, origin: Origin, sentence: Message) -> None:
        self.problems.append(Problem(origin=origin, sentence=sentence))
