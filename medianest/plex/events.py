"""What the portal's own place at Plex announces; to administrators."""

from dataclasses import dataclass
from typing import ClassVar

from medianest.core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexEvent(Event):
    """Something about the connection to Plex; `name` is the server's."""

    kind: ClassVar[str] = "plex"
    subject_type: ClassVar[str] = "plex"

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConnected(PlexEvent):
    """An administrator chose the household's server."""

    kind: ClassVar[str] = "plex.connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRenewed(PlexEvent):
    """The owner signed in again: the same server, another token."""

    kind: ClassVar[str] = "plex.relinked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerDisconnected(PlexEvent):
    kind: ClassVar[str] = "plex.disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLost(PlexEvent):
    """Plex does not take the owner's token any more."""

    kind: ClassVar[str] = "plex.token_lost"
