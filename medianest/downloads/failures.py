"""Why a download failed: the one translation of yt-dlp's exceptions, statuses and sentences into our codes.

It knows yt-dlp's words, but does not import it: exceptions are read by their names and attributes, so that the portal
and its tests can use this table without the library.
"""

import errno
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Self

from medianest.core.redaction import redact
from medianest.downloads.failure_sentences import LAST_RESORTS, SENTENCES
from medianest.downloads.types import Action, ErrorCode, Failure

_DETAIL_MOST = 300
_RETRY_AFTER_MOST_S = 24 * 3600
_CHAIN_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Whether trying again can help by itself, and the one thing that a person can do."""

    retryable: bool
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is known about an error, outermost first: class names, sentences, an HTTP status, an errno."""

    kinds: frozenset[str] = frozenset()
    text: str = ""
    warnings: str = ""
    status: int | None = None
    retry_after: str | None = None
    errno: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A code, the site's own words, and the site's own wish when to come back."""

    code: ErrorCode
    detail: str = ""
    retry_after_s: int | None = None


class CannotFetch(Exception):
    """The download stops here, and why: the site's answer translated, or our own refusal."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.code}: {verdict.detail}")
        self.verdict = verdict

    @classmethod
    def because(cls, code: ErrorCode, detail: str, *, retry_after_s: int | None = None) -> Self:
        return cls(Verdict(code=code, detail=detail, retry_after_s=retry_after_s))


REMEDIES: Mapping[ErrorCode, Remedy] = MappingProxyType(
    {
        ErrorCode.UNSUPPORTED_URL: Remedy(retryable=False, action=Action.NONE),
        ErrorCode.BLOCKED_ADDRESS: Remedy(retryable=False, action=Action.ASK_ADMIN),
        ErrorCode.NOT_FOUND: Remedy(retryable=False, action=Action.NONE),
        ErrorCode.REMOVED: Remedy(retryable=False, action=Action.NONE),
        ErrorCode.PRIVATE: Remedy(retryable=False, action=Action.SIGN_IN),
        ErrorCode.LOGIN_REQUIRED: Remedy(retryable=False, action=Action.SIGN_IN),
        ErrorCode.MEMBERS_ONLY: Remedy(retryable=False, action=Action.SIGN_IN),
        ErrorCode.GEO_BLOCKED: Remedy(retryable=False, action=Action.NONE),
        ErrorCode.DRM: Remedy(retryable=False, action=Action.NONE),
        ErrorCode.AGE_RESTRICTED: Remedy(retryable=False, action=Action.ADD_COOKIES),
        ErrorCode.NOT_YET: Remedy(retryable=True, action=Action.NONE),
        ErrorCode.FORBIDDEN: Remedy(retryable=True, action=Action.RETRY),
        ErrorCode.RATE_LIMITED: Remedy(retryable=True, action=Action.NONE),
        ErrorCode.BOT_CHECK: Remedy(retryable=True, action=Action.ADD_COOKIES),
        ErrorCode.NEEDS_UPDATE: Remedy(retryable=False, action=Action.UPDATE_YTDLP),
        ErrorCode.NO_JS_RUNTIME: Remedy(retryable=False, action=Action.ASK_ADMIN),
        ErrorCode.NETWORK: Remedy(retryable=True, action=Action.RETRY),
        ErrorCode.DISK_FULL: Remedy(retryable=True, action=Action.FREE_SPACE),
        ErrorCode.TOO_LARGE: Remedy(retryable=False, action=Action.ASK_ADMIN),
        ErrorCode.QUOTA_EXCEEDED: Remedy(retryable=False, action=Action.RETRY),
        ErrorCode.PERMISSION: Remedy(retryable=False, action=Action.ASK_ADMIN),
        ErrorCode.NAME_TOO_LONG: Remedy(retryable=False, action=Action.ASK_ADMIN),
        ErrorCode.POST_PROCESSING: Remedy(retryable=True, action=Action.RETRY),
        ErrorCode.NO_PRESET: Remedy(retryable=False, action=Action.ASK_ADMIN),
        ErrorCode.INTERRUPTED: Remedy(retryable=True, action=Action.RETRY),
        ErrorCode.INTERNAL: Remedy(retryable=False, action=Action.RETRY),
    }
)

_ERRNOS: Mapping[int, ErrorCode] = MappingProxyType(
    {
        errno.ENOSPC: ErrorCode.DISK_FULL,
        errno.EDQUOT: ErrorCode.DISK_FULL,
        errno.EFBIG: ErrorCode.TOO_LARGE,
        errno.EACCES: ErrorCode.PERMISSION,
        errno.EPERM: ErrorCode.PERMISSION,
        errno.EROFS: ErrorCode.PERMISSION,
        errno.ENAMETOOLONG: ErrorCode.NAME_TOO_LONG,
    }
)

