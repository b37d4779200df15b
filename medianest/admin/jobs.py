"""What looking after the installation does by itself."""

from collections.abc import Callable, Sequence
from datetime import time, timedelta

from medianest.admin.backups import Backups
from medianest.admin.events import BackupFailed
from medianest.admin.upkeep import Upkeep
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job

_BATCH = 5000


def jobs(database: Database, backups: Backups, settings: Callable[[], Settings]) -> Sequence[Job]:
    """The daily backup, if one is wanted, and the end of old entries; `settings` are those that hold at that moment."""

    async def back_up() -> Message:
        wanted = settings().backups
        made = await backups.make(SYSTEM, passphrase=wanted.passphrase.get_secret_value())
        larger = await backups.rotate(SYSTEM, keep=wanted.keep)
        if larger:
            return msg("admin.backup_shrunk", name=made.name, larger=larger.name)
        return msg("admin.backup_made", name=made.name)

    async def purge_journal() -> Message | None:
        purged = await _purge(database, keep=settings().journal.keep)
        return msg("admin.journal_purged", n=purged) if purged else None

    def failed(error: str) -> BackupFailed:
        return BackupFailed(actor=SYSTEM, subject_id="", audience=ADMINS, error=error)

    purging = Job(name="purge_journal", daily_at=time(4, 10), run=purge_journal)
    daily_at = settings().backups.daily_at
    return [Job(name="backup", daily_at=daily_at, run=back_up, failed=failed), purging] if daily_at else [purging]


def of_upkeep(upkeep: Upkeep) -> Sequence[Job]:
    """What looks whether something goes wrong that nobody would see at once."""
    return [
        Job(name="house", every=timedelta(hours=1), run=upkeep.look_at_house),
        Job(name="upstreams", every=timedelta(minutes=2), run=upkeep.look_at_upstreams),
    ]


async def _purge(database: Database, *, keep: timedelta) -> int:
    """In batches, so that nobody waits long for the writer; what became free goes back to the file system."""
    purged = 0
    while True:
        async with database.transaction() as session:
            batch = await journal.purge(session, now=clock.now(), keep=keep, limit=_BATCH)
        purged += batch
        if batch < _BATCH:
            await database.reclaim()
            return purged
