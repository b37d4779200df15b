"""What is wrong with the settings, and where: every problem at once, never a value."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from medianest.core.i18n import Catalogue, Message

NAME_LENGTH = 80
PROBLEMS_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a setting stands: a file and its line, `environment` or `options`; and its name there."""

    where: str
    key: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        return printable(f"{place}: {self.key}")

    @property
    def order(self) -> tuple[bool, int]:
        """Sorts a file's lines first, in their order."""
        return self.line is None, self.line or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend; what was written is not part of it, for it may be a secret."""

    origin: Origin
    sentence: Message

    def line(self, catalogue: Catalogue) -> str:
        """`FILE:LINE: key: sentence`, on one line whatever the names are."""
        return f"{self.origin}: {catalogue.say(self.sentence)}"


class ConfigProblems(Exception):
    """The settings cannot be used; `problems` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems, first at {problems[0].origin}: {problems[0].sentence.id}")
        self.problems = problems


def printable(name: str) -> str:
    """A name from outside, safe to print on one line."""
    return "".join(char if char.isprintable() else "?" for char in name)


def shortened(name: str) -> str:
    """A name from outside that may have any length."""
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str:
    """What somebody who wrote `name` seems to have meant."""
    return difflib.get_close_matches(shortened(name), list(known), n=1, cutoff=0.0)[0]
