"""What is said of lists: what somebody chooses of one, what becomes of its entries, and the list as others see it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from medianest.downloads.types import Counts, ErrorCode, Failure, Person, State


class ListState(StrEnum):
    """Where a list is; `completed` means that all that was chosen of it is in the queue, or was told why not."""

    EXPANDING = "expanding"
    WAITING = "waiting"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"


class ListWait(StrEnum):
    """What a waiting list waits for: another try, its site, or room in its owner's plan."""

    RETRY = "retry"
    SITE = "site"
    ROOM = "room"


class EntryFate(StrEnum):
    """What became of an entry that was chosen."""

    LISTED = "listed"
    QUEUED = "queued"
    HERE = "here"
    UNAVAILABLE = "unavailable"


class Leftovers(StrEnum):
    """What becomes of the downloads that a list has in line when it is stopped."""

    KEEP = "keep"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody wants of a list: these numbers, or the newest so many, or all of it."""

    entries: tuple[int, ...] = ()
    newest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One entry that was chosen; `download_id` leads to the download that brings or brought it."""

    number: int
    title: str
    duration_s: float | None
    fate: EntryFate
    error: ErrorCode | None
    download_id: str | None
    download_state: State | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """A list as its owner and admin see it; faces leave out what another may not see.

    `read` of its entries were read so far, `entry_count` is how many the site says there are. Of those that were
    chosen, `queued` became downloads (`downloads` counts these by state), `here` were here already, `unavailable` are
    not to be had. `is_cut` says that it is longer than lists may be.
    """

    id: str
    url: str
    title: str
    site: str
    preset: str
    choice: Choice
    state: ListState
    waits_for: ListWait | None
    next_attempt_at: datetime | None
    entry_count: int | None
    read: int
    is_read: bool
    is_cut: bool
    chosen: int
    queued: int
    here: int
    unavailable: int
    attempts: int
    failure: Failure | None
    owner: Person
    created_at: datetime
    finished_at: datetime | None
    downloads: Counts = field(default_factory=Counts)

    @property
    def skipped(self) -> int:
        return self.here + self.unavailable

    @property
    def total(self) -> int | None:
        """How many entries were chosen, as far as that is known yet."""
        if self.is_read:
            return self.chosen
        if self.choice.entries:
            return len(self.choice.entries)
        return self.choice.newest if self.choice.newest and self.entry_count is None else self._promised

    @property
    def is_under_way(self) -> bool:
        """Whether it still expands, or something of it is still to come."""
        return self.state in (ListState.EXPANDING, ListState.WAITING) or self.downloads.under_way > 0

    @property
    def _promised(self) -> int | None:
        if self.entry_count is None:
            return None
        return min(self.entry_count, self.choice.newest or self.entry_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTick:
    """What is heard of a list that expands, twice a second at most; never stored."""

    total: int | None
    read: int
    queued: int
    skipped: int
