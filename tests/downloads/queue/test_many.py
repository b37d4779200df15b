"""However many rows there are, what is asked of the queue all the time costs the same, and the counts are true."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.orm import Session

from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.downloads import queries
from medianest.downloads.models import DownloadRow, FollowerRow
from medianest.downloads.ordering import Sort
from medianest.downloads.types import Counts, Download, State
from tests.downloads.queue import many
from tests.downloads.queue.many import Question
from tests.household import cast

FEW, MANY = 1_000, 10_000
FOLLOWED = ["0000003", "0000004", "0000120"]
STEPS_OF_A_PULSE = 20


@pytest.fixture
async def people(db: Database) -> dict[str, Actor]:
    return await cast(db)


async def fill(db: Database, people: dict[str, Actor], numbers: range) -> None:
    owners = [actor.id for name, actor in people.items() if actor.id and name != "Kim"]
    async with db.transaction() as session:
        await session.execute(insert(DownloadRow), list(many.rows(numbers, owners)))


async def follow(db: Database, child: Actor) -> None:
    async with db.transaction() as session:
        follows = [{"download_id": id, "user_id": child.id} for id in FOLLOWED]
        await session.execute(insert(FollowerRow), follows)


def steps(session: Session, ask: Question) -> int:
    """How much SQLite does for an answer, in steps of its machine; its first look at a connection's schema is none."""
    ask(session)
    pulses = 0

    def pulse() -> int:
        nonlocal pulses
        pulses += 1
        return 0

    connection: Any = session.connection().connection.driver_connection
    connection.set_progress_handler(pulse, STEPS_OF_A_PULSE)
    ask(session)
    connection.set_progress_handler(None, 0)
    return pulses * STEPS_OF_A_PULSE


def plans(session: Session, ask: Question) -> list[str]:
    """How SQLite goes about it."""
    said: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_c: object, _cursor: object, sql: str, values: Any, _context: object, _many: bool) -> None:
        said.append((sql, values))

    event.listen(connection, "before_cursor_execute", note)
    ask(session)
    event.remove(connection, "before_cursor_execute", note)
    explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in said]
    return [row.detail for rows in explained for row in rows]


async def test_ten_times_the_rows_are_no_more_work(db: Database, people: dict[str, Actor]) -> None:
    async def costs(number: int) -> dict[str, int]:
        asked = many.questions(people["Alice"], people["Kim"], number=number)
        return {name: await db.read(steps, ask) for name, ask in asked.items()}

    await fill(db, people, range(FEW))
    await follow(db, people["Kim"])
    few = await costs(FEW)
    await fill(db, people, range(FEW, MANY))
    grown = {name: (few[name], cost) for name, cost in (await costs(MANY)).items() if cost > 2 * few[name] + 500}
    assert grown == {}


async def test_no_question_reads_through_the_downloads(db: Database, people: dict[str, Actor]) -> None:
    await fill(db, people, range(FEW))
    for name, ask in many.questions(people["Alice"], people["Kim"], number=FEW).items():
        told = await db.read(plans, ask)
        assert told, name
        assert [step for step in told if step.startswith("SCAN downloads")] == [], name


@pytest.mark.parametrize("sort", list(Sort))
async def test_page_by_page_everything_comes_once_in_order(db: Database, people: dict[str, Actor], sort: Sort) -> None:
    await fill(db, people, range(FEW))
    await follow(db, people["Kim"])
    async with db.transaction() as session:
        await session.execute(update(DownloadRow).values(priority=DownloadRow.position % 3))
        await session.execute(update(DownloadRow).where(DownloadRow.position < 40).values(position=7))
    keys: dict[Sort, Callable[[Download], Any]] = {
        Sort.POSITION: lambda one: (-one.priority, one.position, one.id),
        Sort.CREATED: lambda one: (one.created_at, one.id),
        Sort.FINISHED: lambda one: (one.finished_at, one.id),
    }
    for actor in (people["Alice"], people["Kim"]):
        for mine in (False, True):
            found = await _through(db, actor, sort, mine=mine)
            everything = await db.read(lambda session, who=actor, own=mine: _slowly(session, who, sort, mine=own))
            assert {one.id for one in found} == everything
            assert len(found) == len(everything)
            ordered = sorted(found, key=keys[sort], reverse=sort is not Sort.POSITION)
            assert [one.id for one in found] == [one.id for one in ordered]


async def _through(db: Database, actor: Actor, sort: Sort, *, mine: bool) -> list[Download]:
    found: list[Download] = []
    cursor = None
    while True:
        page = await db.read(queries.listing, actor, sort=sort, mine=mine, cursor=cursor, limit=37)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def _slowly(session: Session, actor: Actor, sort: Sort, *, mine: bool) -> set[str]:
    rows = session.execute(select(DownloadRow.id, DownloadRow.owner_id, DownloadRow.finished_at)).all()
    sees_all = actor.name != "Kim" and not mine
    theirs = [
        row for row in rows if sees_all or row.owner_id == actor.id or (actor.name == "Kim" and row.id in FOLLOWED)
    ]
    return {row.id for row in theirs if sort is not Sort.FINISHED or row.finished_at}


async def test_the_counts_are_true_whatever_happens_to_rows(db: Database, people: dict[str, Actor]) -> None:
    def counted(session: Session, actor: Actor) -> Counts:
        query = select(DownloadRow.state, func.count()).group_by(DownloadRow.state)
        if actor.name == "Kim":
            query = query.where((DownloadRow.owner_id == actor.id) | DownloadRow.id.in_(FOLLOWED))
        return Counts(**{str(state): number for state, number in session.execute(query)})

    row = DownloadRow
    await fill(db, people, range(FEW))
    await follow(db, people["Kim"])
    changes = [
        update(row).where(row.position < 100).values(state=State.FAILED, waits_for=None),
        update(row).where(row.position.between(90, 300)).values(owner_id=people["Kim"].id, site="elsewhere.example"),
        update(row).where(row.position == 3).values(title="Another one"),
        row.__table__.delete().where(row.position.between(200, 400)),
    ]
    for change in changes:
        async with db.transaction() as session:
            await session.execute(change)
        for actor in (people["Alice"], people["Kim"]):
            assert await db.read(queries.counts, actor) == await db.read(counted, actor)
