"""The site itself: accepts connections, applies the conditions, keeps the log, obeys its tests."""

import asyncio
import itertools
import time

from tests.fakes.media_site import conditions, control, routes
from tests.fakes.media_site.conditions import Conditions
from tests.fakes.media_site.exchange import Exchange
from tests.fakes.media_site.handlers import troubles
from tests.fakes.media_site.log import Hit, HitLog
from tests.fakes.media_site.media import Library
from tests.fakes.media_site.tokens import Tokens
from tests.fakes.media_site.wire import HEAD_LIMIT, BrokenOff, Departed, Request, Wire, read_request

_LIVE_HEAD_START_S = 4


class Server:
    """Runs in whatever loop opened it. `pace` throttles every medium that does not name its own speed."""

    def __init__(self, library: Library, *, pace: float | None = None) -> None:
        self.library = library
        self.pace = pace
        self.log = HitLog()
        self.tokens = Tokens()
        self.live_since = time.monotonic() - _LIVE_HEAD_START_S
        self.live_until: float | None = None
        self.premiere_at: float | None = None
        self.overrides: dict[str, Conditions] = {}
        self._numbers = itertools.count(1)
        self._gates: dict[str, asyncio.Event] = {}
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; returns the port, which is a free one for 0."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=HEAD_LIMIT, backlog=256)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Hang up on everybody."""
        if self._server:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def gate(self, path: str) -> asyncio.Event:
        """Opens when what is held at `path` may go on."""
        return self._gates.setdefault(path, asyncio.Event())

    def release(self, path: str | None) -> None:
        """Let what is held now go on; what is held later waits for the next release."""
        for held in [path] if path else list(self._gates):
            if gate := self._gates.pop(held, None):
                gate.set()

    def forget(self) -> None:
        """As on the first day, but for the answers that are under way."""
        self.log.forget()
        self.overrides.clear()
        self.tokens.expire()
        self.live_until = self.premiere_at = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        wire = Wire(reader, writer)
        try:
            while wire.reusable and (request := await read_request(reader)):
                await self._serve(wire, request)
            await wire.close()
        except (Departed, BrokenOff):
            await wire.close()
        except asyncio.CancelledError:
            wire.abort()

    async def _serve(self, wire: Wire, request: Request) -> None:
        if request.path.startswith(control.PREFIX):
            await control.answer(self, wire, request)
            return
        try:
            said, resource = conditions.parse(request.path)
        except ValueError as problem:
            await wire.answer(400, "text/plain", str(problem).encode())
            return
        hit = self._note(request, resource)
        earlier = self.log.open(hit)
        said = said.with_(self.overrides.get(request.path, Conditions())).for_request(earlier)
        try:
            await self._answer(Exchange(self, wire, request, said, hit), resource)
            hit.finished = True
        except Departed:
            hit.departed = True
            raise
        except BrokenOff:
            hit.finished = True
            raise
        finally:
            self.log.changed()

    async def _answer(self, x: Exchange, resource: str) -> None:
        if x.conditions.wait:
            await x.wait(x.conditions.wait)
        if x.conditions.fail:
            await troubles.refuse(x, x.conditions.fail, x.conditions.retry_after)
        elif x.conditions.cookie and x.request.cookies.get("member") != x.conditions.cookie:
            await troubles.refuse(x, 401)
        else:
            try:
                await routes.answer(x, resource)
            except LookupError:
                await troubles.refuse(x, 404)

    def _note(self, request: Request, resource: str) -> Hit:
        return Hit(
            number=next(self._numbers),
            method=request.method,
            path=request.path,
            resource=resource,
            query=dict(request.query),
            headers=dict(request.headers),
        )

    def override(self, path: str, text: str) -> None:
        """From now on `path` is answered under the conditions written in `text` too; an empty text takes them back."""
        self.overrides[path], _ = conditions.parse(text)
        self.log.recount(path)
