"""Work under way, each piece by its id, for whoever begins it, rests until there is more, and ends with all of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from medianest.core import clock

_LOOK_AGAIN_S = 300.0
_SHORTEST_S = 0.05


class Crew:
    """Holds the tasks of one who looks for work; a piece that ends is news."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, id: str, work: Callable[[], Awaitable[None]], *, name: str) -> None:
        self._tasks[id] = asyncio.create_task(self._see_through(id, work), name=name)

    def task(self, id: str) -> asyncio.Task[None] | None:
        """The task of this piece of work while it is under way."""
        return self._tasks.get(id)

    def wake(self) -> None:
        """There may be more to do."""
        self._news.set()

    async def rest(self, due: datetime | None) -> None:
        """Return when there is news, when something is `due`, or after five minutes."""
        seconds = _LOOK_AGAIN_S if due is None else max(_SHORTEST_S, (due - clock.now()).total_seconds())
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _LOOK_AGAIN_S)):
                await self._news.wait()
        self._news.clear()

    async def stop(self) -> None:
        """Cancel all that is under way; returns when all of it has ended."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _see_through(self, id: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            del self._tasks[id]
            self._news.set()
