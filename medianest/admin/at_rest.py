"""The commands while no portal runs: the services that they need, over the database of the folder that is locked."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import medianest
from medianest.accounts.service import Accounts
from medianest.accounts.types import SessionRules
from medianest.admin.backups import Backups
from medianest.admin.commands import Commands
from medianest.admin.types import Fact
from medianest.core.config import Settings
from medianest.core.control import Handler
from medianest.core.db import Database
from medianest.downloads.ytdlp.updates import of_folder


@asynccontextmanager
async def handlers(settings: Settings, *, revision: str) -> AsyncIterator[Mapping[str, Handler]]:
    """The verbs of `Commands`, but for the doctor, who needs no database; the database is at this revision."""
    database = Database(settings.paths.database)
    await database.open()
    try:
        accounts = Accounts(database, SessionRules())
        backups = Backups(database, settings.paths, release=medianest.__version__, revision=revision)
        ytdlp = of_folder(database, settings.downloads, settings.paths, os.environ)
        yield Commands(accounts, backups, ytdlp, _nothing).handlers()
    finally:
        await database.close()


async def _nothing() -> Sequence[Fact]:
    return ()
