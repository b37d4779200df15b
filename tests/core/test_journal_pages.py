"""Looking into the journal: every filter finds what it says, pages stay where they are, and no question is slow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any, ClassVar

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from medianest.core import clock, journal, journal_pages
from medianest.core.actor import NOBODY, SYSTEM, Actor, Role, Via
from medianest.core.db import Database
from medianest.core.errors import Invalid
from medianest.core.event import ADMINS, Event, topics
from medianest.core.journal_pages import PORTAL, Sought
from medianest.core.journal_tables import DeadLetterRow
from medianest.core.paging import encode_cursor

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
ALICE = Actor(id="alice", name="Alice", role=Role.ADMIN, permissions=frozenset(), via=Via.WEB)
BOB = replace(ALICE, id="bob", name="Bob", via=Via.API)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baked(Event):
    kind: ClassVar[str] = "bread.baked"
    subject_type: ClassVar[str] = "bread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eaten(Event):
    kind: ClassVar[str] = "bread.eaten"
    subject_type: ClassVar[str] = "bread"
    topic: ClassVar[str] = "meal"


@pytest.fixture
async def kitchen(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A journal of ten entries, one each hour."""
    doers = (ALICE, BOB, SYSTEM, NOBODY, replace(ALICE, via=Via.CLI))
    for number, (actor, what) in enumerate(product(doers, (Baked, Eaten))):
        at = START + timedelta(hours=number)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        async with db.transaction() as session:
            await journal.record(session, what(actor=actor, subject_id=f"loaf-{number % 3}", audience=ADMINS))
    return db


@pytest.mark.parametrize(
    ("sought", "ids"),
    [
        (Sought(), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (Sought(actor_id="alice"), [10, 9, 2, 1]),
        (Sought(actor_id=PORTAL), [6, 5]),
        (Sought(actor_id="nobody-we-know"), []),
        (Sought(via=Via.CLI), [10, 9]),
        (Sought(kinds=frozenset({"bread.eaten"})), [10, 8, 6, 4, 2]),
        (Sought(kinds=frozenset({"bread.eaten", "bread.baked", "bread.lost"})), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (Sought(kinds=frozenset()), []),
        (Sought(subject=("bread", "loaf-1")), [8, 5, 2]),
        (Sought(since=START + timedelta(hours=7)), [10, 9, 8]),
        (Sought(until=START + timedelta(hours=2)), [2, 1]),
        (Sought(since=START + timedelta(hours=1), until=START + timedelta(hours=3)), [3, 2]),
        (Sought(actor_id="alice", via=Via.WEB, kinds=frozenset({"bread.baked"})), [1]),
    ],
)
async def test_each_filter_finds_what_it_says(kitchen: Database, sought: Sought, ids: list[int]) -> None:
    assert [entry.id for entry in (await kitchen.read(journal_pages.page, sought)).items] == ids
    assert await in_pages(kitchen, sought, limit=2) == ids


async def in_pages(db: Database, sought: Sought, *, limit: int) -> list[int]:
    page = await db.read(journal_pages.page, sought, limit=limit)
    ids = [entry.id for entry in page.items]
    while page.next_cursor:
        page = await db.read(journal_pages.page, sought, limit=limit, cursor=page.next_cursor)
        ids += [entry.id for entry in page.items]
    return ids


async def test_pages_stay_where_they_are_while_more_happens(kitchen: Database) -> None:
    first = await kitchen.read(journal_pages.page, limit=4)
    async with kitchen.transaction() as session:
        await journal.record(session, Baked(actor=BOB, subject_id="late", audience=ADMINS))
    second = await kitchen.read(journal_pages.page, limit=4, cursor=first.next_cursor)
    assert [entry.id for entry in (*first.items, *second.items)] == [10, 9, 8, 7, 6, 5, 4, 3]


async def test_entries_of_one_moment_are_neither_lost_nor_told_twice(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: START)
    async with db.transaction() as session:
        for what in (Baked, Eaten, Baked, Eaten, Baked):
            await journal.record(session, what(actor=ALICE, subject_id="loaf", audience=ADMINS))
    assert await in_pages(db, Sought(), limit=2) == [5, 4, 3, 2, 1]
    assert await in_pages(db, Sought(kinds=frozenset({"bread.baked", "bread.eaten"})), limit=2) == [5, 4, 3, 2, 1]


async def test_a_cursor_of_another_list_is_refused(kitchen: Database) -> None:
    with pytest.raises(Invalid) as caught:
        await kitchen.read(journal_pages.page, cursor=encode_cursor(7))
    assert caught.value.code == "bad_cursor"


def questions() -> Iterator[tuple[Sought, str | None]]:
    """Every way to put the filters together, with one kind: several are asked for one by one."""
    yesterday, cursor = START - timedelta(days=1), encode_cursor(START, 4)
    for kinds, actor, via, subject, since, until, after in product(
        (None, frozenset({"bread.baked"})), (None, "alice", PORTAL), (None, Via.API), (None, ("bread", "loaf-1")),
        (None, yesterday), (None, START), (None, cursor),
    ):  # fmt: skip
        yield Sought(kinds=kinds, actor_id=actor, via=via, subject=subject, since=since, until=until), after


def index_for(sought: Sought) -> str:
    if sought.subject:
        return "ix_journal_subject"
    if sought.kinds:
        return "ix_journal_kind"
    if sought.actor_id:
        return "ix_journal_actor"
    return "ix_journal_via" if sought.via else "ix_journal_at"


async def test_every_question_goes_straight_to_its_index_and_nothing_is_sorted(kitchen: Database) -> None:
    found = {}
    for sought, cursor in questions():
        (plan,) = await kitchen.read(plans_of, partial(journal_pages.page, sought=sought, cursor=cursor))
        narrows = sought != Sought() or cursor
        found[sought, cursor] = (plan, [f"{'SEARCH' if narrows else 'SCAN'} journal USING INDEX {index_for(sought)}"])
    assert {question: plan for question, (plan, meant) in found.items() if plan != meant} == {}
    assert len(found) == 192


def plans_of(session: Session, query: Callable[[Session], Any]) -> list[list[str]]:
    """How SQLite goes about each thing that is asked of it."""
    connection, said = session.connection(), []

    def note(_connection: object, _cursor: object, sql: str, values: Any, _context: object, _many: bool) -> None:
        said.append((sql, values))

    event.listen(connection, "before_cursor_execute", note)
    query(session)
    event.remove(connection, "before_cursor_execute", note)
    explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in said]
    return [[step.detail.partition(" (")[0] for step in steps] for steps in explained]


async def test_dead_letters_come_in_pages_newest_first_and_are_counted(kitchen: Database) -> None:
    async with kitchen.transaction() as session:
        for number in range(1, 6):
            letter = {"listener": "ear", "entry_id": number, "error": "deaf", "at": START}
            await session.execute(insert(DeadLetterRow).values(letter))
    assert await kitchen.read(journal_pages.dead_letter_count) == 5
    found, cursor = [], None
    for _ in range(3):
        page = await kitchen.read(journal_pages.dead_letters, cursor=cursor, limit=2)
        found.append([letter.entry.id for letter in page.items])
        cursor = page.next_cursor
    assert (found, cursor) == ([[5, 4], [3, 2], [1]], None)


def test_kinds_belong_to_the_topic_of_their_first_word_unless_they_say_another() -> None:
    assert topics()["bread"] == {"bread.baked"}
    assert topics()["meal"] == {"bread.eaten"}
    assert not any("." in topic for topic in topics())
