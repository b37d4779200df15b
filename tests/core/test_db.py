"""The two ways to the data: snapshots for readers, one writer, versions that follow what was changed."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.db import Database, check
from medianest.core.errors import Unavailable
from medianest.core.jobs import JobRunRow


def names(session: Session) -> list[str]:
    return list(session.scalars(select(JobRunRow.job).order_by(JobRunRow.id)))


async def add(db: Database, name: str) -> None:
    async with db.transaction() as session:
        await session.execute(insert(JobRunRow).values(job=name, started_at=clock.now(), summary=""))


async def driver(db: Database) -> object:
    """The connection that writes, below all that wraps it."""
    async with db.transaction() as session:
        return (await (await session.connection()).get_raw_connection()).driver_connection


async def test_a_reader_sees_what_was_committed(db: Database) -> None:
    await add(db, "first")
    assert await db.read(names) == ["first"]


async def test_several_queries_are_one_hop_and_see_the_same_moment(db: Database) -> None:
    begun: list[object] = []
    event.listen(db._reader, "begin", begun.append)

    def meanwhile(session: Session) -> list[str]:
        """Somebody else writes between two of the queries."""
        with closing(sqlite3.connect(db.path)) as other, other:
            other.execute("INSERT INTO job_runs (job, started_at, summary) VALUES ('second', 0, '')")
        return names(session)

    await add(db, "first")
    assert await db.together(names, meanwhile, names) == (["first"], ["first"], ["first"])
    assert len(begun) == 1
    assert await db.read(names) == ["first", "second"]


async def test_an_error_takes_everything_back_and_advances_nothing(db: Database) -> None:
    before = db.versions.of("job_runs")
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as session:
            await session.execute(insert(JobRunRow).values(job="lost", started_at=clock.now(), summary=""))
            raise ZeroDivisionError
    assert await db.read(names) == []
    assert db.versions.of("job_runs") == before


async def test_a_commit_advances_the_versions_of_just_the_tables_it_changed(db: Database) -> None:
    runs, journal = db.versions.of("job_runs", "journal")
    await add(db, "one")
    async with db.transaction() as session:
        await session.execute(update(JobRunRow).values(summary="x"))
    assert db.versions.of("job_runs", "journal") == (runs + 2, journal)


async def test_hooks_run_after_the_commit_can_be_read(db: Database) -> None:
    seen: list[frozenset[str]] = []
    db.after_commit(seen.append)
    await add(db, "one")
    assert seen == [frozenset({"job_runs"})]


async def test_a_transaction_inside_a_transaction_is_refused(db: Database) -> None:
    async with db.transaction():
        with pytest.raises(RuntimeError, match="inside"):
            async with db.transaction():
                pass


async def test_transactions_of_two_tasks_take_turns(db: Database) -> None:
    await asyncio.gather(*(add(db, str(number)) for number in range(20)))
    assert len(await db.read(names)) == 20


async def test_who_is_cancelled_at_any_moment_leaves_the_writer_free_and_tells_what_was_committed(db: Database) -> None:
    async def write(name: str) -> None:
        async with db.transaction() as session:
            for number in range(3):
                row = {"job": name, "started_at": clock.now(), "summary": str(number)}
                await session.execute(insert(JobRunRow).values(**row))

    writer = await driver(db)
    told: list[frozenset[str]] = []
    db.after_commit(told.append)
    for moment in range(60):
        task = asyncio.create_task(write(f"{moment}"))
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    await add(db, "last")
    kept = Counter(await db.read(names))
    assert kept.pop("last") == 1
    assert set(kept.values()) <= {3}
    assert len(told) == len(kept) + 1
    assert await driver(db) is writer


async def test_time_that_is_over_in_a_transaction_is_over_once(db: Database) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), db.transaction() as session:
            endless = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT max(i) FROM n"
            )
            await session.execute(text(endless))
    await add(db, "after")
    assert await db.read(names) == ["after"]


async def test_a_reader_cannot_write(db: Database) -> None:
    def write(session: Session) -> None:
        session.execute(insert(JobRunRow).values(job="no", started_at=clock.now(), summary=""))

    with pytest.raises(OperationalError, match="readonly"):
        await db.read(write)


async def test_nobody_can_attach_another_file(db: Database, tmp_path: Path) -> None:
    statement = text(f"ATTACH '{tmp_path / 'other.db'}' AS other")
    with pytest.raises(OperationalError, match="too many attached"):
        await db.read(lambda session: session.execute(statement))
    async with db.transaction() as session:
        with pytest.raises(OperationalError):
            await session.execute(statement)


async def test_the_file_has_its_lasting_settings(db: Database) -> None:
    def pragmas(session: Session) -> list[object]:
        asked = ("journal_mode", "auto_vacuum", "foreign_keys", "mmap_size", "query_only", "wal_autocheckpoint")
        return [session.scalar(text(f"PRAGMA {name}")) for name in asked]

    assert await db.read(pragmas) == ["wal", 2, 1, 0, 1, 0]
    async with db.transaction() as session:
        assert await session.scalar(text("PRAGMA synchronous")) == 2


async def test_a_file_held_by_another_program_is_unavailable_in_words(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(text("PRAGMA busy_timeout=50"))
    other = sqlite3.connect(db.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable) as caught:
        await add(db, "late")
    other.close()
    assert caught.value.code == "database_busy"
    await add(db, "now")
    assert await db.read(names) == ["now"]


async def test_a_backup_holds_every_commit_and_is_checked(db: Database, tmp_path: Path) -> None:
    for number in range(101):
        await add(db, str(number))
    target = tmp_path / "copy.db"
    await db.backup(target)
    copy = sqlite3.connect(target)
    assert copy.execute("SELECT count(*) FROM job_runs").fetchone() == (101,)
    copy.close()
    assert target.stat().st_mode & 0o777 == 0o600
    assert check(target) == []


async def test_a_damaged_copy_is_thrown_away(db: Database, tmp_path: Path) -> None:
    spoiled = sqlite3.connect(db.path, isolation_level=None)
    spoiled.execute("INSERT INTO journal_dead_letters VALUES (1, 'x', 999, 'e', 0)")
    spoiled.close()
    with pytest.raises(Unavailable):
        await db.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_free_pages_go_back_to_the_file_system(db: Database) -> None:
    async with db.transaction() as session:
        rows = [{"job": "x" * 4000, "started_at": clock.now(), "summary": ""} for _ in range(200)]
        await session.execute(insert(JobRunRow), rows)
    async with db.transaction() as session:
        await session.execute(JobRunRow.__table__.delete())

    def free(session: Session) -> int:
        return int(session.scalar(text("PRAGMA freelist_count")) or 0)

    assert await db.read(free) > 100
    await db.reclaim()
    assert await db.read(free) == 0


async def test_who_is_cancelled_while_pages_go_back_lets_nobody_write_before_it_is_over(db: Database) -> None:
    writer = await driver(db)
    for moment in range(40):
        reclaiming = asyncio.create_task(db.reclaim())
        for _ in range(moment):
            await asyncio.sleep(0)
        reclaiming.cancel()
        await add(db, f"{moment}")
        await asyncio.wait([reclaiming])
    assert await db.read(names) == [f"{moment}" for moment in range(40)]
    assert await driver(db) is writer


async def test_acknowledged_rows_survive_a_reader_that_comes_and_goes(db: Database) -> None:
    """The backup is read by a connection of its own; SQLite's locks must outlive it (security.md, lesson 2)."""
    await db.backup(db.path.with_name("copy.db"))
    for number in range(50):
        await add(db, str(number))
    outside = sqlite3.connect(f"file:{db.path}?mode=ro", uri=True)
    assert outside.execute("SELECT count(*) FROM job_runs").fetchone() == (50,)
    outside.close()
    assert check(db.path) == []
