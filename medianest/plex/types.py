"""What the Plex feature speaks in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from medianest.plex.tv.types import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConnection:
    """The household's server as it is to be asked; `token` is its owner's, and goes nowhere else."""

    machine_id: str
    url: str
    token: str = field(repr=False)
    name: str


class Purpose(StrEnum):
    """What somebody goes to Plex for."""

    SIGN_IN = "sign_in"
    LINK = "link"
    CONNECT = "connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A way to Plex that was just begun: `secret` goes into the browser's cookie, the browser to `address`."""

    id: str
    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A way to Plex and back; `asked` is how often plex.tv was asked about it."""

    id: str
    purpose: Purpose
    user_id: str | None
    return_path: str
    asked: int
    address: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody with whom the household's server is shared, or its owner."""

    account: Account
    token: str = field(repr=False)
    server_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose Plex account is whose; `lost_at` is when the server was found to be shared with them no more."""

    plex_id: int
    user_id: str
    name: str
    linked_at: datetime
    checked_at: datetime | None
    lost_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """How the portal stands with Plex, as far as is known without asking; `refused_at` since when the token is bad."""

    url: str | None
    is_in_toml: bool
    token_is_in_toml: bool
    server_name: str
    machine_id: str | None
    owner_name: str
    has_token: bool
    connected_at: datetime | None
    checked_at: datetime | None
    refused_at: datetime | None
