"""The other way: Uptime Kuma is told again and again that the portal is well, or what of it is not."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from medianest.core import clock, readiness
from medianest.core.circuit import Ended, Thresholds
from medianest.core.readiness import Checks
from medianest.core.resilience import CircuitBreaker, CircuitOpen, Health
from medianest.status.errors import NoLink
from medianest.status.types import Push, Trouble

if TYPE_CHECKING:
    from medianest.status.polling.client import Asking

log = logging.getLogger(__name__)

NAME = "Uptime Kuma (push)"
_SOON = Thresholds(open_at_most_s=60.0)
"""Who was away is told again within a minute: until then it counts the portal as down."""


class Pushing:
    """Runs from the start on; one call at a time."""

    def __init__(self, url: str, token: str, *, every_s: Callable[[], float], ready: Checks) -> None:
        self._url = url
        self._token = token
        self._every_s = every_s
        self._ready = ready
        self._breaker = CircuitBreaker(NAME, thresholds=_SOON)
        self.trouble: Trouble | None = None

    @property
    def health(self) -> Health:
        return self._breaker.health

    @property
    def every_s(self) -> float:
        return self._every_s()

    async def run(self) -> None:
        """Push until cancelled."""
        from medianest.status.polling.client import Asking  # HTTP

        asking = Asking(self._url)
        try:
            while True:
                await self._push(asking)
                await asyncio.sleep(self._every_s())
        finally:
            await asking.close()

    async def _push(self, asking: "Asking") -> None:
        try:
            with self._breaker.attempt() as attempt:
                trouble = await self._told(asking)
                attempt.ended(_ended(trouble))
        except CircuitOpen:
            return
        if trouble is not None and trouble is not self.trouble:
            log.warning("Uptime Kuma is not told how the portal is", extra={"trouble": trouble})
        self.trouble = trouble

    async def _told(self, asking: "Asking") -> Trouble | None:
        """Why it could not be told; None where it was."""
        try:
            await asking.push(self._token, await self._found())
        except NoLink as error:
            return error.trouble
        return None

    async def _found(self) -> Push:
        began = clock.monotonic()
        held = await readiness.look(self._ready)
        took_ms = round((clock.monotonic() - began) * 1000)
        failed = [name for name, holds in held.items() if not holds]
        return Push(is_well=not failed, words=f"not ready: {', '.join(failed)}" if failed else "OK", took_ms=took_ms)


def _ended(trouble: Trouble | None) -> Ended:
    """A token that it does not know is not its fault: it is asked on, as soon as ever."""
    if trouble is None:
        return Ended.WELL
    return Ended.UNAUTHORISED if trouble is Trouble.NO_PUSH else Ended.FAILED
