"""What happens between a client that may and a site that answered the call: a tunnel, or one request."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from medianest.core import clock
from medianest.downloads.egress import heads
from medianest.downloads.egress.heads import Answer, BadHead, Framing, Request
from medianest.downloads.egress.passes import Line, Pass
from medianest.downloads.egress.relay import CopyingRelay, Relay, SplicingRelay
from medianest.downloads.egress.wire import Wire

_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,12}")
_CHUNK_LINE_BYTES = 64


class NoAnswer(Exception):
    """The site gave no answer that can be handed on; nothing of one went to the client."""

    def __init__(self, why: str, *, status: int = 502) -> None:
        super().__init__(why)
        self.status = status


class Exchange:
    """The bytes of one request or tunnel, each counted for the pass; raises OSError when either side breaks."""

    def __init__(self, client: Wire, site: Wire, job_pass: Pass, line: Line) -> None:
        self._client = client
        self._site = site
        self._pass = job_pass
        self._line = line
        self._sent: Callable[[int], None] = partial(job_pass.send, line)
        self._received: Callable[[int], None] = partial(job_pass.receive, line)

    async def tunnel(self) -> None:
        """Bytes both ways until both sides have said all."""
        up, down = self._up(half_close=True), self._down(half_close=True)
        with self._watch():
            await self._client.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._to_site(self._client.take())
            up.start()
            down.start()
            try:
                await asyncio.gather(up.ended, down.ended)
            finally:
                up.stop()
                down.stop()

    async def request(self, request: Request, *, head_bytes: int) -> bool:
        """One request and its answer; whether another may follow on the client's connection. Raises NoAnswer."""
        with self._watch():
            await self._to_site(request.to_site())
            if request.expects_continue:
                await self._client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            await self._ask(request.body)
        answer = await self._answer(request.method, head_bytes)
        keep_alive = request.keep_alive and answer.body.length is not None
        with self._watch():
            await self._client.send(answer.to_client(keep_alive=keep_alive))
            await self._give(answer.body.length)
        return keep_alive

    def _watch(self) -> AbstractContextManager[None]:
        """While this lasts, standing still cuts the connection; waiting for an answer has an end in words instead."""
        return self._line.watch(clock.monotonic())

    async def _answer(self, method: str, head_bytes: int) -> Answer:
        try:
            async with asyncio.timeout(self._pass.idle_s):
                return await self._final_answer(method, head_bytes)
        except TimeoutError as error:
            raise NoAnswer("No answer in time", status=504) from error
        except (BadHead, OSError) as error:
            raise NoAnswer("No answer that can be read") from error

    async def _final_answer(self, method: str, head_bytes: int) -> Answer:
        """The last answer; interim ones before it are handed on."""
        while True:
            raw = await self._site.head(head_bytes)
            if self._within_room(raw) != raw:
                raise ConnectionResetError("no room for the answer")
            self._received(len(raw))
            answer = heads.parse_answer(raw, to=method)
            if not answer.is_interim:
                return answer
            await self._client.send(answer.to_client(keep_alive=True))

    async def _ask(self, body: Framing) -> None:
        if not body.chunked:
            await self._take(body.length)
            return
        size = -1
        while size:
            line = await self._client.line(_CHUNK_LINE_BYTES)
            if not _CHUNK_SIZE.fullmatch(line):
                raise ConnectionResetError("no chunk")
            size = int(line, 16)
            await self._to_site(b"%x\r\n" % size)
            await self._take(size)
            await self._client.expect(b"\r\n")
            await self._to_site(b"\r\n")

    async def _take(self, length: int | None) -> None:
        """So many bytes of the client to the site."""
        early = self._client.take(length)
        await self._to_site(early)
        await self._up(limit=None if length is None else length - len(early)).run()

    async def _give(self, length: int | None) -> None:
        """So many bytes of the site to the client, or all that come."""
        early = self._site.take(length)
        fitting = self._within_room(early)
        self._received(len(fitting))
        await self._client.send(fitting)
        await asyncio.sleep(self._pass.spend(len(fitting)))
        await self._down(limit=None if length is None else length - len(early)).run()

    def _within_room(self, data: bytes) -> bytes:
        """As much of what was read ahead as may still be received; where that is not all, the pass ends."""
        room = self._pass.room
        if room is None or len(data) <= room:
            return data
        self._pass.exhaust()
        return data[:room]

    async def _to_site(self, data: bytes) -> None:
        await self._site.send(data)
        self._sent(len(data))

    def _up(self, *, limit: int | None = None, half_close: bool = False) -> Relay:
        return CopyingRelay(
            self._client.socket,
            self._site.socket,
            self._sent,
            limit=limit,
            half_close=half_close,
        )

    def _down(self, *, limit: int | None = None, half_close: bool = False) -> Relay:
        return SplicingRelay(
            self._site.socket,
            self._client.socket,
            self._received,
            limit=limit,
            half_close=half_close,
            allowance=self._pass,
        )
