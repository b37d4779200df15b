"""Admin: what happened, who did it, when and from where."""

from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message
from medianest.web.pages.admin import RoomChip


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One thing that happened; `thing` is what it happened to, with the page of it."""

    id: int
    at: datetime
    sentence: Message
    via: Message
    address: str | None
    path: str | None = None
    thing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalView:
    """The page of the journal."""

    places: tuple[RoomChip, ...]
    entries: tuple[EntryRow, ...]
    more: str | None
