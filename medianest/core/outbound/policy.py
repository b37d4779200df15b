"""The two address policies, the check of a link at the door, and resolving that fails closed."""

import asyncio
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import ip_address
from typing import Self
from urllib.parse import unquote

from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import Message, msg
from medianest.core.outbound.addresses import (
    Address,
    HostPort,
    Reach,
    host_in_url,
    known_address,
    normal_host,
    reach,
    split_host_port,
)

MAX_URL_LENGTH = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}
_SMUGGLING = "__youtubedl_smuggle"  # how yt-dlp hides options in a link (GHSA-3ch3-jhc6-5r8x)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"})  # categories: controls, formats, spaces ...
_LOOKUP_SECONDS = 5.0
_LOOKUPS_AT_ONCE = 16

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Refused(Invalid):
    """A link that is not taken; `field` is where the caller wrote it."""

    def __init__(self, message: Message, *, field: str = "url") -> None:
        super().__init__(message, fields=(FieldError(field=field, message=message),))


class UnsupportedUrl(Refused):
    """No link that a download can begin with."""

    default_code = "unsupported_url"


class Blocked(Refused):
    """An address that the policy does not admit."""

    default_code = "blocked_address"


class Unresolved(Refused):
    """A name of which no address is known; nothing is connected to on a guess."""

    default_code = "network"
    retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """Which addresses may be connected to: private ones too of those in `named`, public ones of all `others`."""

    named: frozenset[HostPort]
    others: bool

    @classmethod
    def upstream(cls, host: str, port: int) -> Self:
        """A configured upstream and nothing else."""
        return cls(named=frozenset({(normal_host(host), port)}), others=False)

    @classmethod
    def typed(cls, allow: Iterable[HostPort] = ()) -> Self:
        """Whatever a person may type: the internet, and the private hosts and ports in `allow`."""
        return cls(named=frozenset((normal_host(host), port) for host, port in allow), others=True)

    def admits(self, host: str, port: int, address: Address) -> bool:
        if (host, port) in self.named:
            return reach(address) is not Reach.NEVER
        return self.others and reach(address) is Reach.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """A link in its one normal form, without fragment; `host` is as `addresses.normal_host` writes it."""

    scheme: str
    host: str
    port: int
    rest: str

    def __str__(self) -> str:
        authority = host_in_url(self.host)
        if self.port != DEFAULT_PORTS[self.scheme]:
            authority = f"{authority}:{self.port}"
        return f"{self.scheme}://{authority}{self.rest}"


def check_url(text: str, allow: Iterable[HostPort] = ()) -> Url:
    """What a person typed, as a link that may be followed; raises `UnsupportedUrl` or `Blocked`.

    Looks nothing up: a name must still pass `resolve_public`, and each connection the egress proxy.
    """
    if len(text) > MAX_URL_LENGTH:
        raise UnsupportedUrl(msg("outbound.too_long", limit=MAX_URL_LENGTH))
    if any(character == "\\" or unicodedata.category(character) in _UNPRINTABLE for character in text):
        raise UnsupportedUrl(msg("outbound.bad_characters"))
    if _SMUGGLING in unquote(text):
        raise UnsupportedUrl(msg("outbound.smuggling"))
    url = _parse(text)
    address = known_address(url.host)
    if address and not AddressPolicy.typed(allow).admits(url.host, url.port, address):
        raise Blocked(msg("outbound.blocked", host=url.host))
    return url


def _parse(text: str) -> Url:
    scheme, separator, after = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in DEFAULT_PORTS:
        raise UnsupportedUrl(msg("outbound.not_http"))
    after = after.partition("#")[0]
    end = next((place for place, character in enumerate(after) if character in "/?"), len(after))
    authority, rest = after[:end], after[end:]
    if "@" in authority:
        raise UnsupportedUrl(msg("outbound.credentials"))
    try:
        host, port = split_host_port(authority, default_port=DEFAULT_PORTS[scheme])
    except ValueError as error:
        raise UnsupportedUrl(msg("outbound.bad_host")) from error
    return Url(scheme=scheme, host=host, port=port, rest=rest if rest.startswith("/") else f"/{rest}")


async def system_resolve(host: str, port: int) -> list[str]:
    """The addresses of a name as this machine knows them.

    Not by the loop: uvloop asks for two names at once, so that two whose server is away keep all others from being
    found, goes on to ask when nobody waits any more, and does not end before all is answered.
    """
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    async with asyncio.timeout(_LOOKUP_SECONDS):
        found = await asyncio.get_running_loop().run_in_executor(_threads(), ask)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="names")


async def resolve(host: str, port: int, policy: AddressPolicy, *, ask: Resolve = system_resolve) -> list[Address]:
    """The addresses at which a normal host may be connected to, every one admitted by the policy.

    Raises `Blocked` if a single one is not, `Unresolved` if there is none.
    """
    known = known_address(host)
    found = [known] if known else await _look_up(host, port, ask)
    if not all(policy.admits(host, port, address) for address in found):
        raise Blocked(msg("outbound.blocked", host=host))
    return found


async def resolve_public(
    host: str, port: int, allow: Iterable[HostPort] = (), *, ask: Resolve = system_resolve
) -> list[Address]:
    """`resolve` under the policy for what a person typed."""
    return await resolve(host, port, AddressPolicy.typed(allow), ask=ask)


async def _look_up(host: str, port: int, ask: Resolve) -> list[Address]:
    try:
        found = [ip_address(text) for text in await ask(host, port)]
    except (OSError, ValueError) as error:
        raise Unresolved(msg("outbound.unresolved", host=host)) from error
    if not found:
        raise Unresolved(msg("outbound.unresolved", host=host))
    return found
