"""Where a request really comes from: what trusted proxies say of it, and nothing that others say.

Each proxy appends the address that it heard to X-Forwarded-For, so only the part to the right of the last one that
is ours to trust can be believed (RFC 7239 section 5.2 gives the same order).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_HOPS_MOST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The client's address (None on a socket without one), and the scheme and host that it asked for."""

    address: str | None
    scheme: str
    authority: str


class Networks:
    """A set of networks that an address may be in; remembers its answers."""

    def __init__(self, networks: Iterable[object]) -> None:
        self._networks = tuple(ip_network(str(network)) for network in networks)
        self._holds = lru_cache(maxsize=1024)(self._decide)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: str | None) -> bool:
        return address is not None and self._holds(address)

    def _decide(self, address: str) -> bool:
        parsed = ip_address(address)
        return any(parsed.version == network.version and parsed in network for network in self._networks)


def origin_of(
    *,
    peer: str | None,
    scheme: str,
    authority: str,
    trusted: Networks,
    forwarded_for: Sequence[str],
    forwarded_proto: Sequence[str],
    forwarded_host: Sequence[str],
) -> Origin:
    """Where a request comes from, given the connection's own facts and the values of each forwarding field."""
    address = plain_address(peer or "")
    if address not in trusted:
        return Origin(address=address, scheme=scheme, authority=authority)
    claimed = _last(forwarded_proto).lower()
    return Origin(
        address=_client(address, forwarded_for, trusted),
        scheme=claimed if claimed in ("http", "https") else scheme,
        authority=_last(forwarded_host).lower() or authority,
    )


def _client(peer: str | None, forwarded_for: Sequence[str], trusted: Networks) -> str | None:
    """The rightmost address that no proxy of ours has; what is unreadable ends the walk."""
    client = peer
    hops = ",".join(forwarded_for).rsplit(",", _HOPS_MOST)[-_HOPS_MOST:]
    for hop in reversed(hops):
        address = plain_address(_without_port(hop.strip()))
        if address is None:
            break
        client = address
        if address not in trusted:
            break
    return client


def _without_port(hop: str) -> str:
    hop = hop.strip('"')
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


@lru_cache(maxsize=4096)
def plain_address(text: str) -> str | None:
    """An address as it is written everywhere in MediaNest: IPv4 never inside IPv6, no zone; None if it is none."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def _last(values: Sequence[str]) -> str:
    return values[-1].rpartition(",")[2].strip() if values else ""
