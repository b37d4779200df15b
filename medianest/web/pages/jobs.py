"""Admin: periodic jobs, and what listeners could not take."""

from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message
from medianest.web.pages.admin import RoomChip


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job: how it went, and when it goes again; `state` is the shape before the result."""

    name: str
    title: Message
    rhythm: Message
    state: str
    result: Message
    ran_at: datetime | None
    took_s: float | None
    next_at: datetime | None
    runs: bool
    run_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """Something that could not be delivered."""

    id: int
    title: Message
    reason: str
    at: datetime
    retry_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsView:
    """The page of the jobs."""

    places: tuple[RoomChip, ...]
    jobs: tuple[JobRow, ...]
    dead_letters: tuple[LetterRow, ...]
