"""What the doctor sees where no portal runs, as the owner of the data folder sees it."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from medianest.admin import commands, doctor, doctor_mail, doctor_plex
from medianest.admin.types import Fact, Programs
from medianest.core import instance
from medianest.core.config import Settings
from medianest.core.errors import Unavailable
from medianest.core.i18n import Catalogues
from medianest.downloads import spawn
from medianest.downloads.ytdlp import updates
from medianest.migrations import upgrade
from medianest.notifications.by_email import knocking


def examine(settings: Settings) -> Sequence[Mapping[str, Any]]:
    """The facts as JSON values."""
    if settings.paths.data_dir.is_dir():
        instance.become_owner(settings.paths.data_dir)
    return [commands.fact_values(fact) for fact in asyncio.run(_examine(settings))]


async def _examine(settings: Settings) -> Sequence[Fact]:
    house, plex = await doctor.examine(settings, _programs(settings)), await _plex(settings)
    knock = partial(knocking.trouble, lambda: settings, Catalogues())
    return [*house, *plex, *await doctor_mail.examine(settings.notifications, knock)]


def _programs(settings: Settings) -> Programs:
    used = updates.status_at_rest(settings.downloads, settings.paths)
    try:
        return Programs.of(spawn.find_tools(), used)
    except Unavailable:
        return Programs(ffmpeg=None, deno=None, ytdlp=used)


async def _plex(settings: Settings) -> Sequence[Fact]:
    """By the database, where it is one of this release and nobody else has it; otherwise by the settings alone."""
    paths = settings.paths
    if paths.database.is_file():
        try:
            with instance.InstanceLock(paths.data_dir):
                if await upgrade.is_current(paths.database):
                    return await doctor_plex.by_database(settings)
        except (OSError, sqlite3.DatabaseError, instance.AlreadyRunning, upgrade.TooNew):
            pass
    return await doctor_plex.by_settings(settings.plex)
