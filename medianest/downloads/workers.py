"""The workers: claim what is due, run it, write down how it ended; recover what an earlier life left."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta

from medianest.core import clock, files, work
from medianest.core.db import Database
from medianest.core.live import Live, Signal
from medianest.downloads import ledger, queries, rights
from medianest.downloads.models import DownloadRow
from medianest.downloads.run import Broken, Finished, Outcome, Run
from medianest.downloads.types import Download, ErrorCode, Tick
from medianest.downloads.workshop import Workshop

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
_TEND_EVERY_S = 15.0
_LOOK_AGAIN_S = 300.0
SIGNAL = "download.progress"


class Workers:
    """Runs at most `workers` downloads at once, and at most `per_site` of one site."""

    def __init__(self, db: Database, live: Live, workshop: Workshop, *, owner: str) -> None:
        self._db = db
        self._live = live
        self._shop = workshop
        self._owner = owner
        self._runs: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
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
                self._news.clear()
                while await self._start_next():
                    pass
                await self._wait()
        finally:
            await self._stop_all()

    async def stop(self, id: str) -> None:
        """End a run whose download was paused or cancelled; returns when no process and no writer is left."""
        if run := self._runs.get(id):
            await run.stop()
        if task := self._tasks.get(id):
            await asyncio.wait([task])

    def _wake(self, tables: frozenset[str]) -> None:
        if DownloadRow.__tablename__ in tables:
            self._news.set()

    async def _recover(self) -> None:
        async with self._db.transaction() as session:
            lost = await work.abandoned(session, DownloadRow, owner=self._owner)
        for id in lost:
            await ledger.recover(self._db, self._shop.workspace, id)
        needed = await self._db.read(queries.unfinished_ids)
        await asyncio.to_thread(self._shop.workspace.clear_all_but, needed)

    async def _start_next(self) -> bool:
        if len(self._runs) >= self._shop.settings.workers:
            return False
        busy = Counter(run.download.site for run in self._runs.values())
        full = frozenset(site for site, number in busy.items() if number >= self._shop.settings.per_site)
        turn = await self._db.read(queries.waiting_turn, clock.now(), full_sites=full)
        if turn is None:
            return False
        if await self._no_room():
            await ledger.hold_back(self._db, turn, ErrorCode.DISK_FULL)
            return True
        download = await ledger.claim(self._db, turn, owner=self._owner, lease=LEASE)
        if download is not None:
            self._begin(download)
        return True

    def _begin(self, download: Download) -> None:
        run = Run(
            download,
            settings=self._shop.settings,
            egress=self._shop.egress,
            tools=self._shop.tools,
            workspace=self._shop.workspace,
            on_probed=lambda info: ledger.recognise(self._db, download.id, info),
            on_tick=lambda tick: self._publish(download, tick),
        )
        self._runs[download.id] = run
        self._tasks[download.id] = asyncio.create_task(self._see_through(run), name=f"download-{download.id}")

    async def _see_through(self, run: Run) -> None:
        id = run.download.id
        tending = asyncio.create_task(self._tend(run))
        try:
            await self._write_down(run, await run.perform())
        except Exception as error:
            log.exception("download %s broke its worker", id)
            await self._write_down(run, Broken(code=ErrorCode.INTERNAL, detail=repr(error)))
        finally:
            tending.cancel()
            del self._runs[id], self._tasks[id]
            self._live.forget(SIGNAL, id)
            self._news.set()

    async def _write_down(self, run: Run, outcome: Outcome) -> None:
        match outcome:
            case Finished():
                await ledger.complete(self._db, self._shop.workspace, run.download.id, outcome, owner=self._owner)
            case Broken():
                await ledger.broken(self._db, self._shop, run.download.id, outcome, owner=self._owner)

    async def _tend(self, run: Run) -> None:
        """Keep the lease, remember how far it is, and stop it before the disk is full."""
        while True:
            await asyncio.sleep(_TEND_EVERY_S)
            progress = run.progress
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
            if not held:
                await run.stop()
            elif await self._no_room():
                await run.stop(Broken(code=ErrorCode.DISK_FULL, detail=""))

    async def _no_room(self) -> bool:
        free = await asyncio.to_thread(files.free_bytes, self._shop.workspace.media_dir)
        return free < self._shop.settings.min_free_bytes

    def _publish(self, download: Download, tick: Tick) -> None:
        signal = Signal(kind=SIGNAL, subject_id=download.id, audience=rights.audience(download), data=tick)
        self._live.publish(signal)

    async def _wait(self) -> None:
        due = await self._db.read(queries.next_due)
        seconds = _LOOK_AGAIN_S if due is None else max(0.05, (due - clock.now()).total_seconds())
        try:
            await asyncio.wait_for(self._news.wait(), min(seconds, _LOOK_AGAIN_S))
        except TimeoutError:
            return

    async def _stop_all(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
