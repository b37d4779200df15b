"""Following Uptime Kuma: by the best way that is open, with a board that never says more than is known.

Nobody else logs in anew after a disconnect, so this does. Who is away is looked for every few seconds; who refuses is
left alone for as long as it takes, and a lesser way, if there is one, is gone meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta

from medianest.core import clock
from medianest.core.work import pause_before
from medianest.status.arrival import Arrival
from medianest.status.board import EMPTY, Board, apply
from medianest.status.errors import NoLink
from medianest.status.types import Link, LinkState, Message, Trouble
from medianest.status.ways import Way

log = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(milliseconds=500)
_LONGEST_PAUSE = timedelta(seconds=3)
_LONGEST_REFUSAL = timedelta(hours=1)
_ARRIVAL_S = 30.0
_COUNTED_MOST = 10


class Watcher:
    """What it hears makes `board`; `link` says whether that still holds."""

    def __init__(
        self,
        ways: Sequence[Way],
        *,
        heard: Callable[[Message], None] = lambda message: None,
        changed: Callable[[Link], None] = lambda link: None,
    ) -> None:
        """`heard` is told after each message, `changed` after each change of the link."""
        self.board: Board = EMPTY
        self.link = Link(state=LinkState.CONNECTING if ways else LinkState.OFF, via=ways[0].via if ways else None)
        self._ways = ways
        self._heard = heard
        self._changed = changed
        self._heard_at: datetime | None = None
        self._closed_until = [0.0] * len(ways)
        self._refusals = [0] * len(ways)
        self._losses = 0

    @property
    def heard_at(self) -> datetime | None:
        """When anything came last."""
        return self._heard_at

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            now = clock.monotonic()
            place = next((one for one, until in enumerate(self._closed_until) if until <= now), None)
            if place is None:
                await asyncio.sleep(min(self._closed_until) - now)
                continue
            try:
                async with asyncio.timeout(self._better_opens_in(place, now)):
                    await self._follow(place)
            except TimeoutError:
                log.info("a better way to Uptime Kuma is tried again")
            except NoLink as error:
                if not (error.is_refusal and self._hears_otherwise(place)):
                    self._lose(place, error)
                await self._leave_alone(place, error)

    def _better_opens_in(self, place: int, now: float) -> float | None:
        return min(self._closed_until[:place]) - now if place else None

    def _hears_otherwise(self, place: int) -> bool:
        """A better way was tried again and is still closed: the lesser one goes on as if nothing had been."""
        return self.link.state is LinkState.UP and self.link.via is not self._ways[place].via

    async def _follow(self, place: int) -> None:
        """Hear what comes by this way, until it ends. Raises NoLink."""
        arrival, way, is_there = Arrival(), self._ways[place], False
        patience = asyncio.timeout(_ARRIVAL_S)
        try:
            async with patience, aclosing(way.hear()) as messages:
                async for message in messages:
                    arrival.hear(message)
                    self.board = apply(self.board, message)
                    self._heard_at = clock.now()
                    if arrival.is_whole and not is_there:
                        is_there = True
                        patience.reschedule(None)
                        self._arrive(place)
                    self._heard(message)
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise NoLink(Trouble.AWAY, why="no_picture") from error
        raise NoLink(Trouble.AWAY, why="ended")

    def _arrive(self, place: int) -> None:
        self._losses = self._refusals[place] = 0
        link = Link(state=LinkState.UP, via=self._ways[place].via)
        if link != self.link:
            self._move(link)

    def _lose(self, place: int, error: NoLink) -> None:
        before = self.link
        lost_at = before.lost_at or (clock.now() if before.state is LinkState.UP else None)
        if before.state is not LinkState.DOWN or before.trouble is not error.trouble:
            log.warning("Uptime Kuma is not heard", extra={"code": error.code, **error.facts})
            via = self._ways[place].via
            self._move(Link(state=LinkState.DOWN, via=via, lost_at=lost_at, trouble=error.trouble))

    async def _leave_alone(self, place: int, error: NoLink) -> None:
        if error.is_refusal:
            self._refusals[place] = min(self._refusals[place] + 1, _COUNTED_MOST)
            asked = error.retry_after or _LONGEST_PAUSE
            pause = min(asked * 2 ** (self._refusals[place] - 1), max(asked, _LONGEST_REFUSAL))
            self._closed_until[place] = clock.monotonic() + pause.total_seconds()
        else:
            self._losses = min(self._losses + 1, _COUNTED_MOST)
            pause = pause_before(self._losses, base=_FIRST_PAUSE, most=_LONGEST_PAUSE)
            await asyncio.sleep(pause.total_seconds())

    def _move(self, link: Link) -> None:
        self.link = link
        self._changed(link)
