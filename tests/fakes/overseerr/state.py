"""What the stand-in keeps: people, media, requests and issues."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, IntFlag

from tests.fakes.overseerr.titles import JSON, Title


class May(IntFlag):
    """The bits of a person's permissions that matter here."""

    ADMIN = 2
    MANAGE_USERS = 8
    MANAGE_REQUESTS = 16
    REQUEST = 32
    AUTO_APPROVE = 128
    REQUEST_4K = 1024
    REQUEST_VIEW = 16384
    MANAGE_ISSUES = 1_048_576
    CREATE_ISSUES = 4_194_304


class Asked(IntEnum):
    """The status of a request; COMPLETED only in Seerr."""

    PENDING = 1
    APPROVED = 2
    DECLINED = 3
    FAILED = 4
    COMPLETED = 5


class Has(IntEnum):
    """The status of a medium."""

    UNKNOWN = 1
    PENDING = 2
    PROCESSING = 3
    PARTIALLY_AVAILABLE = 4
    AVAILABLE = 5
    DELETED = 7


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass(slots=True, kw_only=True, eq=False)
class User:
    """A quota is how many, in how many days; `settings` is what was set of it."""

    id: int
    name: str
    plex_id: int | None = None
    permissions: int = May.REQUEST
    movie_quota: tuple[int, int] | None = None
    tv_quota: tuple[int, int] | None = None
    settings: JSON | None = None
    created: str = field(default_factory=now)

    @property
    def email(self) -> str:
        return f"{self.name}@home.invalid"

    def may(self, *any_of: May) -> bool:
        """The administrator may everything."""
        return any(self.permissions & bit for bit in (May.ADMIN, *any_of))


@dataclass(slots=True, kw_only=True, eq=False)
class Media:
    id: int
    title: Title
    status: int = Has.UNKNOWN
    status4k: int = Has.UNKNOWN
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)


@dataclass(slots=True, kw_only=True, eq=False)
class Season:
    id: int
    number: int
    status: int


@dataclass(slots=True, kw_only=True, eq=False)
class Wish:
    """A request; `at` counts seconds, for the duplicate check that races."""

    id: int
    media: Media
    by: User
    is_4k: bool
    at: float
    status: int = Asked.PENDING
    seasons: list[Season] = field(default_factory=list)
    modified_by: User | None = None
    profile: int | None = None
    folder: str | None = None
    server: int | None = None
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)

    def becomes(self, status: int, by: User | None) -> None:
        self.status, self.modified_by, self.updated = status, by, now()
        for season in self.seasons:
            season.status = status


@dataclass(slots=True, kw_only=True, eq=False)
class Comment:
    id: int
    by: User
    text: str
    at: str = field(default_factory=now)


@dataclass(slots=True, kw_only=True, eq=False)
class Issue:
    id: int
    media: Media
    by: User
    kind: int
    season: int
    episode: int
    comments: list[Comment]
    status: int = 1
    modified_by: User | None = None
    created: str = field(default_factory=now)
