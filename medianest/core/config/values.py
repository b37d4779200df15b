"""The kinds of value that a setting may have; each refuses in words, and never repeats what it refused."""

import ipaddress
import re
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from medianest.core.actor import Role
from medianest.core.config.problems import nearest
from medianest.core.outbound.addresses import HostPort, host_in_url, normal_host, split_host_port

T = TypeVar("T")
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

ENTRIES_MOST = 200
TEXT_LENGTH_MOST = 4000
TITLE_LENGTH_MOST = 40
WORDS_LENGTH_MOST = 80
ICONS = (
    "film", "series", "music", "book", "photo", "camera", "home", "server", "network", "download", "cloud", "calendar",
    "chat", "shield", "wrench", "globe",
)  # fmt: skip
"""The pictures of the sprite that a tile may carry."""
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_PUSH_TOKEN = re.compile(r"[A-Za-z0-9_-]{0,100}")
_HEADER_WORD = re.compile(r"[!-~]*")
_MAPPED_BITS = 96
_PORTS = {"http": 80, "https": 443}
_NEVER_IN_LINKS = re.compile(r'[\s\\<>"]')
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")
_PATH_MOST = 100
_ASKED_WITHOUT = frozenset({"/healthz", "/readyz", "/metrics"})
_DIGITS_MOST = 15
RateInHours = tuple[time, time, int]
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def refuse(id: str, **values: Any) -> PydanticCustomError:
    """The error whose sentence is the message `id`."""
    return PydanticCustomError(id, "refused", values or None)


def text(value: object) -> str:
    if not isinstance(value, str):
        raise refuse("config.want_text")
    if len(value) > TEXT_LENGTH_MOST:
        raise refuse("config.too_long", most=TEXT_LENGTH_MOST)
    if _CONTROL.search(value):
        raise refuse("config.control_character")
    return value.strip()


def host(value: object) -> str:
    """A host name or address, as `outbound` writes it; an IPv6 address with brackets or without."""
    written = text(value)
    bare_v6 = ":" in written and not written.startswith("[")
    try:
        return normal_host(f"[{written}]" if bare_v6 else written)
    except ValueError:
        raise refuse("config.want_host") from None


def host_and_port(value: object) -> HostPort:
    if isinstance(value, tuple):
        return value
    try:
        return split_host_port(text(value))
    except ValueError:
        raise refuse("config.want_host_and_port") from None


def network(value: object) -> Network:
    """An address range; a single address is the range of itself, one of IPv4 inside IPv6 that of IPv4."""
    if isinstance(value, Network):
        return value
    try:
        written = ipaddress.ip_network(text(value), strict=False)
    except ValueError:
        raise refuse("config.want_network") from None
    mapped = written.network_address.ipv4_mapped if isinstance(written, ipaddress.IPv6Network) else None
    if mapped is None or written.prefixlen < _MAPPED_BITS:
        return written
    return ipaddress.IPv4Network((mapped, written.prefixlen - _MAPPED_BITS))


def base_path(value: object) -> str:
    """The path under which everything stands, such as `/nest`; empty where that is the whole host."""
    written = text(value).rstrip("/")
    if (written and not (len(written) <= _PATH_MOST and _PATH.fullmatch(written))) or written in _ASKED_WITHOUT:
        raise refuse("config.want_base_path")
    return written


def public_url(value: object) -> str | None:
    """`https://host[:port]` as browsers write it, and the base path or nothing after it; an empty text is none."""
    if value is None or not (written := text(value)):
        return None
    try:
        url = urlsplit(written)
        port, path = url.port, base_path(url.path)
    except (ValueError, PydanticCustomError):
        raise refuse("config.want_url") from None
    extra = url.query or url.fragment or "@" in url.netloc
    if url.scheme not in _PORTS or not url.hostname or extra:
        raise refuse("config.want_url")
    said = "" if port in (None, _PORTS[url.scheme]) else f":{port}"
    return f"{url.scheme}://{host_in_url(host(url.hostname))}{said}{path}"


def origin(value: object) -> str:
    """The origin of a site, as browsers write it: nothing that stands for many."""
    try:
        found = public_url(value)
    except PydanticCustomError:
        found = None
    if found is None or urlsplit(found).path:
        raise refuse("config.want_origin")
    return found


def web_url(value: object) -> str:
    """An address as browsers open it, with any path; never one that carries a name and password."""
    written = text(value)
    try:
        url = urlsplit(written)
        normal_host(host_in_url(url.hostname or ""))
        is_whole = url.scheme in ("http", "https") and url.port != 0 and not _NEVER_IN_LINKS.search(written)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise refuse("config.want_link")
    if "@" in url.netloc:
        raise refuse("config.link_with_password")
    return written


def folder(value: object) -> Path:
    """An absolute path; a relative one begins where the program was started, `~` is the home folder."""
    written = str(value) if isinstance(value, Path) else text(value)
    if not written:
        raise refuse("config.want_folder")
    try:
        return Path(written).expanduser().absolute()
    except RuntimeError:  # whose home folder, nobody knows
        raise refuse("config.want_folder") from None


