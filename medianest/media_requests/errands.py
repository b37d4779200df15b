"""What people said that is on its way to the server: it goes on by itself where they have waited long enough.

An errand is brought once: whoever tries again looks first whether it came. It is over with the process: what did not
arrive by then stands as it stood before, and can be said again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from medianest.core import clock, work
from medianest.core.errors import MediaNestError, Unavailable
from medianest.core.security import new_id
from medianest.media_requests.patience import PATIENCE_S, Patience
from medianest.media_requests.types import ProblemKind, TitleKey

log = logging.getLogger(__name__)

T = TypeVar("T")
Bring = Callable[[bool], Awaitable[T]]
Undo = Callable[[], Awaitable[None]]
_PAUSE, _PAUSE_MOST = timedelta(seconds=15), timedelta(minutes=5)
_LASTS = timedelta(days=1)
_AT_ONCE = 2
_OVER_MOST = 200


class What(StrEnum):
    """What was said: about a request, or about a problem."""

    APPROVE = "approve"
    DECLINE = "decline"
    RETRY = "retry"
    REPORT = "report"
    COMMENT = "comment"
    RESOLVE = "resolve"


ABOUT_REQUESTS = frozenset({What.APPROVE, What.DECLINE, What.RETRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which title a report is about, and which part of it; season and episode are 0 where it is all of it."""

    title: TitleKey
    kind: ProblemKind
    season: int
    episode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """`by` is who said it, of the request or problem `subject_id`; `trouble` is why it came to nothing.

    The problem that is reported is known by the errand's subject from the beginning.
    """

    what: What
    subject_id: str
    by: str | None
    text: str = ""
    part: Part | None = None
    trouble: MediaNestError | None = None
    id: str = field(default_factory=new_id)
    at: datetime = field(default_factory=clock.now)

    def says_the_same(self, other: "Errand") -> bool:
        """Whether one of both is enough: a decision is the same whoever makes it, words are their speaker's."""
        same = (self.what, self.subject_id) == (other.what, other.subject_id)
        return same and (self.what is not What.COMMENT or (self.by, self.text) == (other.by, other.text))


class Errands:
    """`changed` hears when one goes on without who waited for it, and when such a one ends.

    Some are brought at once; what the server does not take is tried again after a `pause`, or when it is back.
    """

    def __init__(
        self,
        changed: Callable[[], None] = lambda: None,
        *,
        patience_s: float = PATIENCE_S,
        pause: timedelta = _PAUSE,
    ) -> None:
        self._changed = changed
        self._pause = pause
        self._waited_for: Patience[Any] = Patience(patience_s)
        self._known: dict[str, Errand] = {}
        self._left: set[str] = set()
        self._ended = 0
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._back = asyncio.Event()

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

    async def run(self, errand: Errand, bring: Bring[T], *, undo: Undo | None = None) -> T | None:
        """What `bring` answers; None where it goes on by itself, or where the same is under way already.

        `bring` is told whether it was tried before. What it raises soon is raised; else it is the errand's trouble.
        `undo` is called where it comes to nothing.
        """
        if any(one.says_the_same(errand) for one in self.begun(errand.subject_id)):
            return None
        self._forget(errand)
        self._known[errand.id] = errand
        task = await self._waited_for.begin(self._bring(errand, bring, undo))
        if task.done():
            answer: T = task.result()
            return answer
        self._left.add(errand.id)
        self._changed()
        return None

    def nudge(self) -> None:
        """The server is back: what waits for it goes now."""
        self._back.set()
        self._back = asyncio.Event()

    async def stop(self) -> None:
        await self._waited_for.stop()

    async def _bring(self, errand: Errand, bring: Bring[T], undo: Undo | None) -> T:
        trouble: MediaNestError | None = None
        is_brought = False
        try:
            answer = await self._tried(errand, bring)
            is_brought = True
            return answer
        except MediaNestError as error:
            trouble = error
            raise
        finally:
            if not is_brought and undo:
                await undo()
            self._end(errand, trouble)

    async def _tried(self, errand: Errand, bring: Bring[T]) -> T:
        """Try until the server has taken it, or refuses; whoever still waits hears of the first trouble."""
        attempt = 0
        while True:
            try:
                async with self._gate:
                    return await bring(attempt > 0)
            except Unavailable as error:
                is_over = clock.now() - errand.at > _LASTS
                if errand.id not in self._left or not error.retryable or is_over:
                    raise
                attempt += 1
                await self._rest(attempt, error)

    async def _rest(self, attempt: int, error: Unavailable) -> None:
        pause = work.pause_before(min(attempt, 10), base=self._pause, most=_PAUSE_MOST)
        pause = max(pause, min(error.retry_after or timedelta(), _PAUSE_MOST))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause.total_seconds()):
                await self._back.wait()

    def _end(self, errand: Errand, trouble: MediaNestError | None) -> None:
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

    def _forget(self, errand: Errand) -> None:
        """Who says something anew knows that the last time came to nothing."""
        for one in list(self._known.values()):
            if one.trouble and one.subject_id == errand.subject_id and _replaces(errand, one):
                self._drop(one)

    def _thin(self) -> None:
        over = [one for one in self._known.values() if one.trouble]
        for one in over[: max(0, len(over) - _OVER_MOST)]:
            self._drop(one)

    def _drop(self, errand: Errand) -> None:
        del self._known[errand.id]
        self._left.discard(errand.id)


def _replaces(errand: Errand, old: Errand) -> bool:
    if old.what in ABOUT_REQUESTS:
        return errand.what in ABOUT_REQUESTS
    return errand.what is old.what and (errand.what is not What.COMMENT or errand.by == old.by)
