"""Accounts for several people, in an installation that does not run: a portal makes only its first administrator."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from medianest.accounts.service import Accounts
from medianest.accounts.types import NewUser, SessionRules
from medianest.core import instance
from medianest.core.actor import SYSTEM, Role
from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.migrations import upgrade


def move_in(data_dir: Path, people: Mapping[str, Role], password: str) -> None:
    """Give each of `people` an account with `password`."""
    with ThreadPoolExecutor(max_workers=1) as beside:  # the caller may have a loop of its own
        beside.submit(asyncio.run, _move_in(data_dir, people, password)).result()


async def _move_in(data_dir: Path, people: Mapping[str, Role], password: str) -> None:
    paths = PathsSettings(data_dir=data_dir)
    instance.prepare(data_dir, create=True)
    with instance.InstanceLock(data_dir):
        await upgrade.run(paths.database, paths.backups_dir)
        db = Database(paths.database)
        await db.open()
        try:
            accounts = Accounts(db, SessionRules())
            for name, role in people.items():
                await accounts.people.create(SYSTEM, NewUser(name=name, role=role, password=password))
        finally:
            await db.close()
