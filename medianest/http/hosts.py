"""The host rule: under which names this installation answers (architecture.md section 8).

A page of somebody else that resolves its own name to our address (DNS rebinding) reaches us under that name; names
that only a home network gives away, addresses, and those that the administrator named are ours.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

from medianest.core.i18n import msg
from medianest.http.errors import Malformed, RefusedHost

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?")
_SINGLE_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_HOME_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+(?:local|lan|home\.arpa|internal)")


class HostRule:
    """Which hosts are taken; exact, whatever the case of their letters."""

    def __init__(self, *, public_url: str | None, allowed_hosts: Iterable[str]) -> None:
        named = [*allowed_hosts, urlsplit(public_url or "").netloc.rpartition("@")[2]]
        self._hosts = frozenset(host_of(name.lower()) for name in named if name)
        self._takes = lru_cache(maxsize=256)(self._decide)

    def check(self, authority: str) -> None:
        """Raises Malformed for what is no host, RefusedHost for one that is not ours."""
        if not _AUTHORITY.fullmatch(authority):
            raise Malformed(msg("http.malformed_host"))
        if not self._takes(authority):
            host = host_of(authority)
            raise RefusedHost(msg("http.refused_host", host=host, line=f'allowed_hosts = ["{host}"]'))

    def _decide(self, authority: str) -> bool:
        host = host_of(authority)
        return (
            host in self._hosts
            or _SINGLE_LABEL.fullmatch(host) is not None
            or _HOME_NAME.fullmatch(host) is not None
            or _is_address(host)
        )


def host_of(authority: str) -> str:
    """The host of a well-formed `host[:port]`."""
    found = _AUTHORITY.fullmatch(authority)
    return found[1] if found else authority


def _is_address(host: str) -> bool:
    try:
        IPv6Address(host[1:-1]) if host.startswith("[") else IPv4Address(host)
    except AddressValueError:
        return False
    return True
