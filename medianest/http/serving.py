"""The server around the application: uvicorn with our protocol, and a stop that ends open streams first."""

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

import uvicorn
from litestar.types import ASGIApp

from medianest.http.deadlines import Deadlines
from medianest.http.listening import bound
from medianest.http.protocol import Protocol

GOODBYE_S = 5
_DATE_EVERY_S = 1.0
_DEADLINES = Deadlines()


class Server(uvicorn.Server):
    """Sets `ready` once it can answer; `serve` returns when a signal or `stop` has ended it.

    Its address is taken when it is made, which raises CannotListen; nobody can connect before it serves.
    It calls `before_stop` as soon as it is told to stop: uvicorn waits for answers under way before it says goodbye to
    the application, and an event stream is one that never ends by itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str,
        port: int,
        before_stop: Callable[[], None],
        deadlines: Deadlines = _DEADLINES,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=partial(Protocol, deadlines=deadlines),  # type: ignore[arg-type]  # it is only called
            ws="none",
            loop="uvloop",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=deadlines.idle_s,  # type: ignore[arg-type]  # a loop takes parts of seconds
            timeout_graceful_shutdown=GOODBYE_S,
        )
        super().__init__(config)
        self._sockets = bound(host, port)
        self._before_stop = before_stop
        self._told_to_stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ready = asyncio.Event()

    def stop(self) -> None:
        """Have `serve` come to its end; safe in a signal handler."""
        self.should_exit = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._told_to_stop.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets or self._sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Wait until told to stop, waking once a second to renew the Date field."""
        while not await self.on_tick(0):
            try:
                async with asyncio.timeout(_DATE_EVERY_S):
                    await self._told_to_stop.wait()
            except TimeoutError:
                continue
        self._before_stop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but a signal that was obeyed is not raised again: what else lives is still to be stopped."""
        with super().capture_signals():
            try:
                yield
            finally:
                self._captured_signals.clear()

    async def serve_telling(self, on_ready: Callable[[tuple[str, int]], Awaitable[None]]) -> None:
        """Serve until told to stop; `on_ready` hears where it listens as soon as it can answer.

        From then on garbage is collected, if it was not before.
        """

        async def tell() -> None:
            await self.ready.wait()
            gc.freeze()  # a full collection, in which nobody is answered, passes over what is there from the start
            gc.enable()
            await on_ready(self.addresses[0])

        telling = asyncio.create_task(tell())
        await self.serve()
        telling.cancel()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, or will."""
        return [bound_socket.getsockname()[:2] for bound_socket in self._sockets]
