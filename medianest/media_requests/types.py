"""What asking for films and series speaks in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MediaType(StrEnum):
    MOVIE = "movie"
    TV = "tv"


class Availability(StrEnum):
    """How much of a title is there; what a newer server says beyond these is unknown."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    PROCESSING = "processing"
    PARTIALLY_AVAILABLE = "partially_available"
    AVAILABLE = "available"
    BLOCKLISTED = "blocklisted"
    DELETED = "deleted"


class Decision(StrEnum):
    """How the server stands to a request; what a newer one says beyond these is unknown."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


class State(StrEnum):
    """How far a request has come (contract.md)."""

    SENDING = "sending"
    PENDING = "pending"
    APPROVED = "approved"
    PROCESSING = "processing"
    PARTIALLY_AVAILABLE = "partially_available"
    AVAILABLE = "available"
    DECLINED = "declined"
    FAILED = "failed"
    REMOVED = "removed"


class Verdict(StrEnum):
    """What a curator decides."""

    APPROVE = "approve"
    DECLINE = "decline"


class Listing(StrEnum):
    """A list of titles that nobody searched for."""

    TRENDING = "trending"
    POPULAR = "popular"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TitleKey:
    """Which film or series, by its number at TMDB."""

    media_type: MediaType
    tmdb_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for; `seasons` is empty for a film. Profile, folder and server are for who may choose them."""

    title: TitleKey
    seasons: tuple[int, ...] = ()
    is_4k: bool = False
    profile_id: int | None = None
    folder: str | None = None
    server_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamPerson:
    """Somebody as the server knows them; `plex_id` is Plex's own number."""

    id: int
    name: str
    plex_id: int | None
    permissions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as the server has it; `availability` is of the quality that was asked for."""

    id: int
    title: TitleKey
    decision: Decision
    availability: Availability
    seasons: tuple[int, ...]
    is_4k: bool
    requested_by: int | None
    media_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    profile_id: int | None = None
    folder: str | None = None
    server_id: int | None = None
    asker: UpstreamPerson | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """Some requests of the server's, newest first; `read` counts those that could not be understood, too."""

    items: tuple[Seen, ...]
    read: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A title in a list of results; pictures are paths at TMDB."""

    key: TitleKey
    title: str
    year: int | None
    overview: str
    poster: str | None
    backdrop: str | None
    rating: float | None
    availability: Availability = Availability.UNKNOWN
    availability_4k: Availability = Availability.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    items: tuple[Hit, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Genre:
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonTold:
    number: int
    name: str
    episodes: int
    availability: Availability
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    name: str
    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """All that is told of one film or series; `requests` are the server's, of both qualities."""

    hit: Hit
    tagline: str
    genres: tuple[str, ...]
    runtime_min: int | None
    status: str
    imdb_id: str | None
    tvdb_id: int | None
    trailer: str | None
    cast: tuple[CastMember, ...]
    seasons: tuple[SeasonTold, ...]
    media_id: int | None
    requests: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many somebody may still ask for; None is as many as they like. Series count by their seasons."""

    used: int
    limit: int | None
    remaining: int | None
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    movie: Allowance
    tv: Allowance


class ProblemKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLES = "subtitles"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemComment:
    by: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong with what is there; the first comment is what was reported."""

    id: int
    kind: ProblemKind
    title: TitleKey | None
    season: int | None
    episode: int | None
    is_resolved: bool
    reported_by: int | None
    comments: tuple[ProblemComment, ...]
    created_at: datetime | None
    asker: UpstreamPerson | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A problem as the household sees it, as it was at `heard_at`; a reporter who is not of ours has no id.

    What the server has not heard of yet has no number there.
    """

    id: str
    upstream_id: int | None
    title: TitleKey
    name: str
    kind: ProblemKind
    season: int | None
    episode: int | None
    reporter_id: str | None
    reporter: str
    is_resolved: bool
    comments: tuple[ProblemComment, ...]
    created_at: datetime
    heard_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A profile or folder of a server that fetches."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """A Radarr or Sonarr behind the server, and what may be chosen there."""

    id: int
    name: str
    is_4k: bool
    is_default: bool
    profiles: tuple[Choice, ...] = ()
    folders: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as the household sees it; `heard_at` is how old its state may be.

    What was asked for at the server itself has no owner where nobody of ours asked there; `asker` is then what they are
    called there. One that `is_unwanted` was taken back, and the server may have it yet.
    """

    id: str
    wish: Wish
    name: str
    year: int | None
    poster: str | None
    owner_id: str | None
    asked_by_id: str | None
    asker: str
    followers: frozenset[str]
    state: State
    reason: str
    error_code: str | None
    upstream_id: int | None
    media_id: int | None
    is_unwanted: bool
    heard_at: datetime | None
    created_at: datetime
    changed_at: datetime
