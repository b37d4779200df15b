"""Calls to one server of the house: what guards them, and connections that close behind the last of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from medianest.core.errors import Unavailable
from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What stands between us and the server; `called` is told after each call."""

    breaker: CircuitBreaker
    retry: Retry
    bulkhead: Bulkhead
    called: Callable[[], None] = lambda: None


class Calls:
    """`release` closes the connections, `away` is raised to who calls after that."""

    def __init__(
        self, *, called: Callable[[], None], release: Callable[[], Awaitable[None]], away: Callable[[], Unavailable]
    ) -> None:
        self._called = called
        self._release = release
        self._away = away
        self._under_way = 0
        self._is_closed = False

    async def close(self) -> None:
        """No call begins any more; the last one that is under way closes the connections."""
        self._is_closed = True
        if not self._under_way:
            await self._release()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """One call, however often it is tried."""
        if self._is_closed:
            raise self._away()
        self._under_way += 1
        try:
            yield
        finally:
            await self._ended()

    async def _ended(self) -> None:
        self._under_way -= 1
        self._called()
        if self._is_closed:
            await self.close()
