"""What plex.tv tells, as far as the portal wants to know; tokens are in no `repr`."""

from dataclasses import dataclass, field

PRODUCT = "MediaNest"
"""What Plex calls the portal when it asks people, and in the list of their devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A PIN by which somebody lets the portal in; `code` stands in the address that they are led to."""

    id: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person at plex.tv: the number never changes, the name may. Addresses for mail are not even read."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server says that it can be reached."""

    url: str
    local: bool
    relay: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that an account may use; `token` is good there and nowhere else."""

    machine_id: str
    name: str
    owned: bool
    token: str = field(repr=False)
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with whom an owner shares something: of which servers, is what counts."""

    account: Account
    machine_ids: frozenset[str]
    home: bool