_STATUSES: Mapping[int, ErrorCode] = MappingProxyType(
    {
        401: ErrorCode.LOGIN_REQUIRED,
        402: ErrorCode.MEMBERS_ONLY,
        404: ErrorCode.NOT_FOUND,
        407: ErrorCode.INTERNAL,
        408: ErrorCode.NETWORK,
        410: ErrorCode.REMOVED,
        425: ErrorCode.NETWORK,
        429: ErrorCode.RATE_LIMITED,
        451: ErrorCode.GEO_BLOCKED,
    }
)

_KINDS: Mapping[str, ErrorCode] = MappingProxyType(
    {
        "UnsupportedError": ErrorCode.UNSUPPORTED_URL,
        "GeoRestrictedError": ErrorCode.GEO_BLOCKED,
        "UserNotLive": ErrorCode.NOT_YET,
        "PostProcessingError": ErrorCode.POST_PROCESSING,
        "ContentTooShortError": ErrorCode.NETWORK,
        "IncompleteRead": ErrorCode.NETWORK,
        "TransportError": ErrorCode.NETWORK,
        "RegexNotFoundError": ErrorCode.NEEDS_UPDATE,
    }
)


_NO_JS = re.compile(
    r"no supported javascript runtime|challenge solving failed|solving failed: some formats", re.IGNORECASE
)
_STATUS = re.compile(r"\bHTTP Error (\d{3})\b", re.IGNORECASE)
_NAMES = re.compile(r"https?://[^\s'\"<>]+|\b[\w-]+(?:\.[\w-]+)+\b")
_NOISE = re.compile(
    r"^(?:ERROR:\s*)?(?:\[[\w:.+-]+\]\s*)?(?:[\w.-]{1,80}: )?"
    r"|[\s;,]*(?:please report this issue on|Confirm you are on|Use --|See  https?:|You might want to use a VPN).*"
    r"|\s*\(caused by .*",
    re.IGNORECASE | re.DOTALL,
)


def failure(verdict: Verdict) -> Failure:
    """What is stored and shown of a verdict."""
    remedy = REMEDIES[verdict.code]
    return Failure(code=verdict.code, retryable=remedy.retryable, action=remedy.action, detail=verdict.detail)


def verdict(trouble: Trouble, *, now: datetime) -> Verdict:
    """The code of a trouble; what nobody foresaw is `internal`."""
    code = _code(trouble)
    wait = _seconds(trouble.retry_after, now) if trouble.retry_after else None
    return Verdict(code=code, detail=detail(trouble.text), retry_after_s=wait)


def detail(text: str) -> str:
    """The site's own words: one line, cut, without addresses' secrets and yt-dlp's advice."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(redact(_NOISE.sub("", visible.strip())).split())
    return line if len(line) <= _DETAIL_MOST else f"{line[: _DETAIL_MOST - 1]}…"


def trouble(error: BaseException, *, warnings: str = "") -> Trouble:
    """What an exception and those behind it say."""
    chain = list(_chain(error))
    status = next((one for link in chain if isinstance(one := getattr(link, "status", None), int)), None)
    number = next((link.errno for link in chain if isinstance(link, OSError) and link.errno), None)
    headers = [getattr(getattr(link, "response", None), "headers", None) for link in chain]
    return Trouble(
        kinds=frozenset(kind.__name__ for link in chain for kind in type(link).__mro__),
        text=str(error) or type(error).__name__,
        warnings=warnings,
        status=status,
        retry_after=next((header["Retry-After"] for header in headers if header and header.get("Retry-After")), None),
        errno=number,
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it names as its reason, each once."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < _CHAIN_MOST:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [(getattr(link, "exc_info", None) or (None, None))[1], getattr(link, "cause", None)]
        waiting += [link.__cause__, link.__context__]


def _code(trouble: Trouble) -> ErrorCode:
    text = _NAMES.sub("", trouble.text)
    found = _match(SENTENCES, text)
    if found in {ErrorCode.NEEDS_UPDATE, ErrorCode.BOT_CHECK} and _NO_JS.search(trouble.warnings):
        return ErrorCode.NO_JS_RUNTIME
    if found:
        return found
    if trouble.errno and trouble.errno in _ERRNOS and "TransportError" not in trouble.kinds:
        return _ERRNOS[trouble.errno]
    written = _STATUS.search(text)
    if status := trouble.status or (int(written[1]) if written else None):
        return _of_status(status)
    named = next((code for kind, code in _KINDS.items() if kind in trouble.kinds), None)
    return named or _match(LAST_RESORTS, text) or ErrorCode.INTERNAL


def _of_status(status: int) -> ErrorCode:
    if status >= 500:
        return ErrorCode.NETWORK
    return _STATUSES.get(status, ErrorCode.FORBIDDEN)


def _match(rules: tuple[tuple[ErrorCode, re.Pattern[str]], ...], text: str) -> ErrorCode | None:
    return next((code for code, pattern in rules if pattern.search(text)), None)


def _seconds(value: str, now: datetime) -> int | None:
    """A Retry-After in seconds, at most a day (RFC 9110, 10.2.3)."""
    try:
        wait = int(value) if value.strip().isdigit() else (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(0, min(round(wait), _RETRY_AFTER_MOST_S))
