"""What administrators would find out too late by themselves: told once when it goes wrong, once when it is well again.

What was told last is in the journal, so that nothing is told again after a restart.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.admin import alarms, doctor_overseerr, doctor_plex
from medianest.admin.alarms import Trouble
from medianest.admin.events import DiskLow, DiskRoomy, UpstreamBack, UpstreamDown
from medianest.admin.types import Fact
from medianest.core import clock, files, journal, journal_pages
from medianest.core.actor import SYSTEM
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.event import ADMINS, Event
from medianest.core.journal import Entry
from medianest.core.journal_pages import Sought
from medianest.downloads.ytdlp.events import YtdlpOutdated
from medianest.downloads.ytdlp.updates import SUBJECT, Ytdlp
from medianest.media_requests.overseerr import Overseerr
from medianest.plex.service import Plex

_NAMES = {"services.overseerr": "Overseerr", "services.plex_server": "Plex"}


class Upkeep:
    """Looks at the disks, at yt-dlp and at what the portal leans on; `settings` are those that hold at that moment."""

    def __init__(
        self, db: Database, settings: Callable[[], Settings], ytdlp: Ytdlp, plex: Plex, overseerr: Overseerr
    ) -> None:
        self._db = db
        self._settings = settings
        self._ytdlp = ytdlp
        self._plex = plex
        self._overseerr = overseerr
        self._troubles: dict[str, Trouble | None] = {}

    async def look_at_house(self) -> None:
        """The room in both folders, and how old yt-dlp is."""
        paths, least = self._settings().paths, self._settings().downloads
        await self._look_at_disk("data_dir", paths.data_dir, least.min_free_data_bytes)
        await self._look_at_disk("media_dir", paths.media_dir, least.min_free_bytes)
        status = await self._ytdlp.status()
        days, version = alarms.outdated_by_days(status, clock.now().date()), status.copy.version
        if days is None:
            return
        outdated = YtdlpOutdated(actor=SYSTEM, subject_id=SUBJECT, audience=ADMINS, in_use=version, n=days)
        async with self._db.transaction() as session:
            told = await session.run_sync(_last, outdated)
            if alarms.is_news(told.data if told else None, version):
                await journal.record(session, outdated)

    async def look_at_upstreams(self) -> None:
        """Whether the servers that are set up can be used."""
        settings = self._settings().overseerr
        server, overseerr = await asyncio.gather(
            doctor_plex.examine_server(self._plex), doctor_overseerr.examine(settings, self._overseerr)
        )
        for fact in (server, overseerr[0]):
            if "found" in fact.data:
                await self._judge(fact)
            else:
                self._troubles.pop(fact.id, None)

    async def _look_at_disk(self, name: str, folder: Path, least_bytes: int) -> None:
        free = await asyncio.to_thread(files.free_bytes, folder)
        values = {"free": round(free / 1e9, 1), "path": str(folder)}
        low = DiskLow(
            actor=SYSTEM, subject_id=name, audience=ADMINS, free_bytes=free, reason="admin.disk_left", values=values
        )
        roomy = DiskRoomy(actor=SYSTEM, subject_id=name, audience=ADMINS, free_bytes=free)
        async with self._db.transaction() as session:
            was_low = await _was(session, low, DiskRoomy)
            is_low = alarms.is_low(free, least_bytes, was_low=was_low)
            await _tell(session, low if is_low else roomy, is_news=is_low is not was_low)

    async def _judge(self, fact: Fact) -> None:
        now = clock.now()
        wrong = self._troubles[fact.id] = alarms.trouble(str(fact.data["found"]), self._troubles.get(fact.id), now)
        values = {name: str(value) for name, value in fact.finding.values.items()}
        name, reason = _NAMES[fact.id], fact.finding.id
        down = UpstreamDown(actor=SYSTEM, subject_id=fact.id, audience=ADMINS, name=name, reason=reason, values=values)
        back = UpstreamBack(actor=SYSTEM, subject_id=fact.id, audience=ADMINS, name=name)
        async with self._db.transaction() as session:
            was_down = await _was(session, down, UpstreamBack)
            is_down = alarms.is_down(wrong, now, was_down=was_down)
            await _tell(session, down if is_down else back, is_news=is_down is not was_down)


async def _tell(session: AsyncSession, event: Event, *, is_news: bool) -> None:
    if is_news:
        await journal.record(session, event)


async def _was(session: AsyncSession, bad: Event, good: type[Event]) -> bool:
    """Whether the last that was told of the subject is that it is bad."""
    last = await session.run_sync(_last, bad, good)
    return last is not None and last.kind == bad.kind


def _last(session: Session, event: Event, *others: type[Event]) -> Entry | None:
    """What was told last of this event's subject, of this kind and others."""
    kinds = frozenset({event.kind, *(other.kind for other in others)})
    sought = Sought(kinds=kinds, subject=(event.subject_type, event.subject_id))
    found: Sequence[Entry] = journal_pages.page(session, sought, limit=1).items
    return found[0] if found else None
