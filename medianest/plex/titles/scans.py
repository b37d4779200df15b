"""Asking the server to look into a folder in which something arrived: written down, done at least once, tried again."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock, work
from medianest.core.db import Database
from medianest.core.errors import Unavailable
from medianest.plex.titles import queries
from medianest.plex.titles.connection import Connection
from medianest.plex.titles.errors import NoServer
from medianest.plex.titles.models import ScanRow

log = logging.getLogger(__name__)

TABLE = ScanRow.__tablename__
_LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_GIVE_UP_AFTER = timedelta(days=7)
_LOOK_AGAIN_S = 3600.0


async def ask(session: AsyncSession, id: str, folder: str) -> None:
    """Have the server look into a folder of ours soon; asked again with the same id it is asked for once."""
    row = insert(ScanRow).values(id=id, path=folder, asked_at=clock.now(), attempts=0)
    await session.execute(row.on_conflict_do_nothing())


def on_server(folder: str, path_map: Mapping[str, str]) -> str:
    """A folder of ours under the name that it has on the server; the longest part that is mapped counts."""
    path = PurePosixPath(folder)
    for ours in sorted(path_map, key=len, reverse=True):
        if path.is_relative_to(ours):
            return str(PurePosixPath(path_map[ours]) / path.relative_to(ours))
    return folder


def sections_at(folder: str, folders: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The sections that cover a folder of the server's."""
    path = PurePosixPath(folder)
    return [key for key, own in folders.items() if any(path.is_relative_to(one) for one in own)]


class Scans:
    """Works off what was asked for, one after the other."""

    def __init__(
        self, db: Database, connection: Connection, path_map: Callable[[], Mapping[str, str]], *, owner: str
    ) -> None:
        self._db = db
        self._connection = connection
        self._path_map = path_map
        self._owner = owner
        self._news = asyncio.Event()
        db.after_commit(self._wake)

    async def run(self) -> None:
        await self._recover()
        while True:
            self._news.clear()
            row = await self._db.read(_next)
            wait_s = _LOOK_AGAIN_S if row is None else (row.due_at - clock.now()).total_seconds() if row.due_at else 0.0
            if row is not None and wait_s <= 0:
                await self._work(row)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()

    async def _work(self, row: Any) -> None:
        async with self._db.transaction() as session:
            if not await work.claim(session, ScanRow, row.id, owner=self._owner, lease=_LEASE):
                return
        began = clock.now()
        try:
            await self._scan(row.path)
        except NoServer:
            log.info("no server is there to be asked for a scan")
        except Unavailable as error:
            if began - row.asked_at < _GIVE_UP_AFTER:
                await self._later(row, error)
                return
            log.warning("Plex was away for a week: a folder is not scanned", extra={"folder": row.path})
        await self._done(row.path, began)

    async def _scan(self, folder: str) -> None:
        _, asking = await self._connection.asking()
        there = on_server(folder, self._path_map())
        sections = sections_at(there, await self._db.read(queries.folders))
        if not sections:
            log.debug("no section of Plex covers a folder", extra={"folder": there})
        for section in sections:
            await asking.scan(section, there)

    async def _later(self, row: Any, error: Unavailable) -> None:
        pause = work.pause_before(min(row.attempts + 1, 20), base=_FIRST_PAUSE, most=_LONGEST_PAUSE)
        due_at = clock.now() + max(pause, error.retry_after or timedelta())
        async with self._db.transaction() as session:
            await work.release(session, ScanRow, row.id, owner=self._owner, due_at=due_at)

    async def _done(self, folder: str, began: datetime) -> None:
        """What arrived in the folder before the server was asked, it has seen."""
        async with self._db.transaction() as session:
            await session.execute(delete(ScanRow).where(ScanRow.path == folder, ScanRow.asked_at <= began))

    async def _recover(self) -> None:
        async with self._db.transaction() as session:
            for id in await work.abandoned(session, ScanRow, owner=self._owner):
                await work.take_back(session, ScanRow, id)

    def _wake(self, tables: frozenset[str]) -> None:
        if TABLE in tables:
            self._news.set()


def _next(session: Session) -> Any:
    """What is due first of what nobody holds."""
    free = select(*ScanRow.__table__.c).where(ScanRow.lease_owner.is_(None))
    return session.execute(free.order_by(func.coalesce(ScanRow.due_at, 0), ScanRow.asked_at).limit(1)).first()
