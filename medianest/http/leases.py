"""What stays open on somebody's behalf (event streams, files on their way), and that it ends with their right to it.

A request is judged when it comes; what lasts longer is judged again whenever a row changes on which rights stand,
and every half minute for those that end by time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from medianest.accounts.identities import TABLES
from medianest.core.actor import Actor

_LOOK_EVERY_S = 30.0


class Lease:
    """One thing that is open; `ended` once it must not go on, `revoked` where that is because a right went."""

    def __init__(self, actor: Actor, on_end: Callable[[], None]) -> None:
        self.actor = actor
        self.ended = False
        self.revoked = False
        self._on_end = on_end

    def end(self) -> None:
        self.ended = True
        self._on_end()

    def revoke(self) -> None:
        self.revoked = True
        self.end()


class Leases:
    """All that is open."""

    def __init__(self, still: Callable[[Actor], Awaitable[bool]]) -> None:
        self._still = still
        self._open: set[Lease] = set()
        self._look = asyncio.Event()
        self._closing = False

    @contextmanager
    def hold(self, actor: Actor, on_end: Callable[[], None] = lambda: None) -> Iterator[Lease]:
        """A lease for as long as the block runs; `on_end` is called when it is ended from outside."""
        lease = Lease(actor, on_end)
        self._open.add(lease)
        if self._closing:
            lease.end()
        try:
            yield lease
        finally:
            self._open.discard(lease)

    def tables_changed(self, tables: frozenset[str]) -> None:
        """After a commit: rights may have gone."""
        if not tables.isdisjoint(TABLES):
            self._look.set()

    async def run(self) -> None:
        """End what must not go on, as soon as that is so, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._look.wait()
            except TimeoutError:
                pass
            self._look.clear()
            await self._end_revoked()

    def end_all(self) -> None:
        """End everything that is open and will be; the server waits for it before it says goodbye."""
        self._closing = True
        for lease in list(self._open):
            lease.end()

    async def _end_revoked(self) -> None:
        verdicts: dict[Actor, bool] = {}
        for lease in list(self._open):
            if lease.actor not in verdicts:
                verdicts[lease.actor] = await self._still(lease.actor)
            if not verdicts[lease.actor]:
                lease.revoke()
