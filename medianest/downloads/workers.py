"""The workers: claim what is due, run it, write down how it ended; recover what an earlier life left."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from medianest.core import clock, files, work
from medianest.core.crew import Crew
from medianest.core.db import Database
from medianest.core.live import Live, Signal
from medianest.downloads import ledger, queries, rights, waits
from medianest.downloads.files.paths import Place
from medianest.downloads.line import turns
from medianest.downloads.line.turns import Closed, Rest, Turn
from medianest.downloads.line.window import opens_at
from medianest.downloads.lists import queries as list_queries
from medianest.downloads.models import DownloadRow
from medianest.downloads.plans.budgets import Budgets
from medianest.downloads.plans.meters import Meter
from medianest.downloads.protocol import Info
from medianest.downloads.run import Broken, Finished, Outcome, Run
from medianest.downloads.sites import manners
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.types import Download, ErrorCode, Tick, Wait
from medianest.downloads.workshop import Workshop

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
_TEND_EVERY_S = 15.0
_NO_ROOM_PAUSE = timedelta(minutes=5)
SIGNAL = "download.progress"


class Workers:
    """Runs at most `workers` downloads at once, and at most `per_site` of one site."""

    def __init__(self, db: Database, live: Live, workshop: Workshop, *, owner: str) -> None:
        self._db = db
        self._live = live
        self._shop = workshop
        self._owner = owner
        self._runs: dict[str, Run] = {}
        self._turns: dict[str, Turn] = {}
        self._budgets = Budgets(db)
        self._crew = Crew()
        self._ending: set[str] = set()
        self._rest: datetime | None = None
        self._claiming = asyncio.Lock()
        self.recovered = asyncio.Event()
        db.after_commit(self._wake)

    @property
    def running(self) -> int:
        return len(self._runs)

    async def run(self) -> None:
        """Work until cancelled; what runs then is killed and goes on in the next life."""
        try:
            await self._recover()
            self.recovered.set()
            while True:
                while await self._take_step():
                    pass
                await self._crew.rest(await self._next_due())
        finally:
            await self._crew.stop()

    async def stop(self, id: str) -> None:
        """End a run whose download was paused or cancelled; returns when no process and no writer is left."""
        await self._shop.reserve.let_go(id)
        if run := await self._run_of(id):
            await run.stop()
        if task := self._crew.task(id):
            await asyncio.wait([task])

    async def finish(self, id: str) -> None:
        """Let a run be content with what is recorded of its broadcast."""
        self._ending.add(id)
        if run := await self._run_of(id):
            await run.finish()

    async def _run_of(self, id: str) -> Run | None:
        """Its run; that of a download that is just being claimed is waited for."""
        async with self._claiming:
            return self._runs.get(id)

    def _wake(self, tables: frozenset[str]) -> None:
        if not tables.isdisjoint(site_queries.TABLES):
            self._crew.wake()

    async def _recover(self) -> None:
        async with self._db.transaction() as session:
            lost = await work.abandoned(session, DownloadRow, owner=self._owner)
            await manners.forget_probes(session)
        for id in lost:
            await ledger.recover(self._db, self._shop.workspace, id)
        needed = await self._db.read(queries.unfinished_ids)
        await asyncio.to_thread(self._shop.workspace.clear_all_but, needed)

    async def _take_step(self) -> bool:
        """Begin one download, or let some wait or go on; whether there may be more to do at once."""
        self._rest = None
        if await self._db.read(waits.is_any_due, clock.now()):
            async with self._db.transaction() as session:
                await waits.wake_due(session, clock.now())
        if len(self._runs) >= self._shop.settings.workers:
            return False
        busy = Counter(self._turns[id].site for id in self._runs)
        settings = self._shop.settings
        match await self._db.read(turns.next_step, clock.now(), busy=busy, per_site=settings.per_site):
            case Turn() as turn:
                return await self._begin_in_time(turn)
            case Closed(site=site):
                async with self._db.transaction() as session:
                    await waits.hold(session, Wait.SITE, until=site.until, site=site.name, code=site.cause)
                return True
            case Rest(until=until):
                self._rest = until
        return False

    async def _begin_in_time(self, turn: Turn) -> bool:
        """Begin it, unless this is not the hour or there is no room: then all that is in line waits for that."""
        settings = self._shop.settings
        if opening := opens_at(settings.window, clock.now().astimezone()):
            async with self._db.transaction() as session:
                await waits.hold(session, Wait.WINDOW, until=opening.astimezone(UTC))
            return False
        if await self._no_room():
            async with self._db.transaction() as session:
                later = clock.now() + _NO_ROOM_PAUSE
                await waits.hold(session, Wait.SPACE, until=later, code=ErrorCode.DISK_FULL)
            return False
        if await self._budgets.admit(turn.id):
            async with self._claiming:
                await self._claim(turn)
        return True

    async def _claim(self, turn: Turn) -> None:
        """Begin it, if it is still to be had."""
        download = await ledger.claim(self._db, turn, self._shop.settings, owner=self._owner, lease=LEASE)
        if download is not None:
            place = await self._db.read(list_queries.place, download.id) if download.playlist_id else None
            self._begin(download, turn, await self._budgets.open(download), place)

    def _begin(self, download: Download, turn: Turn, meter: Meter, place: Place | None) -> None:
        run = Run(
            download,
            ends=download.id in self._ending,
            settings=self._shop.settings,
            egress=self._shop.egress,
            reserve=self._shop.reserve,
            workspace=self._shop.workspace,
            copies=self._shop.copies,
            cookies=self._shop.cookies,
            meter=meter,
            place=place,
            on_probed=lambda info: self._recognise(download.id, info),
            on_tick=lambda tick: self._publish(download, tick),
        )
        self._runs[download.id] = run
        self._turns[download.id] = turn
        self._crew.begin(download.id, lambda: self._see_through(run), name=f"download-{download.id}")

    async def _recognise(self, id: str, info: Info) -> bool:
        """From now on it counts as a run of the site that it led to; one that was a probe stays that of the first.

        Whether it goes on: not where another download brings the same.
        """
        if not await ledger.recognise(self._db, id, info):
            await self._answered(self._turns[id])
            return False
        if not self._turns[id].is_probe:
            self._turns[id] = replace(self._turns[id], site=info.site)
        return True

    async def _see_through(self, run: Run) -> None:
        id = run.download.id
        tending = asyncio.create_task(self._tend(run))
        try:
            await self._write_down(run, await self._perform(run))
        except Exception as error:
            log.exception("download %s broke its worker", id)
            await self._write_down(run, Broken(code=ErrorCode.INTERNAL, detail=repr(error)))
        finally:
            tending.cancel()
            del self._runs[id], self._turns[id]
            self._ending.discard(id)
            self._live.forget(SIGNAL, id)

    async def _perform(self, run: Run) -> Outcome:
        """Run it, and count what it received, however it ends."""
        try:
            return await run.perform()
        finally:
            await self._budgets.close(run.meter)

    async def _write_down(self, run: Run, outcome: Outcome) -> None:
        id, turn = run.download.id, self._turns[run.download.id]
        match outcome:
            case Finished():
                await self._answered(turn)
                await ledger.complete(self._db, self._shop.workspace, id, outcome, owner=self._owner)
            case Broken():
                await ledger.broken(self._db, self._shop, turn, outcome, owner=self._owner)
                if await self._db.read(queries.by_id, id) is None:
                    await asyncio.to_thread(self._shop.workspace.forget, id)

    async def _answered(self, turn: Turn) -> None:
        """Its site does answer us."""
        async with self._db.transaction() as session:
            await manners.learnt(session, turn.site, None, is_probe=turn.is_probe)
        if turn.is_probe:
            self._turns[turn.id] = replace(turn, is_probe=False)

    async def _tend(self, run: Run) -> None:
        """Keep the lease, remember how far it is, and stop it before the disk is full."""
        while True:
            await asyncio.sleep(_TEND_EVERY_S)
            progress, turn = run.progress, self._turns[run.download.id]
            if turn.is_probe and progress.downloaded_bytes:
                await self._answered(turn)
            async with self._db.transaction() as session:
                held = await work.renew(
                    session,
                    DownloadRow,
                    run.download.id,
                    owner=self._owner,
                    lease=LEASE,
                    downloaded_bytes=progress.downloaded_bytes,
                    total_bytes=progress.total_bytes,
                )
                await self._budgets.settle(session, run.meter)
            if not held:
                await run.stop()
            elif await self._no_room():
                await run.stop(Broken(code=ErrorCode.DISK_FULL, detail=""))

    async def _no_room(self) -> bool:
        settings, workspace = self._shop.settings, self._shop.workspace
        media = await asyncio.to_thread(files.free_bytes, workspace.media_dir)
        data = await asyncio.to_thread(files.free_bytes, workspace.data_dir)
        return media < settings.min_free_bytes or data < settings.min_free_data_bytes

    def _publish(self, download: Download, tick: Tick) -> None:
        id, holds = download.id, partial(queries.runs, id=download.id)
        signal = Signal(kind=SIGNAL, subject_id=id, audience=rights.audience(download), data=tick, holds=holds)
        self._live.publish(signal)

    async def _next_due(self) -> datetime | None:
        next_due = await self._db.read(waits.next_due)
        return min((moment for moment in (next_due, self._rest) if moment), default=None)