def time_of_day(value: object) -> time | None:
    """`HH:MM`; an empty text is never."""
    if value is None or isinstance(value, time):
        return value
    written = text(value)
    if not written:
        return None
    found = _TIME.fullmatch(written)
    if not found:
        raise refuse("config.want_time")
    return time(int(found[1]), int(found[2]))


def window(value: object) -> tuple[time, time] | None:
    """`HH:MM-HH:MM`; an empty text is always."""
    if value is None or isinstance(value, tuple):
        return value
    written = text(value)
    if not written:
        return None
    start, _, end = written.partition("-")
    found = [_TIME.fullmatch(part.strip()) for part in (start, end)]
    times = [time(int(one[1]), int(one[2])) for one in found if one]
    if len(times) != len(found) or times[0] == times[1]:
        raise refuse("config.want_window")
    return times[0], times[1]


def rate_in_hours(value: object) -> RateInHours:
    """`HH:MM-HH:MM BYTES`; no bytes is no limit."""
    if isinstance(value, tuple):
        return value
    hours, _, rate = text(value).rpartition(" ")
    if not rate.isascii() or not rate.isdigit() or len(rate) > _DIGITS_MOST:
        raise refuse("config.want_rate")
    found = window(hours)
    if found is None:
        raise refuse("config.want_rate")
    return *found, int(rate)


def secret(value: object) -> SecretStr:
    """A text that is never shown; it may hold any character."""
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, str):
        raise refuse("config.want_text")
    if len(value) > TEXT_LENGTH_MOST:
        raise refuse("config.too_long", most=TEXT_LENGTH_MOST)
    return SecretStr(value)


def header_secret(value: object) -> SecretStr:
    """A secret that is sent as a header's value: one word of printable ASCII."""
    found = secret(value)
    if not _HEADER_WORD.fullmatch(found.get_secret_value().strip()):
        raise refuse("config.want_header_secret")
    return SecretStr(found.get_secret_value().strip())


def push_token(value: object) -> SecretStr:
    """A part of an address: an address as a whole is not one."""
    found = secret(value)
    if not _PUSH_TOKEN.fullmatch(found.get_secret_value().strip()):
        raise refuse("config.want_push_token")
    return SecretStr(found.get_secret_value().strip())


def words(value: object) -> str:
    return at_most(text(value), WORDS_LENGTH_MOST)


def title(value: object) -> str:
    written = at_most(text(value), TITLE_LENGTH_MOST)
    if not written:
        raise refuse("config.want_words")
    return written


def at_most(written: str, most: int) -> str:
    if len(written) > most:
        raise refuse("config.too_long", most=most)
    return written


def icon(value: object) -> str:
    written = text(value)
    if written not in ICONS:
        raise refuse("config.unknown_icon", nearest=nearest(written, ICONS), choices=", ".join(ICONS))
    return written


def role(value: object) -> Role:
    written = text(value)
    if written not in list(Role):
        raise refuse("config.unknown_role", nearest=nearest(written, Role), choices=", ".join(Role))
    return Role(written)


def roles(value: object) -> frozenset[Role]:
    """Somebody at least: what nobody sees is left out altogether."""
    chosen = frozenset(each(role)(value))
    if not chosen:
        raise refuse("config.want_roles", choices=", ".join(Role))
    return chosen


def each(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """Reads a list by its entries."""

    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list | tuple | frozenset):
            raise refuse("config.want_list")
        if len(value) > ENTRIES_MOST:
            raise refuse("config.too_many", most=ENTRIES_MOST)
        return tuple(read(entry) for entry in value)

    return read_all


def host_ports(value: object) -> frozenset[HostPort]:
    return frozenset(each(host_and_port)(value))


Host = Annotated[str, BeforeValidator(host)]
HostOrNone = Annotated[str, BeforeValidator(lambda value: host(value) if value else "")]
Hosts = Annotated[tuple[str, ...], BeforeValidator(each(host))]
HostPorts = Annotated[frozenset[HostPort], BeforeValidator(host_ports)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(each(network))]
Origin = Annotated[str, BeforeValidator(origin)]
Origins = Annotated[tuple[str, ...], BeforeValidator(each(origin))]
BasePath = Annotated[str, BeforeValidator(base_path)]
PublicUrl = Annotated[str | None, BeforeValidator(public_url)]
Folder = Annotated[Path, BeforeValidator(folder), Field(validate_default=True)]
TimeOfDay = Annotated[time | None, BeforeValidator(time_of_day)]
RateHours = Annotated[tuple[RateInHours, ...], BeforeValidator(each(rate_in_hours))]
Hours = Annotated[tuple[time, time] | None, BeforeValidator(window)]
Secret = Annotated[SecretStr, BeforeValidator(secret)]
PushToken = Annotated[SecretStr, BeforeValidator(push_token)]
HeaderSecret = Annotated[SecretStr, BeforeValidator(header_secret)]
Title = Annotated[str, BeforeValidator(title)]
Words = Annotated[str, BeforeValidator(words)]
WebUrl = Annotated[str, BeforeValidator(web_url)]
Icon = Annotated[str, BeforeValidator(icon)]
Roles = Annotated[frozenset[Role], BeforeValidator(roles)]
