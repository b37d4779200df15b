"""What the status feature speaks in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias


class State(StrEnum):
    """How a service is, as far as anybody knows."""

    UP = "up"
    DOWN = "down"
    PENDING = "pending"
    MAINTENANCE = "maintenance"
    PAUSED = "paused"
    UNKNOWN = "unknown"


class LinkState(StrEnum):
    """How the portal stands with Uptime Kuma itself; `connecting` until the first whole picture of a login is there."""

    UP = "up"
    CONNECTING = "connecting"
    DOWN = "down"
    OFF = "off"


class Via(StrEnum):
    """The way in, the best first: the live one, a public status page, or the figures for Prometheus."""

    LIVE = "live"
    STATUS_PAGE = "status_page"
    METRICS = "metrics"


class Trouble(StrEnum):
    """Why there is no link, as far as somebody who has to mend it needs to know."""

    AWAY = "away"  # nobody answers at its address, or no more
    UNREADABLE = "unreadable"  # what answers there is not Uptime Kuma
    CREDENTIALS = "credentials"  # it does not take the name, the password or the key
    CODE = "code"  # it wants a code of two steps, and there is none, or not a good one
    THROTTLED = "throttled"  # it has seen too many logins, whoever's
    NOT_SET_UP = "not_set_up"  # nobody has made its first account yet
    NO_PAGE = "no_page"  # it has no such status page
    NO_PUSH = "no_push"  # it has no such push monitor, or that is paused


PASSING = frozenset({Trouble.AWAY, Trouble.UNREADABLE, Trouble.THROTTLED})
"""What is over by itself some time."""


class Function(StrEnum):
    """What of the portal a service carries."""

    PLEX = "plex"
    OVERSEERR = "overseerr"
    DOWNLOADS = "downloads"


class Beat(NamedTuple):
    """One look of Uptime Kuma at a service; `latency_ms` is None where it did not answer."""

    at: datetime
    state: State
    latency_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What Uptime Kuma says of a monitor, apart from how it is; `group` is that of a status page."""

    name: str
    kind: str = ""
    parent: int | None = None
    group: str = ""
    active: bool = True
    in_maintenance: bool = False
    weight: int = 0
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time in which work was announced; `under_way` is whether it has begun."""

    title: str
    under_way: bool
    begins_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the people of Uptime Kuma wrote on their status page; pinned until they take it away."""

    title: str
    text: str
    style: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Monitors as they are described now; where it is `whole`, there are no others."""

    monitors: Mapping[int, Described]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A monitor was deleted."""

    monitor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """Beats of a monitor, the oldest first; where they are `whole`, they stand in place of what was known.

    `words` are what Uptime Kuma said with the last one; they may name addresses of the house.
    """

    monitor: int
    beats: tuple[Beat, ...]
    words: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of the last `hours` a service was up, from 0 to 1."""

    monitor: int
    hours: int
    up: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Until when the certificate of a service is good; None where it has none."""

    monitor: int
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """All maintenance that is announced."""

    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """All notices that are shown."""

    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Which release of Uptime Kuma it is."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Everything that is sent after a login was sent."""


Message: TypeAlias = Listed | Gone | Beaten | Share | Certificate | Windows | Notices | Release | Arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How it stands with Uptime Kuma; `heard_at` is when something last came, `lost_at` since when nothing does."""

    state: LinkState
    via: Via | None = None
    heard_at: datetime | None = None
    lost_at: datetime | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the portal says to come in."""

    username: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What Uptime Kuma is told: whether all is well, in words, and how long it took to find out."""

    is_well: bool
    words: str
    took_ms: int
