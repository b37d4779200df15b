"""What accounts announce of Plex: who was not let in, whose account is whose, who lost access."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from medianest.accounts.events import SignInEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexRefused(SignInEvent):
    """Somebody came back from Plex, and not in: `reason` is the message that says why, `name` theirs at Plex."""

    kind: ClassVar[str] = "user.plex_refused"
    keep: ClassVar[timedelta] = timedelta(days=90)

    user_agent: str
    name: str
    reason: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexLinkEvent(SignInEvent):
    """Something about somebody's Plex account; `name` is what they are called there."""

    kind: ClassVar[str] = "user_plex"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexLinked(PlexLinkEvent):
    kind: ClassVar[str] = "user.plex_linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexUnlinked(PlexLinkEvent):
    kind: ClassVar[str] = "user.plex_unlinked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexImported(PlexLinkEvent):
    """They were given an account before they ever came."""

    kind: ClassVar[str] = "user.plex_imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexAccessLost(PlexLinkEvent):
    """The server is shared with them no more: all their sessions ended."""

    kind: ClassVar[str] = "user.plex_access_lost"
