"""A queue row has one holder; what a dead holder left is found."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Mapped

from medianest.core import clock, work
from medianest.core.db import Base, Database
from medianest.core.work import WorkColumns

HOUR = timedelta(hours=1)


class Errand(WorkColumns, Base):
    __tablename__ = "test_errands"

    state: Mapped[str]


@pytest.fixture
async def errand(db: Database) -> str:
    async with db.transaction() as session:
        await session.execute(insert(Errand).values(id="shop", state="open", attempts=0))
    return "shop"


async def state(db: Database) -> tuple[str, str | None, int]:
    columns = (Errand.state, Errand.lease_owner, Errand.attempts)
    return tuple(await db.read(lambda session: session.execute(select(*columns)).one()))  # type: ignore[return-value]


async def test_of_many_claimants_one_gets_the_row(db: Database, errand: str) -> None:
    async def try_it(owner: str) -> bool:
        async with db.transaction() as session:
            return await work.claim(session, Errand, errand, owner=owner, lease=HOUR, state="begun")

    won = await asyncio.gather(*(try_it(str(number)) for number in range(10)))
    assert won.count(True) == 1
    assert await state(db) == ("begun", str(won.index(True)), 1)


async def test_who_lost_the_lease_writes_nothing(db: Database, errand: str) -> None:
    async with db.transaction() as session:
        assert await work.claim(session, Errand, errand, owner="a", lease=HOUR)
        assert await work.take_back(session, Errand, errand, state="open")
        assert await work.claim(session, Errand, errand, owner="b", lease=HOUR)
        assert not await work.renew(session, Errand, errand, owner="a", lease=HOUR)
        assert not await work.release(session, Errand, errand, owner="a", state="done by a")
        assert await work.renew(session, Errand, errand, owner="b", lease=HOUR)
        assert await work.release(session, Errand, errand, owner="b", state="done by b")
    assert await state(db) == ("done by b", None, 2)


async def test_what_is_not_due_is_not_claimed(db: Database, errand: str) -> None:
    async with db.transaction() as session:
        await work.take_back(session, Errand, errand, due_at=clock.now() + HOUR)
        assert not await work.claim(session, Errand, errand, owner="a", lease=HOUR)
        await work.take_back(session, Errand, errand, due_at=clock.now() - HOUR)
        assert await work.claim(session, Errand, errand, owner="a", lease=HOUR)


async def test_the_leases_of_another_life_and_those_run_out_are_abandoned(db: Database, errand: str) -> None:
    async with db.transaction() as session:
        await work.claim(session, Errand, errand, owner="a", lease=HOUR)
        assert await work.abandoned(session, Errand, owner="a") == []
        assert await work.abandoned(session, Errand, owner="b") == [errand]
        await work.renew(session, Errand, errand, owner="a", lease=-HOUR)
        assert await work.abandoned(session, Errand, owner="a") == [errand]


@pytest.mark.parametrize(("attempt", "least", "most"), [(1, 5, 10), (2, 10, 20), (4, 40, 80), (9, 50, 100)])
def test_pauses_double_up_to_a_limit(attempt: int, least: int, most: int) -> None:
    pauses = [work.pause_before(attempt, base=timedelta(seconds=10), most=timedelta(seconds=100)) for _ in range(50)]
    assert all(timedelta(seconds=least) <= pause <= timedelta(seconds=most) for pause in pauses)
    assert len(set(pauses)) > 1
