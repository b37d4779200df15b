"""The header fields of every answer, and the limits on those of a request."""

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
        self._values: dict[bytes, list[bytes]] = {}
        size = len(scope["raw_path"]) + len(scope["query_string"])
        count = 0
        for name, value in scope["headers"]:
            self._values.setdefault(name, []).append(value)
            size += len(name) + len(value) + 4
            count += 1
        if count > FIELDS_MOST or size > HEAD_BYTES_MOST:
            raise HeadTooLarge(msg("http.head_too_large"))
        twice = count > len(self._values) and any(len(self._values.get(name, ())) > 1 for name in _ONCE)
        if twice or b"host" not in self._values:
            raise Malformed(msg("http.malformed_head"))

    def all(self, name: bytes) -> list[str]:
        return [value.decode("latin-1") for value in self._values.get(name, ())]

    def one(self, name: bytes) -> str | None:
        values = self._values.get(name)
        return values[0].decode("latin-1") if values else None


def complete(start: HTTPResponseStartEvent, *, more: Iterable[Field]) -> HTTPResponseStartEvent:
    """The beginning of an answer with what it does not say itself, and `more`."""
    fields = [(name.lower(), value) for name, value in start["headers"]]
    said = dict(fields)
    if b"private" in said.get(b"cache-control", b"private"):
        fields.append(_PERSONAL)
    fields += [field for field in _DEFAULTS if field[0] not in said]
    return {**start, "headers": [*fields, *more]}
