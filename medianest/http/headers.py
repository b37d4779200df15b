"""The header fields of every answer, and the limits on those of a request."""

from collections import Counter
from collections.abc import Iterable

from litestar.types import HTTPResponseStartEvent, HTTPScope

from medianest.core.i18n import msg
from medianest.http.errors import HeadTooLarge, Malformed

FIELDS_MOST = 100
HEAD_BYTES_MOST = 16 * 1024
Field = tuple[bytes, bytes]

_ONCE = (b"host", b"content-length", b"content-type", b"authorization", b"origin", b"sec-fetch-site", b"x-csrf-token")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_DEFAULTS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    (b"cache-control", b"private, no-cache"),
)
_PERSONAL = (b"vary", b"Cookie, Authorization, Accept-Language")


class Head:
    """The header fields of a request; those that decide something may be there once."""

    def __init__(self, scope: HTTPScope) -> None:
        self._fields: list[Field] = list(scope["headers"])
        size = sum(map(_size, self._fields)) + len(scope["raw_path"]) + len(scope["query_string"])
        if len(self._fields) > FIELDS_MOST or size > HEAD_BYTES_MOST:
            raise HeadTooLarge(msg("http.head_too_large"))
        counts = Counter(name for name, _ in self._fields)
        if any(counts[name] > 1 for name in _ONCE) or counts[b"host"] != 1:
            raise Malformed(msg("http.malformed_head"))

    def all(self, name: bytes) -> list[str]:
        return [value.decode("latin-1") for own, value in self._fields if own == name]

    def one(self, name: bytes) -> str | None:
        return next((value.decode("latin-1") for own, value in self._fields if own == name), None)


def complete(start: HTTPResponseStartEvent, *, more: Iterable[Field]) -> HTTPResponseStartEvent:
    """The beginning of an answer with what it does not say itself, and `more`."""
    fields = [(name.lower(), value) for name, value in start["headers"]]
    said = {name for name, _ in fields}
    if b"private" in dict(fields).get(b"cache-control", b"private"):
        fields.append(_PERSONAL)
    fields += [field for field in _DEFAULTS if field[0] not in said]
    return {**start, "headers": [*fields, *more]}


def _size(field: Field) -> int:
    return len(field[0]) + len(field[1]) + 4
