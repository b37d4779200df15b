"""Which entries of a list somebody wants; decisions only.

The newest are those that came out last. A list that tells of none when it came out is taken to have the newest first,
as channels do.
"""

import heapq
import re
from collections.abc import Iterable

from medianest.downloads.lists.types import Choice
from medianest.downloads.protocol import Entry

NEWEST_MOST = 1000
CHOSEN_MOST = 10_000
_PART = re.compile(r"(\d{1,7})(?:\s*(?:-|–|\.\.)\s*(\d{1,7}))?")


class Sieve:
    """Takes the entries of a list one batch after the other, and says which are wanted as soon as that is sure.

    What it keeps until the end is never more than what was asked for.
    """

    def __init__(self, choice: Choice) -> None:
        self._numbers = frozenset(choice.entries)
        self._newest = choice.newest
        self._kept: list[tuple[float, int, Entry]] = []
        self._dated = False

    def take(self, batch: Iterable[Entry]) -> list[Entry]:
        """What is wanted of these, without those of which only the rest of the list can tell."""
        if self._newest is None:
            return [entry for entry in batch if not self._numbers or entry.number in self._numbers]
        for entry in batch:
            self._keep(entry, self._newest)
        return []

    def last(self) -> list[Entry]:
        """What is wanted besides, now that there are no more; the newest first."""
        return [entry for _, _, entry in sorted(self._kept, reverse=True)]

    def is_sure(self, number: int) -> bool:
        """Whether nothing behind this number can be wanted."""
        if self._numbers:
            return number >= max(self._numbers)
        return self._newest is not None and not self._dated and number >= self._newest

    def _keep(self, entry: Entry, newest: int) -> None:
        self._dated = self._dated or entry.at is not None
        found = (entry.at or 0.0, -entry.number, entry)
        if len(self._kept) < newest:
            heapq.heappush(self._kept, found)
        else:
            heapq.heappushpop(self._kept, found)


def chosen(choice: Choice, entries: Iterable[Entry], *, is_whole: bool) -> list[Entry] | None:
    """What is wanted of these first entries of a list; None where the rest of the list must be known for that."""
    known = list(entries)
    sieve = Sieve(choice)
    wanted = sieve.take(known)
    if not is_whole and not (known and sieve.is_sure(known[-1].number)):
        return None
    return [*wanted, *sieve.last()]


def numbers_in(text: str) -> tuple[int, ...] | None:
    """The numbers that somebody wrote as `1-20, 35`; None for what is none."""
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last < first + CHOSEN_MOST:
            return None
        found.update(range(first, last + 1))
    return tuple(sorted(found)) if len(found) <= CHOSEN_MOST else None
