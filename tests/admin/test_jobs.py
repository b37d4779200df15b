"""What looking after the installation does by itself."""

import asyncio
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from medianest.admin import sealing
from medianest.admin.backups import Backups
from medianest.admin.events import BackupDeleted
from medianest.admin.jobs import jobs
from medianest.core import clock, journal, journal_pages
from medianest.core.actor import SYSTEM
from medianest.core.config import BackupsSettings, JournalSettings, PathsSettings, Settings
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.i18n import Catalogues
from medianest.core.jobs import Job
from medianest.core.journal_tables import EntryRow
from medianest.core.scheduler import Scheduler


def named(db: Database, backups: Backups, settings: Settings) -> dict[str, Job]:
    return {job.name: job for job in jobs(db, backups, lambda: settings)}


async def test_the_daily_backup_is_made_sealed_and_rotated_as_the_settings_say(
    db: Database, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_COST_LOG2", 4)
    settings = Settings.model_validate({"backups": {"keep": 2, "daily_at": "04:05", "passphrase": "correct horse"}})
    job = named(db, backups, settings)["backup"]
    assert job.daily_at == time(4, 5)
    for _ in range(3):
        told = await job.run()
    kept = await backups.listing()
    assert len(kept) == 2
    assert all(backup.sealed for backup in kept)
    assert told
    assert told.values["name"] == kept[0].name


async def test_no_daily_backup_is_made_where_none_is_wanted(db: Database, backups: Backups) -> None:
    assert "backup" not in named(db, backups, Settings(backups=BackupsSettings(daily_at=None)))


async def test_data_that_shrank_is_told_and_the_larger_backup_kept(
    db: Database, backups: Backups, tmp_path: Path
) -> None:
    async with db.transaction() as session:
        await session.execute(text("CREATE TABLE filler AS SELECT hex(randomblob(200000)) AS x"))
    large = await backups.make(SYSTEM)
    async with db.transaction() as session:
        await session.execute(text("DROP TABLE filler"))
    job = named(db, backups, Settings(backups=BackupsSettings(keep=1)))["backup"]
    for _ in range(2):
        told = await job.run()
        assert told
        assert told.values["larger"] == large.name
        assert large.name in Catalogues().of("en").say(told)
    assert [backup.name for backup in await backups.listing()][-1] == large.name
    assert len(await backups.listing()) == 2


async def test_old_entries_of_the_journal_go_and_the_settings_shorten_their_time(
    db: Database, backups: Backups
) -> None:
    async with db.transaction() as session:
        for name in ("a", "b", "c"):
            await journal.record(session, BackupDeleted(actor=SYSTEM, subject_id=name, audience=ADMINS))
        for name, days in (("a", 20), ("b", 500)):
            at = clock.now() - timedelta(days=days)
            aged = {"at": at, "expires_at": at + timedelta(days=400)}
            await session.execute(update(EntryRow).where(EntryRow.subject_id == name).values(aged))

    async def left() -> list[str]:
        return [entry.subject_id for entry in (await db.read(journal_pages.page)).items]

    told = await named(db, backups, Settings())["purge_journal"].run()
    assert told
    assert told.values["n"] == 1
    assert await left() == ["c", "a"]
    await named(db, backups, Settings(journal=JournalSettings(keep_days=10)))["purge_journal"].run()
    assert await left() == ["c"]
    assert await named(db, backups, Settings())["purge_journal"].run() is None


async def test_every_job_has_a_name_for_people(db: Database, backups: Backups) -> None:
    english = Catalogues().of("en")
    assert all(english.lookup(f"jobs.{name}") for name in named(db, backups, Settings()))


async def test_a_backup_that_fails_is_told_as_such(db: Database, backups: Backups, paths: PathsSettings) -> None:
    paths.backups_dir.write_text("in the way")
    scheduler = Scheduler(db, list(named(db, backups, Settings()).values()))
    finished = asyncio.Event()
    db.after_commit(lambda tables: finished.set() if "journal" in tables else None)
    await scheduler.run_now(SYSTEM, "backup")
    async with asyncio.timeout(10):
        while "backup.failed" not in (kinds := [entry.kind for entry in await db.read(journal.after, 0)]):
            finished.clear()
            await finished.wait()
    await scheduler.stop()
    assert kinds == ["job.asked_for", "backup.failed"]
    failed = (await db.read(journal.after, 0))[-1]
    assert (failed.audience, bool(failed.data["error"])) == (ADMINS, True)
