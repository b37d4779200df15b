"""Work that goes on when who waits for it has waited long enough."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
PATIENCE_S = 3.0


class Patience(Generic[T]):
    """Nobody waits longer than `seconds`; what is under way then ends by itself, or with the process."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._under_way: set[asyncio.Task[T]] = set()

    async def begin(self, work: Coroutine[Any, Any, T], *, goes_on: bool = False) -> asyncio.Task[T]:
        """The work, ended or still under way; it is given up with who is sent away before, unless it `goes_on`."""
        task = self.leave(work)
        try:
            await asyncio.wait([task], timeout=self._seconds)
        except asyncio.CancelledError:
            if not goes_on:
                task.cancel()
            raise
        return task

    def leave(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Work for which nobody waits."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._end)
        return task

    async def stop(self) -> None:
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, task: asyncio.Task[T]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # who waited has been told; nobody may be left
