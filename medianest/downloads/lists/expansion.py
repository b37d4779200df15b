"""One list on its way into the queue: read by a child batch by batch, queued batch by batch, each durable at once."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from urllib.parse import urlsplit

from medianest.core.db import Database
from medianest.downloads import protocol
from medianest.downloads.errors import Refused
from medianest.downloads.links.asking import answers
from medianest.downloads.lists import ledger, queueing
from medianest.downloads.lists.choice import Sieve
from medianest.downloads.lists.ledger import Hold, Wanted
from medianest.downloads.lists.types import Playlist
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.protocol import Entry, ReadList
from medianest.downloads.sites.manners import Sites
from medianest.downloads.types import ErrorCode
from medianest.downloads.workshop import Workshop

_LIST_BYTES = 1 << 30


class Expansion:
    """Goes on with a list from where its rows say that it is; `on_news` hears of each step."""

    def __init__(
        self,
        playlist: Playlist,
        hold: Hold,
        *,
        db: Database,
        shop: Workshop,
        sites: Sites,
        on_news: Callable[[Playlist], None],
    ) -> None:
        self.playlist = playlist
        self._hold = hold
        self._db = db
        self._shop = shop
        self._sites = sites
        self._on_news = on_news
        self._full: QuotaExceeded | None = None
        self._sieve = Sieve(playlist.choice)

    async def perform(self) -> None:
        """Until all of it is queued or its owner's plan is full. Raises NotOurs, and Refused where it cannot be read.

        What was read and queued until then stays.
        """
        if not self.playlist.is_read:
            async with self._sites.asked(urlsplit(self.playlist.url).hostname or ""):
                await self._read()
        while not await self._queue_some():
            pass
        async with self._db.transaction() as session:
            if self._full:
                await ledger.wait_for_room(session, self._hold, self._full)
            else:
                await ledger.complete(session, self._hold)

    async def _read(self) -> None:
        """Once only the newest are wanted, all of it must be read again after an interruption: nothing was kept."""
        settings, url = self._shop.settings, self.playlist.url
        start = 1 if self.playlist.choice.newest else self.playlist.read + 1
        folder = self._shop.workspace.preview(self._hold.id)
        asking = answers(
            self._shop,
            self._hold.id,
            folder,
            lambda proxy: ReadList(url=url, proxy=proxy, start=start, most=settings.max_list_entries),
            byte_limit=_LIST_BYTES,
            within_s=settings.max_job_s,
        )
        try:
            async with aclosing(asking) as events:
                async for event in events:
                    if await self._hear(event):
                        return
        finally:
            self._shop.workspace.forget_preview(self._hold.id)
        raise Refused(ErrorCode.INTERRUPTED)

    async def _hear(self, event: protocol.ChildEvent) -> bool:
        """Take down what the child says; whether nothing more is needed of it."""
        match event:
            case protocol.Described():
                async with self._db.transaction() as session:
                    self._news(await ledger.describe(session, self._hold, event.info))
            case protocol.Listed():
                return await self._keep(event.entries)
            case protocol.ListRead():
                await self._all_read(event.entry_count, is_cut=event.is_cut)
                return True
        return False

    async def _keep(self, batch: list[Entry]) -> bool:
        wanted, read = await self._judged(self._sieve.take(batch)), batch[-1].number
        async with self._db.transaction() as session:
            self._news(await ledger.keep(session, self._hold, wanted, read=read))
        if self._sieve.is_sure(read):
            await self._all_read(read, is_cut=False)
            return True
        if not self._full:
            await self._queue_some()
        return False

    async def _all_read(self, read: int, *, is_cut: bool) -> None:
        rest = await self._judged(self._sieve.last(), in_order=True)
        values = {"read": read, "is_cut": is_cut, "is_read": True}
        async with self._db.transaction() as session:
            self._news(await ledger.keep(session, self._hold, rest, **values))

    async def _judged(self, entries: list[Entry], *, in_order: bool = False) -> list[Wanted]:
        return await asyncio.to_thread(ledger.judged, entries, self._shop.settings, in_order=in_order)

    async def _queue_some(self) -> bool:
        """Queue a batch; whether nothing is left, or nothing more goes in now."""
        async with self._db.transaction() as session:
            step = await queueing.queue_some(session, self._hold)
        self._full = step.full
        self._news(step.playlist)
        return step.is_done or step.full is not None

    def _news(self, playlist: Playlist) -> None:
        self.playlist = playlist
        self._on_news(playlist)
