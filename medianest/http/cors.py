"""Pages of other sites that may call the machine face: named exactly, with a token, never with a cookie.

What a browser sends of itself counts for nothing here (there is no `Access-Control-Allow-Credentials`), so that such a
page can do what the token that it was given may, and no more (Fetch Standard, section 3.3).
"""

from collections.abc import Iterable

from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from medianest.http.headers import Field, Head

ROOT = "/api/v1/"
_VARY = (b"vary", b"Origin")
_EXPOSED = (b"access-control-expose-headers", b"ETag, Location, Retry-After, X-Request-Id")
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID"),
    (b"access-control-max-age", b"7200"),
)


class CrossOrigin:
    """Which origins may call; where none is named, no answer says a word of this."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origins)

    def fields(self, scope: HTTPScope, head: Head) -> tuple[Field, ...]:
        """What the answer to this request says to the page that asks, whatever the answer is."""
        if not self._origins or not scope["path"].startswith(ROOT):
            return ()
        origin = head.one(b"origin")
        if origin not in self._origins:
            return (_VARY,)
        return (_VARY, (b"access-control-allow-origin", origin.encode()), _EXPOSED)

    def preflight(self, scope: HTTPScope, head: Head) -> ASGIApp | None:
        """The answer to a browser that asks first whether such a page may; None where this is no such question."""
        asks = scope["method"] == "OPTIONS" and head.one(b"access-control-request-method") is not None
        if not asks or head.one(b"origin") not in self._origins or not scope["path"].startswith(ROOT):
            return None
        return _may


async def _may(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
