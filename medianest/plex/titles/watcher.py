"""Hearing what happens on the server: its event stream, with pauses that grow while it is away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta

from medianest.core.errors import Unavailable
from medianest.core.work import pause_before
from medianest.plex.titles.connection import Connection
from medianest.plex.titles.notices import EVERYTHING, Notice
from medianest.plex.types import ServerConnection

log = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)
_LOOK_AGAIN = timedelta(minutes=1)


class Watcher:
    """Follows the current server, whichever that is; what was missed while nobody listened counts as news, too."""

    def __init__(self, connection: Connection, heard: Callable[[Notice], None]) -> None:
        self._connection = connection
        self._heard = heard
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Look now whether the server is another one, or back."""
        self._nudged.set()

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                server = await self._connection.server()
                failures = 0 if server is None else failures + 1
                if server is not None and await self._follow(server):
                    failures = 1
            except Unavailable as error:
                log.info("the events of Plex are not heard", extra={"code": error.code, **error.facts})
                await self._see()
            pause = pause_before(failures, base=_FIRST_PAUSE, most=_LONGEST_PAUSE) if failures else _LOOK_AGAIN
            await self._wait(pause)

    async def _see(self) -> None:
        """Whether the server is away, or does only not tell its events, or only tells those."""
        with suppress(Unavailable):
            _, asking = await self._connection.asking()
            await asking.machine()

    async def _follow(self, server: ServerConnection) -> bool:
        """Listen until the server is gone or is another one; whether it could be heard at all."""
        _, asking = await self._connection.asking()
        listened = False
        try:
            async with asking.listening() as notices:
                listened = True
                self._connection.look_soon()
                self._heard(EVERYTHING)
                await self._hear_while(server, notices)
        except Unavailable as error:
            if not listened:
                raise
            log.info("the events of Plex ended", extra={"code": error.code, **error.facts})
        return listened

    async def _hear_while(self, server: ServerConnection, notices: AsyncIterator[Notice]) -> None:
        hearing = asyncio.create_task(self._hear(notices))
        hearing.add_done_callback(lambda _: self._nudged.set())
        try:
            while not hearing.done() and await self._connection.server() == server:
                await self._wait(_LOOK_AGAIN)
                if self._connection.is_away:
                    await self._see()
            if hearing.done():
                await hearing
        finally:
            hearing.cancel()

    async def _hear(self, notices: AsyncIterator[Notice]) -> None:
        async for notice in notices:
            self._heard(notice)

    async def _wait(self, most: timedelta) -> None:
        """This long, or until somebody nudges."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most.total_seconds()):
                await self._nudged.wait()
        self._nudged.clear()
