"""The library: what came in, newest first."""

from dataclasses import dataclass

from medianest.web.frame import Chip
from medianest.web.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryView:
    """The page of the library."""

    total: int
    chips: tuple[Chip, ...]
    rows: tuple[Row, ...]
    more: str | None
