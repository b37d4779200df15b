"""Changing the database of an installation that does not run: a portal makes only its first administrator."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from medianest.core import instance
from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.migrations import upgrade

Deed = Callable[[Database], Awaitable[None]]


def furnish(data_dir: Path) -> None:
    """Give it the database that its first start would make, which takes a second and is the same for everybody."""
    instance.prepare(data_dir, create=True)
    database = PathsSettings(data_dir=data_dir).database
    if not database.exists():
        database.touch(0o600)
        database.write_bytes(_new())


def change(data_dir: Path, deed: Deed) -> None:
    """Do this to it; the database is made where there is none."""
    furnish(data_dir)
    _finish(_change(data_dir, deed))


@cache
def _new() -> bytes:
    with TemporaryDirectory() as folder:
        database = PathsSettings(data_dir=Path(folder)).database
        _finish(upgrade.run(database, Path(folder)))
        assert list(Path(folder).iterdir()) == [database], "all is in the one file"
        return database.read_bytes()


def _finish(deed: Coroutine[object, object, None]) -> None:
    with ThreadPoolExecutor(max_workers=1) as beside:  # the caller may have a loop of its own
        beside.submit(asyncio.run, deed).result()


async def _change(data_dir: Path, deed: Deed) -> None:
    paths = PathsSettings(data_dir=data_dir)
    with instance.InstanceLock(data_dir):
        await upgrade.run(paths.database, paths.backups_dir)
        db = Database(paths.database)
        await db.open()
        try:
            await deed(db)
        finally:
            await db.close()
