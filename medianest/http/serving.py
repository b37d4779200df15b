"""The server around the application: uvicorn with our protocol, and a stop that ends open streams first."""

import asyncio
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from litestar.types import ASGIApp

from medianest.http.listening import bound
from medianest.http.protocol import Protocol

GOODBYE_S = 5
KEEP_ALIVE_S = 30
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server(uvicorn.Server):
    """A server that sets `ready` once it can answer, and calls `before_stop` as soon as it is told to stop.

    Its address is taken when it is made, which raises CannotListen; nobody can connect before it serves.
    uvicorn waits for answers under way before it says goodbye to the application, and an event stream is one that
    never ends by itself.
    """

    def __init__(self, app: ASGIApp, *, host: str, port: int, before_stop: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            loop="uvloop",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GOODBYE_S,
        )
        super().__init__(config)
        self._sockets = bound(host, port)
        self._before_stop = before_stop
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets or self._sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        await super().main_loop()
        self._before_stop()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but without raising the signal again in the end: what it serves is still to be stopped."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def serve_telling(self, on_ready: Callable[[tuple[str, int]], Awaitable[None]]) -> None:
        """Serve until told to stop; `on_ready` hears where it listens as soon as it can answer."""

        async def tell() -> None:
            await self.ready.wait()
            await on_ready(self.addresses[0])

        telling = asyncio.create_task(tell())
        await self.serve()
        telling.cancel()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, or will."""
        return [bound_socket.getsockname()[:2] for bound_socket in self._sockets]
