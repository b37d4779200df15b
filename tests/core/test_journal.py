"""The journal: what happened is heard exactly once, also after a crash, and a listener that fails holds up nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock, journal, journal_pages
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.errors import Conflict, NotFound
from medianest.core.event import ADMINS, Event, people
from medianest.core.jobs import JobRunRow
from medianest.core.journal import Dispatcher, Entry, Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(Event):
    kind: ClassVar[str] = "bell.rang"
    subject_type: ClassVar[str] = "bell"

    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fell(Event):
    kind: ClassVar[str] = "bell.fell"
    subject_type: ClassVar[str] = "bell"
    keep: ClassVar[timedelta] = timedelta(0)


def rang(subject: str = "front", **fields: int) -> Rang:
    return Rang(actor=SYSTEM, subject_id=subject, audience=ADMINS | people(["alice"]), **fields)


async def say(db: Database, *events: Event) -> None:
    async with db.transaction() as session:
        for event in events:
            await journal.record(session, event)


async def heard(db: Database) -> list[str]:
    return await db.read(lambda session: list(session.scalars(select(JobRunRow.job).order_by(JobRunRow.id))))


async def write_down(session: AsyncSession, entry: Entry) -> None:
    row = {"job": f"{entry.subject_id}:{entry.data.get('times')}", "started_at": clock.now(), "summary": ""}
    await session.execute(insert(JobRunRow).values(row))


@asynccontextmanager
async def listening(
    db: Database, *handles: tuple[str, Callable[[AsyncSession, Entry], Awaitable[None]]]
) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(
        db, [Listener(name=name, kinds=frozenset({"bell.rang"}), handle=do) for name, do in handles]
    )
    await dispatcher.prepare()
    task = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Awaitable[bool]], db: Database) -> None:
    """Wait for a condition on the database, looking again after each commit."""
    changed = asyncio.Event()
    db.after_commit(lambda _tables: changed.set())
    async with asyncio.timeout(10):
        while not await condition():
            changed.clear()
            await asyncio.wait_for(changed.wait(), 5)


async def test_an_entry_keeps_who_what_and_for_whom(db: Database) -> None:
    await say(db, rang(times=3))
    (entry,) = await db.read(journal.after, 0)
    assert (entry.kind, entry.subject_type, entry.subject_id, entry.data) == (
        "bell.rang",
        "bell",
        "front",
        {"times": 3},
    )
    assert entry.audience == {"role:admin", "user:alice"}
    assert (entry.actor_name, entry.via) == ("MediaNest", "system")


async def test_what_is_taken_back_was_never_recorded(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as session:
            await journal.record(session, rang())
            raise ZeroDivisionError
    assert await db.read(journal.newest_id) == 0


async def test_a_listener_hears_each_entry_once_and_in_order(db: Database) -> None:
    async with listening(db, ("ear", write_down)):
        for number in range(5):
            await say(db, rang(times=number), Fell(actor=SYSTEM, subject_id="x", audience=ADMINS))
        await until(lambda: _count(db, 5), db)
    assert await heard(db) == [f"front:{number}" for number in range(5)]


async def test_what_was_recorded_while_nobody_ran_is_heard_later(db: Database) -> None:
    async with listening(db, ("ear", write_down)):
        pass
    await say(db, rang(times=1), rang(times=2))
    async with listening(db, ("ear", write_down)):
        await until(lambda: _count(db, 2), db)
    async with listening(db, ("ear", write_down)):
        await say(db, rang(times=3))
        await until(lambda: _count(db, 3), db)
    assert await heard(db) == ["front:1", "front:2", "front:3"]


async def test_a_failing_listener_tries_again_and_what_it_wrote_is_taken_back(db: Database) -> None:
    failures = 2

    async def stumble(session: AsyncSession, entry: Entry) -> None:
        nonlocal failures
        await write_down(session, entry)
        if failures:
            failures -= 1
            raise ValueError("not yet")

    async with listening(db, ("stumbler", stumble)):
        await say(db, rang())
        await until(lambda: _count(db, 1), db)
    assert await heard(db) == ["front:1"]


async def test_an_entry_that_never_works_is_parked_and_the_others_go_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_PAUSES", (timedelta(0), timedelta(0)))
    broken = True

    async def picky(session: AsyncSession, entry: Entry) -> None:
        if broken and entry.data["times"] == 13:
            raise ValueError("thirteen")
        await write_down(session, entry)

    async with listening(db, ("picky", picky), ("ear", write_down)) as dispatcher:
        await say(db, rang(times=13), rang(times=14))
        await until(lambda: _count(db, 3), db)
        (letter,) = (await db.read(journal_pages.dead_letters)).items
        assert (letter.listener, letter.entry.data["times"], "thirteen" in letter.error) == ("picky", 13, True)
        with pytest.raises(Conflict):
            await dispatcher.retry(letter.id)
        assert (await db.read(journal_pages.dead_letters)).items == [letter]
        broken = False
        await dispatcher.retry(letter.id)
        assert (await db.read(journal_pages.dead_letters)).items == []
        with pytest.raises(NotFound):
            await dispatcher.retry(letter.id)
    assert sorted(await heard(db)) == ["front:13", "front:13", "front:14", "front:14"]


async def test_what_is_too_old_goes_unless_a_listener_still_needs_it(db: Database) -> None:
    async with listening(db, ("ear", write_down)):
        pass
    await say(db, Fell(actor=SYSTEM, subject_id="x", audience=ADMINS), rang())
    later = clock.now() + timedelta(days=1)
    async with db.transaction() as session:
        assert await journal.purge(session, now=later) == 0
    async with listening(db, ("ear", write_down)):
        await until(lambda: _count(db, 1), db)
    async with db.transaction() as session:
        assert await journal.purge(session, now=later) == 1
    assert [entry.kind for entry in await db.read(journal.after, 0)] == ["bell.rang"]


async def _count(db: Database, number: int) -> bool:
    return len(await heard(db)) == number
