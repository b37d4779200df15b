"""Which answers leave gzipped, and how.

A page of forty kilobytes is five on the way to a phone, and is whole a round trip sooner. What a page says (tokens of
its forms, names) could be guessed from its length by somebody who watches the wire and has the browser fetch it with
words of theirs in the address (BREACH, breachattack.com): so answers are compressed only for those whom no other site
can make ask, which are pages of ours, addresses that somebody typed, and programs with a token. One that shows a
secret never is. Browsers tell who made them ask (Sec-Fetch-Site) over HTTPS and to this machine only: a page over
plain HTTP leaves as it is.
"""

import zlib

from litestar.types import HTTPResponseStartEvent, Message, Send

from medianest.http.asking import Asking
from medianest.http.headers import Field, Head

LENGTH_LEAST = 1000
"""Bytes: one packet carries less than that anyhow."""
_LEVEL = 4
_GZIP_WBITS = 31
_TEXTS = (b"text/html", b"text/csv", b"application/json", b"application/problem+json", b"application/manifest+json")
_ASKED_BY_NOBODY_ELSE = ("same-origin", "none")
_VARIES: Field = (b"vary", b"Accept-Encoding, Sec-Fetch-Site")


def takes_gzip(head: Head, *, by_token: bool) -> bool:
    """Whether this request can have a compressed answer, and nobody learns from its length."""
    encodings = [one.partition(";") for one in (head.one(b"accept-encoding") or "").lower().split(",")]
    weights = {name.strip(): weight.replace(" ", "") for name, _, weight in encodings}
    if "gzip" not in weights or weights["gzip"] in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
        return False
    return by_token or head.one(b"sec-fetch-site") in _ASKED_BY_NOBODY_ELSE


class Compressed:
    """A `send` that holds the beginning of a text until its body is there, and gzips one that is whole.

    What comes in pieces goes on as it comes: events are told at once, and files have their ranges.
    """

    def __init__(self, send: Send, asking: Asking) -> None:
        self._send = send
        self._asking = asking
        self._held: HTTPResponseStartEvent | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_text(message):
            self._held = {**message, "headers": [*message["headers"], _VARIES]}
            return
        if message["type"] == "http.response.body" and self._held is not None:
            held, self._held, body = self._held, None, message["body"]
            if not message["more_body"] and len(body) >= LENGTH_LEAST and self._may_tell_length:
                body = _gzipped(body)
                held = _gzip(held, len(body))
            await self._send(held)
            message = {**message, "body": body}
        await self._send(message)

    @property
    def _may_tell_length(self) -> bool:
        return self._asking.takes_gzip and not self._asking.shows_secret


def _is_text(start: HTTPResponseStartEvent) -> bool:
    fields = {name.lower(): value for name, value in start["headers"]}
    kind = fields.get(b"content-type", b"").partition(b";")[0].strip()
    return kind in _TEXTS and b"content-encoding" not in fields and b"content-range" not in fields


def _gzip(start: HTTPResponseStartEvent, length: int) -> HTTPResponseStartEvent:
    kept = [field for field in start["headers"] if field[0].lower() != b"content-length"]
    more = [(b"content-encoding", b"gzip"), (b"content-length", str(length).encode())]
    return {**start, "headers": [*kept, *more]}


def _gzipped(body: bytes) -> bytes:
    making = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WBITS)
    return making.compress(body) + making.flush()
