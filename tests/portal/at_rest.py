"""Changing the database of an installation that does not run: a portal makes only its first administrator."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from medianest.core import instance
from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.migrations import upgrade

Deed = Callable[[Database], Awaitable[None]]


def change(data_dir: Path, deed: Deed) -> None:
    """Do this to it; the database is made where there is none."""
    with ThreadPoolExecutor(max_workers=1) as beside:  # the caller may have a loop of its own
        beside.submit(asyncio.run, _change(data_dir, deed)).result()


async def _change(data_dir: Path, deed: Deed) -> None:
    paths = PathsSettings(data_dir=data_dir)
    instance.prepare(data_dir, create=True)
    with instance.InstanceLock(data_dir):
        await upgrade.run(paths.database, paths.backups_dir)
        db = Database(paths.database)
        await db.open()
        try:
            await deed(db)
        finally:
            await db.close()
