"""Waiting for the server no longer than somebody who looks at a page waits; the question itself goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from medianest.core import clock
from medianest.core.i18n import msg
from medianest.plex.titles.errors import StillAsking

T = TypeVar("T")
_KEPT_S = 30.0


@dataclass(slots=True)
class _Asked:
    task: asyncio.Task[Any]
    kept_until: float | None = None


class Patience:
    """One question at a time for each key: whoever asks for the same waits for the same answer.

    One that comes when nobody waits any more is kept for half a minute, for who asks again.
    """

    def __init__(self) -> None:
        self._asked: dict[Hashable, _Asked] = {}

    async def answer(self, key: Hashable, ask: Callable[[], Awaitable[T]], *, within_s: float) -> T:
        """What `ask` answers or raises, and StillAsking where that takes longer."""
        self._forget()
        asked = self._asked.get(key) or self._begin(key, ask)
        await asyncio.wait([asked.task], timeout=within_s)
        if not asked.task.done():
            raise StillAsking(msg("titles.still_asking"))
        if self._asked.get(key) is asked:
            del self._asked[key]
        return cast("T", asked.task.result())

    async def stop(self) -> None:
        tasks = [asked.task for asked in self._asked.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> _Asked:
        async def going() -> T:
            return await ask()

        asked = self._asked[key] = _Asked(asyncio.create_task(going()))
        asked.task.add_done_callback(lambda task: self._come(asked, task))
        return asked

    def _come(self, asked: _Asked, task: asyncio.Task[Any]) -> None:
        asked.kept_until = clock.monotonic() + _KEPT_S
        if not task.cancelled():
            task.exception()  # nobody may be left to hear of it

    def _forget(self) -> None:
        now = clock.monotonic()
        for key in [key for key, asked in self._asked.items() if asked.kept_until and asked.kept_until < now]:
            del self._asked[key]
