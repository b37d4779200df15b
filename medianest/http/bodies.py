"""Request bodies: no longer than their route takes, and not slower than a body may be."""

import asyncio
from datetime import timedelta

from litestar.types import HTTPReceiveMessage, Receive

from medianest.core import clock
from medianest.core.errors import TooLarge
from medianest.core.i18n import msg
from medianest.http.errors import TooSlow

BODY_MOST = 64 * 1024
PATIENCE = timedelta(seconds=15)


class LimitedBody:
    """A `receive` that refuses to go on past `most` bytes, and gives again what the floor had to read first.

    A short body has `PATIENCE` to arrive altogether, a long one that much for each of its pieces.
    """

    def __init__(self, receive: Receive, *, most: int) -> None:
        self._receive = receive
        self._most = most
        self._taken = 0
        self._more = True
        self._read_already: bytes | None = None
        self._deadline = clock.monotonic() + PATIENCE.total_seconds() if most <= BODY_MOST else None

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
        return message

    async def _in_time(self) -> HTTPReceiveMessage:
        wait_s = PATIENCE.total_seconds() if self._deadline is None else self._deadline - clock.monotonic()
        try:
            return await asyncio.wait_for(self._next(), max(wait_s, 0))
        except TimeoutError:
            raise TooSlow(msg("http.too_slow")) from None

    async def _next(self) -> HTTPReceiveMessage:
        return await self._receive()  # type: ignore[return-value]  # only http scopes come here


def too_large(most: int) -> TooLarge:
    return TooLarge(msg("http.body_too_large", most=most), facts={"most_bytes": most})
