"""What the queue speaks in: states, stages, errors, and a download as others see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from medianest.core.i18n import Message


class State(StrEnum):
    """Where a download is (contract.md, A Download)."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Wait(StrEnum):
    """What a waiting download waits for."""

    RETRY = "retry"
    PREMIERE = "premiere"
    SITE = "site"
    WINDOW = "window"
    SPACE = "space"
    PLAN = "plan"


class Broadcast(StrEnum):
    """What is sent at its own time: to come, on the air, or on the air and about to be cut off here."""

    UPCOMING = "upcoming"
    LIVE = "live"
    ENDING = "ending"


class Stage(StrEnum):
    """What a running download is doing."""

    PROBING = "probing"
    FETCHING = "fetching"
    MERGING = "merging"
    EMBEDDING = "embedding"
    MOVING = "moving"


class Preset(StrEnum):
    """The names of the presets that are there without a setting."""

    BEST = "best"
    P1080 = "1080p"
    P720 = "720p"
    PHONE = "phone"
    AUDIO_MP3 = "audio-mp3"
    AUDIO_ORIGINAL = "audio-original"


class ErrorCode(StrEnum):
    """Why a download failed (contract.md, Error codes)."""

    UNSUPPORTED_URL = "unsupported_url"
    BLOCKED_ADDRESS = "blocked_address"
    NOT_FOUND = "not_found"
    REMOVED = "removed"
    PRIVATE = "private"
    LOGIN_REQUIRED = "login_required"
    MEMBERS_ONLY = "members_only"
    GEO_BLOCKED = "geo_blocked"
    DRM = "drm"
    AGE_RESTRICTED = "age_restricted"
    NOT_YET = "not_yet"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    BOT_CHECK = "bot_check"
    NEEDS_UPDATE = "needs_update"
    NO_JS_RUNTIME = "no_js_runtime"
    NETWORK = "network"
    DISK_FULL = "disk_full"
    TOO_LARGE = "too_large"
    QUOTA_EXCEEDED = "quota_exceeded"
    PERMISSION = "permission"
    NAME_TOO_LONG = "name_too_long"
    POST_PROCESSING = "post_processing"
    NO_PRESET = "no_preset"
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"


class Action(StrEnum):
    """The one thing that a person can do about a failure."""

    RETRY = "retry"
    SIGN_IN = "sign_in"
    ADD_COOKIES = "add_cookies"
    UPDATE_YTDLP = "update_ytdlp"
    FREE_SPACE = "free_space"
    ASK_ADMIN = "ask_admin"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a download is: bytes, bytes per second, seconds; of a broadcast, what is here. `percent` is 0 to 100."""

    percent: float | None = None
    downloaded_bytes: int = 0
    total_bytes: int | None = None
    speed_bytes_per_s: float | None = None
    eta_s: int | None = None
    recorded_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What is heard of a running download, twice a second at most; never stored."""

    stage: Stage
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why it failed; `detail` is the site's own words, cut and without secrets."""

    code: ErrorCode
    retryable: bool
    action: Action
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """The finished file; `path` is relative to the media folder, and so are those of what lies beside it."""

    path: str
    size_bytes: int
    sides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as others see them."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A download as its owner and admin see it; faces leave out what another may not see.

    `preset_label` is what the settings call its preset, None where they have no word for it (any more). `playlist_id`
    is that of the list which it came from.
    """

    id: str
    url: str
    title: str
    site: str
    has_picture: bool
    tone: int | None
    duration_s: float | None
    preset: str
    preset_label: str | None = None
    is_sound: bool = False
    priority: int
    position: int
    state: State
    stage: Stage | None
    progress: Progress
    attempts: int
    next_attempt_at: datetime | None
    waits_for: Wait | None = None
    failure: Failure | None
    warnings: tuple[str, ...]
    file: StoredFile | None
    owner: Person
    followers: tuple[Person, ...]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    playlist_id: str | None = None
    broadcast: Broadcast | None = None
    begins_at: datetime | None = None

    @property
    def picture_version(self) -> int:
        """Another one where the picture may be another: that of the finished file takes the place of the preview's."""
        return int(self.finished_at.timestamp()) if self.finished_at else 0


class Quota(StrEnum):
    """What of downloads can be limited: how many are begun, what they receive, how many are under way."""

    DOWNLOADS = "downloads"
    BYTES = "bytes"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How much of a quota is used; `resets_at` is when less is used and there is room, None where no time brings it."""

    quota: Quota
    limit: int
    used: int
    window_days: int
    resets_at: datetime | None = None

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntry:
    """One of the first entries of a list; `trouble` says why it is not to be had."""

    number: int
    title: str
    duration_s: float | None
    is_here: bool
    trouble: ErrorCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a link is, before it is queued; `tone` is the picture's dominant hue in twelfths of the circle.

    `bytes_by_preset` is the size that each preset would make of it, `standings` are the quotas of who asks. A list
    comes with its first `entries`; a video in a list, with the address of that.
    """

    id: str
    url: str
    title: str
    site: str
    has_picture: bool
    tone: int | None
    duration_s: float | None
    estimated_bytes: int | None
    bytes_by_preset: Mapping[str, int | None] = field(default_factory=dict)
    duplicate_of: str | None
    is_playlist: bool
    entry_count: int | None
    is_live: bool
    begins_at: datetime | None = None
    standings: tuple[Standing, ...] = ()
    entries: tuple[PreviewEntry, ...] = ()
    playlist_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One of several links: why it is refused, or what it became."""

    url: str
    refusal: Message | None = None
    download_id: str | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many downloads somebody sees, by state."""

    queued: int = 0
    running: int = 0
    paused: int = 0
    waiting: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def under_way(self) -> int:
        return self.queued + self.running + self.waiting + self.paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """What somebody would leave behind: their downloads, and how many of these others follow."""

    total: int
    followed: int
