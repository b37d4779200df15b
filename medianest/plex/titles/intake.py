"""News from the server, gathered for a moment and taken together, since a season comes as ten messages at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from medianest.core.errors import Unavailable
from medianest.plex.titles.notices import Notice

log = logging.getLogger(__name__)


class Intake:
    """Hands news on to `take`, one bundle after the other; what the server does not explain is caught up with later."""

    def __init__(self, take: Callable[[Notice], Awaitable[None]], *, gather_s: float = 1.0) -> None:
        self._take = take
        self._gather_s = gather_s
        self._gathered = Notice()
        self._news = asyncio.Event()

    def tell(self, notice: Notice) -> None:
        """Something happened; never waits."""
        self._gathered += notice
        if notice:
            self._news.set()

    async def run(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(self._gather_s)
            self._news.clear()
            notice, self._gathered = self._gathered, Notice()
            try:
                await self._take(notice)
            except Unavailable as error:
                log.info("Plex told of something, and is away now", extra={"code": error.code})
