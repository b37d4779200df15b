"""Request bodies: no longer than their route takes, and not slower than a body may be."""

import asyncio

from litestar.types import HTTPReceiveMessage, Receive

from medianest.core import clock
from medianest.core.errors import TooLarge
from medianest.core.i18n import msg
from medianest.http.errors import TooSlow

BODY_MOST = 64 * 1024


class LimitedBody:
    """A `receive` that refuses to go on past `most` bytes, and gives again what the floor had to read first.

    Each `BODY_MOST` bytes have `patience_s` to arrive, so that a long body may take long and a drip may not. Only
    waiting counts, not what the reader does meanwhile.
    """

    def __init__(self, receive: Receive, *, most: int, patience_s: float) -> None:
        self._receive = receive
        self._most = most
        self._taken = 0
        self._more = True
        self._read_already: bytes | None = None
        self._patience_s = patience_s
        self._left_s = patience_s
        self._renewed_at = BODY_MOST

    async def __call__(self) -> HTTPReceiveMessage:
        if self._read_already is not None:
            body, self._read_already = self._read_already, None
            return {"type": "http.request", "body": body, "more_body": False}
        return await self._piece()

    async def whole(self) -> bytes:
        """The whole body, which whoever comes later still gets."""
        pieces = [self._read_already or b""]
        while self._more:
            message = await self._piece()
            if message["type"] != "http.request":
                break
            pieces.append(message["body"])
        self._read_already = b"".join(pieces)
        return self._read_already

    async def _piece(self) -> HTTPReceiveMessage:
        message = await self._in_time() if self._more else await self._next()
        if message["type"] == "http.request":
            self._taken += len(message["body"])
            self._more = message["more_body"]
        if self._taken > self._most:
            raise too_large(self._most)
        if self._taken >= self._renewed_at:
            self._left_s, self._renewed_at = self._patience_s, self._taken + BODY_MOST
        return message

    async def _in_time(self) -> HTTPReceiveMessage:
        begun = clock.monotonic()
        try:
            async with asyncio.timeout(max(self._left_s, 0)):
                return await self._next()
        except TimeoutError:
            self._more = False
            raise TooSlow(msg("http.too_slow")) from None
        finally:
            self._left_s -= clock.monotonic() - begun

    async def _next(self) -> HTTPReceiveMessage:
        return await self._receive()  # type: ignore[return-value]  # only http scopes come here


def too_large(most: int) -> TooLarge:
    return TooLarge(msg("http.body_too_large", most=most), facts={"most_bytes": most})
