"""What the server said lately: fresh for a while, and kept with its age for when it does not answer."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from medianest.core import clock
from medianest.core.errors import NotFound, Unavailable
from medianest.core.i18n import msg
from medianest.media_requests.errors import StillAsking

T = TypeVar("T")
_GLANCE_S = 0.2
_AT_HAND = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[T]):
    """What was said at `as_of`; `trouble` is why nothing newer is to be had."""

    value: T
    as_of: datetime
    trouble: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """An answer that is fresh until then; something may have `changed` since."""

    told: Told[T]
    until: float
    changed: bool = False


class Recollection(Generic[T]):
    """Answers by what was asked, of which the `most` that were wanted last are kept.

    Whoever asks for the same at the same time waits for one call, which goes on when they leave.
    """

    def __init__(self, *, fresh_s: float, most: int) -> None:
        self._fresh_s = fresh_s
        self._most = most
        self._kept: OrderedDict[Hashable, _Kept[T]] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Task[Told[T]]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[T]], *, patience_s: float) -> Told[T]:
        """An answer that is fresh, or else the one that was kept; nobody waits long who has one of this hour.

        Without any, raises what `ask` raised, and StillAsking where that takes longer than somebody waits.
        """
        kept = self._kept.get(key)
        if kept and kept.until > clock.monotonic():
            self._kept.move_to_end(key)
            return kept.told
        task = self._asking.get(key) or self._begin(key, ask)
        is_at_hand = kept is not None and not kept.changed and clock.now() - kept.told.as_of < _AT_HAND
        await asyncio.wait([task], timeout=min(patience_s, _GLANCE_S) if is_at_hand else patience_s)
        if not task.done():
            return self._stand_in(key, StillAsking(msg("requests.still_asking")))
        try:
            return task.result()
        except (Unavailable, NotFound) as error:
            return self._stand_in(key, error)

    def forget(self, key: Hashable) -> None:
        """Ask anew next time, and have what is known at hand until then."""
        if kept := self._kept.get(key):
            self._kept[key] = replace(kept, until=0.0, changed=True)

    def outdate(self) -> None:
        """The same for everything."""
        for key in list(self._kept):
            self.forget(key)

    async def stop(self) -> None:
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> asyncio.Task[Told[T]]:
        task = self._asking[key] = asyncio.create_task(self._ask(key, ask))
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    async def _ask(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> Told[T]:
        told = Told(value=await ask(), as_of=clock.now())
        self._kept[key] = _Kept(told, clock.monotonic() + self._fresh_s)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return told

    def _end(self, key: Hashable, done: asyncio.Task[Told[T]]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # who waited has been told; nobody may be left

    def _stand_in(self, key: Hashable, error: Unavailable | NotFound) -> Told[T]:
        """What is slow or unknown at the moment is no trouble for who has an answer."""
        kept = self._kept.get(key)
        if kept is None:
            raise error
        if isinstance(error, NotFound | StillAsking):
            return kept.told
        return replace(kept.told, trouble=error)
