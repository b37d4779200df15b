"""Who is asking: the value that every verb receives instead of a user row."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """What a person is in the household (contract.md, Roles)."""

    ADMIN = "admin"
    CURATOR = "curator"
    MEMBER = "member"
    CHILD = "child"
    GUEST = "guest"


class Permission(StrEnum):
    """What somebody may do; `accounts` derives them from role and token scopes."""

    ADMINISTER = "administer"
    SEE_HOUSEHOLD = "see_household"
    DOWNLOAD = "download"
    REQUEST = "request"
    CURATE = "curate"
    READ = "read"
    METRICS = "metrics"


class Via(StrEnum):
    """Through which door somebody came."""

    WEB = "web"
    API = "api"
    CLI = "cli"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who asks for something; `id` is None for nobody and for the portal itself.

    `authenticated_at` is when they last proved who they are in this session; tokens prove nothing of that kind.
    """

    id: str | None
    name: str
    role: Role | None
    permissions: frozenset[Permission]
    via: Via
    session_id: str | None = None
    token_id: str | None = None
    address: str | None = None
    request_id: str | None = None
    authenticated_at: datetime | None = None
    language: str = "en"
    tokens: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        words = {f"role:{self.role}"} if self.role else set()
        if self.id:
            words.add(f"user:{self.id}")
        object.__setattr__(self, "tokens", frozenset(words))

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_admin(self) -> bool:
        return Permission.ADMINISTER in self.permissions

    def sees(self, audience: frozenset[str]) -> bool:
        """Whether an audience (see `event.Audience`) includes this actor."""
        return not self.tokens.isdisjoint(audience)

    def on(self, *, address: str | None, request_id: str | None) -> Self:
        """The same actor, asking from `address` in the request `request_id`."""
        return replace(self, address=address, request_id=request_id)


SYSTEM = Actor(id=None, name="MediaNest", role=None, permissions=frozenset(Permission), via=Via.SYSTEM)
NOBODY = Actor(id=None, name="", role=None, permissions=frozenset(), via=Via.WEB)
