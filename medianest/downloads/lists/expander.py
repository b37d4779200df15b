"""Whoever expands lists: takes up what is due, one list of a person at a time, and what an earlier life left."""

import asyncio
import logging
from contextlib import suppress
from functools import partial

from medianest.core import clock, work
from medianest.core.crew import Crew
from medianest.core.db import Database
from medianest.core.live import Live, Signal
from medianest.downloads.errors import Refused
from medianest.downloads.lists import ledger, queries
from medianest.downloads.lists.expansion import Expansion
from medianest.downloads.lists.ledger import Hold, NotOurs
from medianest.downloads.lists.rights import audience_of_list
from medianest.downloads.lists.types import ListTick, Playlist
from medianest.downloads.models import PlaylistRow
from medianest.downloads.plans import quotas, usage
from medianest.downloads.sites.manners import Sites
from medianest.downloads.types import ErrorCode
from medianest.downloads.workshop import Workshop

log = logging.getLogger(__name__)

AT_ONCE = 2
SIGNAL = "playlist.progress"
_TICK_S = 0.5
_TABLES = frozenset({PlaylistRow.__tablename__, *usage.TABLES})


class Expander:
    """Expands at most `AT_ONCE` lists at a time, each of another person."""

    def __init__(self, db: Database, live: Live, shop: Workshop, *, owner: str) -> None:
        self._db = db
        self._live = live
        self._shop = shop
        self._owner = owner
        self._sites = Sites(db)
        self._crew = Crew()
        self._people: dict[str, str] = {}
        self._told_at: dict[str, float] = {}
        db.after_commit(self._wake)

    async def run(self) -> None:
        """Expand until cancelled; what is under way then goes on in the next life."""
        try:
            await self._recover()
            while True:
                await self._make_room_known()
                while await self._take_one():
                    pass
                await self._crew.rest(await self._db.read(queries.next_due))
        finally:
            await self._crew.stop()

    async def stop(self, id: str) -> None:
        """End the expansion of a list that was stopped; returns when no process is left of it."""
        if task := self._crew.task(id):
            task.cancel()
            await asyncio.wait([task])

    def _wake(self, tables: frozenset[str]) -> None:
        if not tables.isdisjoint(_TABLES):
            self._crew.wake()

    async def _recover(self) -> None:
        async with self._db.transaction() as session:
            for id in await work.abandoned(session, PlaylistRow, owner=self._owner):
                attempts = PlaylistRow.attempts - 1
                await work.take_back(session, PlaylistRow, id, attempts=attempts)

    async def _make_room_known(self) -> None:
        """Let lists go on whose owner's plan has room again, for whatever reason."""
        for id, owner_id in await self._db.read(queries.without_room):
            if quotas.room(await self._db.read(usage.standings, owner_id)) != 0:
                async with self._db.transaction() as session:
                    await ledger.go_on(session, id)

    async def _take_one(self) -> bool:
        if len(self._crew) >= AT_ONCE:
            return False
        id = await self._db.read(queries.next_one, clock.now(), self._people.values())
        if id is None:
            return False
        hold = Hold(id=id, holder=self._owner)
        async with self._db.transaction() as session:
            playlist = await ledger.claim(session, hold)
        if playlist is not None:
            self._people[id] = playlist.owner.id
            self._crew.begin(id, lambda: self._see_through(playlist, hold), name=f"playlist-{id}")
        return True

    async def _see_through(self, playlist: Playlist, hold: Hold) -> None:
        expansion = Expansion(playlist, hold, db=self._db, shop=self._shop, sites=self._sites, on_news=self._publish)
        try:
            with suppress(NotOurs):
                await self._performed(expansion, hold)
        finally:
            del self._people[hold.id]
            self._told_at.pop(hold.id, None)
            self._live.forget(SIGNAL, hold.id)

    async def _performed(self, expansion: Expansion, hold: Hold) -> None:
        try:
            await expansion.perform()
            return
        except (NotOurs, asyncio.CancelledError):
            raise
        except Refused as refused:
            why = refused
        except Exception as error:
            log.exception("list %s broke its expansion", hold.id)
            why = Refused(ErrorCode.INTERNAL, detail=repr(error))
        async with self._db.transaction() as session:
            await ledger.broken(session, hold, why, attempts_most=self._shop.settings.max_attempts)

    def _publish(self, playlist: Playlist) -> None:
        """Say how far it is, twice a second at most."""
        now = clock.monotonic()
        if now - self._told_at.get(playlist.id, -_TICK_S) < _TICK_S:
            return
        self._told_at[playlist.id] = now
        audience = audience_of_list(playlist.owner.id)
        tick = ListTick(total=playlist.total, read=playlist.read, queued=playlist.queued, skipped=playlist.skipped)
        holds = partial(queries.expands, id=playlist.id)
        self._live.publish(Signal(kind=SIGNAL, subject_id=playlist.id, audience=audience, data=tick, holds=holds))
