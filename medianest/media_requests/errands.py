"""What people said that is on its way to the server: it goes on by itself where they have waited long enough.

An errand is brought once: whoever tries again looks first whether it came. What did not arrive when the process ends is
brought by the next one (`errand_book`).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from medianest.core import clock, work
from medianest.core.actor import Actor
from medianest.core.errors import MediaNestError, Unavailable
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errand_book import LOST_MOST, ErrandBook
from medianest.media_requests.patience import PATIENCE_S, Patience

log = logging.getLogger(__name__)

T = TypeVar("T")
Bring = Callable[[Errand, Actor, bool], Awaitable[Any]]
_PAUSE, _PAUSE_MOST = timedelta(seconds=15), timedelta(minutes=5)
_LASTS = timedelta(days=1)
_AT_ONCE = 2


class Errands:
    """`changed` hears when one goes on without who waited for it, and when such a one ends.

    Some are brought at once; what the server does not take is tried again after a `pause`, or when it is back.
    """

    def __init__(
        self,
        book: ErrandBook,
        changed: Callable[[], None] = lambda: None,
        *,
        patience_s: float = PATIENCE_S,
        pause: timedelta = _PAUSE,
    ) -> None:
        self._book = book
        self._changed = changed
        self._pause = pause
        self._waited_for: Patience[Any] = Patience(patience_s)
        self._known: dict[str, Errand] = {}
        self._bringing: dict[What, Bring] = {}
        self._left: set[str] = set()
        self._ended = 0
        self._is_ending = False
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._back = asyncio.Event()

    def carry(self, bringing: Mapping[What, Bring]) -> None:
        """From now on these bring errands: as whom they are told, and whether it was tried before."""
        self._bringing.update(bringing)

    def about(self, subject_id: str) -> Sequence[Errand]:
        """What was said of a request or problem, and is under way or came to nothing."""
        return [one for one in self._known.values() if one.subject_id == subject_id and one.id in self._left]

    def under_way(self, subject_id: str) -> Errand | None:
        return next((one for one in self.about(subject_id) if one.trouble is None), None)

    def reports(self) -> Sequence[Errand]:
        """The reports that are being made at this moment, whether somebody waits for them or not."""
        return [one for one in self._known.values() if one.what is What.REPORT and one.trouble is None]

    async def steadily(self, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` reads of subjects and of what is under way there, both as of one moment.

        It is made anew where an errand ended meanwhile, of which else neither would tell.
        """
        while True:
            before = self._ended
            made = await make()
            if self._ended == before:
                return made

    def begun(self, subject_id: str) -> Sequence[Errand]:
        """What is being brought of a subject at this moment, whether somebody waits for it or not."""
        return [one for one in self._known.values() if one.subject_id == subject_id and one.trouble is None]

    async def run(self, errand: Errand, actor: Actor) -> Any:
        """What bringing it answers; None where it goes on by itself, or where the same is under way already.

        It is written down by then, however long that took. Raises LinkOver and Forbidden where it may not be said.
        What goes wrong soon is raised; else, and where who waits for it is sent away, it is the errand's trouble.
        """
        if any(one.says_the_same(errand) for one in self.begun(errand.subject_id)):
            return None
        self._known[errand.id] = errand
        async with self._lost_where_that_fails(errand):
            await self._book.begin(errand, instead_of=self._replaced(errand))
        try:
            task = await self._waited_for.begin(self._bring(errand, actor), goes_on=True)
        except asyncio.CancelledError:
            self._leave(errand)
            raise
        if task.done():
            return task.result()
        self._leave(errand)
        return None

    def _leave(self, errand: Errand) -> None:
        """Nobody waits for it any more."""
        if errand.id in self._known:
            self._left.add(errand.id)
            self._changed()

    async def start(self) -> None:
        """Go on with what the last process had not brought."""
        for errand in await self._book.all():
            self._known[errand.id] = errand
            self._left.add(errand.id)
            if errand.trouble is None:
                self._waited_for.leave(self._bring(errand, None))
        if self._known:
            self._changed()

    def nudge(self) -> None:
        """The server is back: what waits for it goes now."""
        self._back.set()
        self._back = asyncio.Event()

    async def stop(self) -> None:
        """What is under way is left to the next process."""
        self._is_ending = True
        await self._waited_for.stop()

    async def _bring(self, errand: Errand, actor: Actor | None) -> Any:
        """Nobody (`actor`) says what the last process left: it may be there."""
        async with self._lost_where_that_fails(errand):
            answer = await self._tried(errand, actor)
        await self._arrived(errand)
        return answer

    @asynccontextmanager
    async def _lost_where_that_fails(self, errand: Errand) -> AsyncIterator[None]:
        try:
            yield
        except asyncio.CancelledError:
            if not self._is_ending:
                await self._lost(errand, None)
            raise
        except MediaNestError as error:
            await self._lost(errand, error)
            raise
        except BaseException:
            await self._lost(errand, None)
            raise

    async def _tried(self, errand: Errand, actor: Actor | None) -> Any:
        """Try until the server has taken it, or refuses; whoever still waits hears of the first trouble."""
        attempt = 0 if actor else 1
        while True:
            try:
                async with self._gate:
                    by = actor if actor and not attempt else await self._speaker(errand, actor)
                    return await self._bringing[errand.what](errand, by, attempt > 0)
            except Unavailable as error:
                is_over = clock.now() - errand.at > _LASTS
                if errand.id not in self._left or not error.retryable or is_over:
                    raise
                attempt += 1
                await self._rest(attempt, error)

    async def _speaker(self, errand: Errand, actor: Actor | None) -> Actor:
        """Who said it, with what they may now, from where they said it. Raises Forbidden."""
        now = await self._book.speaker(errand)
        return now.on(address=actor.address, request_id=actor.request_id) if actor else now

    async def _rest(self, attempt: int, error: Unavailable) -> None:
        pause = work.pause_before(min(attempt, 10), base=self._pause, most=_PAUSE_MOST)
        pause = max(pause, min(error.retry_after or timedelta(), _PAUSE_MOST))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause.total_seconds()):
                await self._back.wait()

    async def _arrived(self, errand: Errand) -> None:
        try:
            await self._book.arrived(errand)
        finally:
            self._over(errand)

    async def _lost(self, errand: Errand, trouble: MediaNestError | None) -> None:
        is_told = errand.id in self._left
        try:
            await self._book.lost(errand, trouble if is_told else None)
        finally:
            self._over(errand, trouble)

    def _over(self, errand: Errand, trouble: MediaNestError | None = None) -> None:
        """Who said it, and was let go meanwhile, is told of the trouble."""
        del self._known[errand.id]
        self._ended += 1
        if errand.id not in self._left:
            return
        if trouble is None:
            self._left.discard(errand.id)
        else:
            log.info("what somebody said came to nothing", extra={"what": errand.what, "code": trouble.code})
            self._known[errand.id] = replace(errand, trouble=trouble)
            self._thin()
        self._changed()

    def _replaced(self, errand: Errand) -> Sequence[Errand]:
        """Who says something anew knows that the last time came to nothing: nobody is told of that any more."""
        replaced = [one for one in self._known.values() if one.trouble and errand.replaces(one)]
        self._drop(replaced)
        return replaced

    def _thin(self) -> None:
        lost = sorted((one for one in self._known.values() if one.trouble), key=lambda one: (one.at, one.id))
        self._drop(lost[: max(0, len(lost) - LOST_MOST)])

    def _drop(self, errands: Sequence[Errand]) -> None:
        for one in errands:
            del self._known[one.id]
            self._left.discard(one.id)
