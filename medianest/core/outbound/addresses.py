"""How far an internet address reaches, and what a host means, however either was written.

The networks are those of the IANA special-purpose registries (RFC 6890), read strictly: what is not ordinary
global unicast is not public. Nothing here asks the network.
"""

import re
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

import idna

Address: TypeAlias = IPv4Address | IPv6Address
HostPort: TypeAlias = tuple[str, int]


class Reach(StrEnum):
    """Who is to be found at an address."""

    PUBLIC = "public"  # somebody on the internet
    PRIVATE = "private"  # this machine or its own network: only where it was configured
    NEVER = "never"  # metadata services, link-local, multicast, reserved, documentation, tunnels


_V4_PRIVATE = tuple(
    IPv4Network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers and overlay networks (RFC 6598)
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarking (RFC 2544)
    )
)
_V4_NEVER = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.100.100.200/32",  # metadata service of Alibaba
        "168.63.129.16/32",  # platform service of Azure
        "169.254.0.0/16",  # link-local, and most metadata services
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_V6_PRIVATE = tuple(IPv6Network(text) for text in ("::1/128", "fc00::/7"))
_V6_METADATA = (IPv6Address("fd00:ec2::254"), IPv6Address("fd20:ce::254"))  # Amazon, Google
_V6_GLOBAL = IPv6Network("2000::/3")
_V6_NOT_GLOBAL = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocols, Teredo and ORCHID among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; the local-use 64:ff9b:1::/48 is no global unicast
_MAPPED = IPv6Network("::ffff:0:0/96")

# Names that mean one address wherever they are asked for (RFC 6761, and what clouds promise).
_LOOPBACK = IPv4Address("127.0.0.1")
_KNOWN_NAMES = {
    "localhost": _LOOPBACK,
    "metadata.google.internal": IPv4Address("169.254.169.254"),
    "metadata.goog": IPv4Address("169.254.169.254"),
}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PORT = re.compile(r"[0-9]{1,5}")


def reach(address: Address) -> Reach:
    """How far an address reaches; one that carries an IPv4 address (mapped, NAT64) reaches as far as that."""
    if isinstance(address, IPv6Address):
        return _reach_v6(address)
    if any(address in network for network in _V4_NEVER):
        return Reach.NEVER
    if any(address in network for network in _V4_PRIVATE):
        return Reach.PRIVATE
    return Reach.PUBLIC


def is_public(address: Address) -> bool:
    return reach(address) is Reach.PUBLIC


def _reach_v6(address: IPv6Address) -> Reach:
    if address in _MAPPED or address in _NAT64:
        return reach(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address in _V6_METADATA:
        return Reach.NEVER
    if any(address in network for network in _V6_PRIVATE):
        return Reach.PRIVATE
    if address in _V6_GLOBAL and not any(address in network for network in _V6_NOT_GLOBAL):
        return Reach.PUBLIC
    return Reach.NEVER


def known_address(host: str) -> Address | None:
    """The address that a normal host (see `normal_host`) means without being looked up, if there is one."""
    if host.endswith(".localhost"):
        return _LOOPBACK
    if host in _KNOWN_NAMES:
        return _KNOWN_NAMES[host]
    return _literal(host)


def normal_host(text: str) -> str:
    """The one way to write a host: an address in its shortest form without brackets, or a lower-case ASCII name.

    Numbers mean what the C library takes them for (`127.1`, `0x7f.1`, `2130706433`); international names become
    their IDNA form (UTS 46); a trailing dot goes. Raises ValueError for what is no host.
    """
    if text.startswith("["):
        return _bracketed(text)
    name = (text if text.isascii() else idna.encode(text, uts46=True).decode()).lower().removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_numeric(labels))
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"not a host: {text!r}")
    return name


def readable_host(host: str) -> str:
    """A normal host as people write it: international names in their own letters, where they can be read back."""
    try:
        return idna.decode(host) if "xn--" in host else host
    except idna.IDNAError:
        return host


def split_host_port(text: str, *, default_port: int | None = None) -> HostPort:
    """`host:port` of an authority without credentials, in normal form; raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = text, ""
    if not port and default_port is not None:
        return normal_host(host), default_port
    if not _PORT.fullmatch(port) or not 0 < int(port) < 65536:
        raise ValueError(f"not a port: {port!r}")
    return normal_host(host), int(port)


def host_in_url(host: str) -> str:
    """A normal host as a URL writes it: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def _bracketed(text: str) -> str:
    if not text.endswith("]") or "%" in text:
        raise ValueError(f"not an IPv6 address: {text!r}")
    return str(IPv6Address(text[1:-1]))


def _literal(host: str) -> Address | None:
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError:
        return None


def _numeric(labels: list[str]) -> IPv4Address:
    """An IPv4 address of one to four numbers, decimal, octal or hexadecimal, the last filling what is left."""
    *head, last = (_number(label) for label in labels)
    if len(labels) > 4 or any(part > 255 for part in head) or last >= 256 ** (5 - len(labels)):
        raise ValueError(f"not an IPv4 address: {'.'.join(labels)!r}")
    return IPv4Address(sum(part << (24 - 8 * place) for place, part in enumerate(head)) + last)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text!r}")
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)
