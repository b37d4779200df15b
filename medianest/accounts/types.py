"""What accounts speak in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import UNSET, UnsetType

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

    `last_seen_at` is a few minutes behind, and moves under the eyes of who compares two of them. `plan_id` is their own
    plan, which stands over that of their role.
    """

    id: str
    name: str
    display_name: str
    role: Role
    language: str | None
    suspended_at: datetime | None
    created_at: datetime
    last_seen_at: datetime | None = field(default=None, compare=False)
    plan_id: str | None = None


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
    """What changes about a person; None stays as it is, and without a language the browser's decides (empty).

    `plan` is the id of a plan of their own, None for none; unset it stays.
    """

    role: Role | None = None
    suspended: bool | None = None
    display_name: str | None = None
    language: str | None = None
    plan: str | UnsetType | None = UNSET


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much somebody may have; None is as much as they like.

    `downloads` begun and `bytes` received count for `window_days` days, `active` is how many may be under way at once.
    """

    downloads: int | None = None
    bytes: int | None = None
    active: int | None = None
    window_days: int = 7

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A named bundle of quotas."""

    id: str
    name: str
    quotas: Quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInUse:
    """A plan with the roles that have it, and how many people have it as their own."""

    plan: Plan
    roles: tuple[Role, ...]
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """A plan to be, and the roles that get it."""

    name: str
    quotas: Quotas = field(default_factory=Quotas)
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """What changes about a plan; what is unset stays. A role that is left out of `roles` has no plan any more."""

    name: str | UnsetType = UNSET
    downloads: int | UnsetType | None = UNSET
    bytes: int | UnsetType | None = UNSET
    active: int | UnsetType | None = UNSET
    window_days: int | UnsetType = UNSET
    roles: frozenset[Role] | UnsetType = UNSET
