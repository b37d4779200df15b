"""Answers that are sent piece by piece, and stop when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from litestar import Litestar, Request
from litestar.response import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from medianest.http.asking import actor_of
from medianest.http.errors import TooSlow
from medianest.http.leases import Leases

Pieces = Callable[[], AsyncGenerator[bytes, None]]


async def held(request: Request[Any, Any, Any], pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The pieces, as long as their reader may have them; a reader who does not read is cut off all the same."""
    leases: Leases = request.scope["state"]["leases"]
    abort: Callable[[], None] = request.scope["state"]["abort"]
    with leases.hold(actor_of(request), abort) as lease:
        async with aclosing(pieces):
            async for piece in pieces:
                if lease.ended:
                    raise CutShort
                yield piece


class CutShort(Exception):
    """Raised by who makes the pieces: the answer must not go on, and must not look complete."""


class StreamedAnswer(Response[None]):
    """An answer whose body is made while it is sent; what ends it early cuts the connection."""

    def __init__(self, pieces: Pieces, *, status_code: int = 200, headers: dict[str, str]) -> None:
        super().__init__(content=None, status_code=status_code, headers=headers)
        self._pieces = pieces

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **_: Any) -> "ASGIResponse":
        return _Sending(self._pieces, status_code=self.status_code, headers=self.headers)


class _Sending(ASGIResponse):
    _should_set_content_length = False

    def __init__(self, pieces: Pieces, *, status_code: int | None, headers: dict[str, Any]) -> None:
        super().__init__(status_code=status_code, headers=headers, media_type=headers["content-type"])
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        listening = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            first = sending if sending.done() else listening
            sending.cancel()
            listening.cancel()
            await asyncio.wait({sending, listening})
        if isinstance(first.exception(), CutShort | TooSlow):
            await _cut(scope, receive)
        else:
            first.result()

    async def _send(self, send: Send) -> None:
        await self.start_response(send)
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _cut(scope: Scope, receive: Receive) -> None:
    """Drop the connection, so that nobody takes what they have for the whole (see `http.protocol`)."""
    abort = scope["state"].get("abort")
    if abort:
        abort()
        await _disconnected(receive)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
