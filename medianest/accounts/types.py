"""What accounts speak in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from medianest.core.actor import Role


class Scope(StrEnum):
    """What a token is for (contract.md, HTTP); `admin` is everything."""

    READ = "read"
    DOWNLOADS = "downloads"
    REQUESTS = "requests"
    LIBRARY = "library"
    METRICS = "metrics"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """What a session must meet to be alive: it ends after `now`, and was used after `idle_since`."""

    now: datetime
    idle_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRules:
    """How long a session lives unused, and at most."""

    idle: timedelta = timedelta(days=30)
    absolute: timedelta = timedelta(days=180)

    def alive_at(self, now: datetime) -> Alive:
        return Alive(now=now, idle_since=now - self.idle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The program in somebody's hands, as it presents itself."""

    address: str | None = None
    user_agent: str = ""
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person of the household, as administrators and the person see them.

    `last_seen_at` is a few minutes behind, and moves under the eyes of who compares two of them.
    """

    id: str
    name: str
    display_name: str
    role: Role
    language: str | None
    suspended_at: datetime | None
    created_at: datetime
    last_seen_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A person to be; without a password they cannot sign in by one."""

    name: str
    role: Role
    password: str | None = None
    display_name: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What changes about a person; None stays as it is, and without a language the browser's decides (empty)."""

    role: Role | None = None
    suspended: bool | None = None
    display_name: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A device on which somebody is signed in."""

    id: str
    user_id: str
    user_agent: str
    address: str | None
    created_at: datetime
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session that was just opened: `secret` goes into the cookie and is kept nowhere."""

    user: User
    session_id: str
    secret: str
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An API token without its secret."""

    id: str
    user_id: str
    user_name: str
    label: str
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """An invitation to be: as what, for how many, for how long."""

    role: Role
    label: str = ""
    uses: int = 1
    lasts: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An open invitation without its secret; `maker` is what the one who made it is called."""

    id: str
    role: Role
    label: str
    uses: int
    uses_most: int
    made_by: str
    maker: str
    created_at: datetime
    expires_at: datetime

    @property
    def uses_left(self) -> int:
        return self.uses_most - self.uses


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser of the household's, approved by an administrator."""

    id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A child or guest who can be chosen on a household device."""

    id: str
    name: str
    has_pin: bool
