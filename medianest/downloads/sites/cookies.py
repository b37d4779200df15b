"""Cookies of a site as browsers export them and yt-dlp reads them: "cookies.txt", as curl's HTTP-COOKIES.md has it.

Pure: text in, values out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import Message, msg
from medianest.downloads.types import ErrorCode

BYTES_MOST = 48 * 1024
"""Of one site's cookies as text: they go to a child and come back in one line."""

NUMBER_MOST = 300
NEEDED = frozenset(
    {
        ErrorCode.PRIVATE,
        ErrorCode.LOGIN_REQUIRED,
        ErrorCode.MEMBERS_ONLY,
        ErrorCode.AGE_RESTRICTED,
        ErrorCode.BOT_CHECK,
    }
)
"""What a site says to who is not signed in."""

_HEADER = "# Netscape HTTP Cookie File"
_HTTP_ONLY = "#HttpOnly_"
_FIELDS = 7
_DOMAIN = re.compile(r"^\.?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$")
_NAME = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z:@/()\[\]{}?<>-]{1,256}$")
_PRINTABLE = re.compile(r"^[\x20-\x7e]{0,4096}$")


class Use(StrEnum):
    """When a site's cookies go with a request: never, once it asks who we are, or from the beginning."""

    NEVER = "never"
    WHEN_NEEDED = "when_needed"
    ALWAYS = "always"


class BadCookies(Invalid):
    """This is no file of cookies, or none of this site."""

    def __init__(self, message: Message) -> None:
        super().__init__(message, code="bad_cookies", fields=(FieldError(field="cookies", message=message),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """One cookie; `expires` is in seconds since 1970, None for one that lives as long as its browser."""

    domain: str
    path: str
    name: str
    value: str
    secure: bool
    expires: int | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it this one and no other (RFC 6265, 5.3)."""
        return self.domain, self.path, self.name

    def is_of(self, site: str) -> bool:
        """Whether a browser would send it to this site, or to a host below it."""
        domain = self.domain.removeprefix(".")
        above = "." in domain and site.endswith(f".{domain}")
        return domain == site or above or domain.endswith(f".{site}")


def parse(text: str) -> tuple[Cookie, ...]:
    """All cookies of a file, the last where one is there twice. Raises BadCookies, which names the line."""
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        raise BadCookies(msg("downloads.cookies_are_json"))
    found: dict[tuple[str, str, str], Cookie] = {}
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = raw.removeprefix(_HTTP_ONLY)
        if line.strip() and not line.startswith("#"):
            cookie = _cookie(line)
            if cookie is None:
                raise BadCookies(msg("downloads.cookies_bad_line", line=number))
            found[cookie.key] = cookie
    return tuple(found.values())


def chosen(cookies: Iterable[Cookie], site: str, *, now: datetime) -> tuple[Cookie, ...]:
    """Those of this site that have not run out. Raises BadCookies where none is left, or they are too many."""
    own = tuple(cookie for cookie in cookies if cookie.is_of(site))
    if not own:
        raise BadCookies(msg("downloads.cookies_of_others", site=site))
    fresh = tuple(cookie for cookie in own if cookie.expires is None or cookie.expires > now.timestamp())
    if not fresh:
        raise BadCookies(msg("downloads.cookies_ran_out", site=site))
    if len(fresh) > NUMBER_MOST or len(written(fresh)) > BYTES_MOST:
        raise BadCookies(msg("downloads.cookies_too_many", most=NUMBER_MOST))
    return fresh


def written(cookies: Iterable[Cookie]) -> str:
    """The file of these cookies."""
    return "\n".join([_HEADER, *map(_line, cookies), ""])


def merged(kept: Iterable[Cookie], lent: Iterable[Cookie], back: Iterable[Cookie]) -> tuple[Cookie, ...]:
    """What is kept, with what a run changed of what it was lent; what others changed meanwhile stays."""
    before, after = {one.key: one for one in lent}, {one.key: one for one in back}
    gone = {key: cookie for key, cookie in before.items() if key not in after}
    changed = {key: cookie for key, cookie in after.items() if before.get(key) != cookie}
    stays = {one.key: one for one in kept if gone.get(one.key) != one}
    return tuple((stays | changed).values())


def runs_out_at(cookies: Iterable[Cookie]) -> datetime | None:
    """When the last of those that run out at all does so: who is signed in stays so no longer."""
    times = [cookie.expires for cookie in cookies if cookie.expires is not None]
    return datetime.fromtimestamp(min(max(times), 253402300799), UTC) if times else None


def _cookie(line: str) -> Cookie | None:
    fields = line.split("\t")
    if len(fields) == _FIELDS - 1:
        fields.append("")  # an editor took the tab before an empty value
    if len(fields) != _FIELDS:
        return None
    domain, below, path, secure, expires, name, value = fields
    domain = domain.lower()
    fits = _DOMAIN.match(domain) and path.startswith("/") and _NAME.match(name)
    if not fits or not (_PRINTABLE.match(path) and _PRINTABLE.match(value)) or {below, secure} - {"TRUE", "FALSE"}:
        return None
    if not re.fullmatch(r"[0-9]{0,16}(\.[0-9]{0,9})?|-1", expires):
        return None
    if below == "TRUE" and not domain.startswith("."):
        domain = f".{domain}"
    until = max(0, int(float(expires or 0))) or None
    return Cookie(domain=domain, path=path, name=name, value=value, secure=secure == "TRUE", expires=until)


def _line(cookie: Cookie) -> str:
    flags = ["TRUE" if flag else "FALSE" for flag in (cookie.domain.startswith("."), cookie.secure)]
    expires = str(cookie.expires or 0)
    return "\t".join([cookie.domain, flags[0], cookie.path, flags[1], expires, cookie.name, cookie.value])
