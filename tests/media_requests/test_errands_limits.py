"""How long what was said is tried to be brought, and how much of what came to nothing is kept."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.core.i18n import msg
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errand_book import ErrandBook
from medianest.media_requests.errands import Errands
from medianest.media_requests.errors import ServerAway
from medianest.media_requests.models import ErrandRow
from tests.media_requests.house import CORA, House

SOON_S = 20
KEPT = 200


@pytest.fixture
def errands(house: House, db: Database) -> Errands:
    """Nobody waits for them."""
    return Errands(ErrandBook(db), patience_s=0, pause=timedelta())


async def over(errands: Errands, *subjects: str) -> None:
    async with asyncio.timeout(SOON_S):
        while any(errands.under_way(subject) for subject in subjects):
            await asyncio.to_thread(bool)


async def test_who_is_told_that_it_is_on_its_way_has_it_written_down(errands: Errands, db: Database) -> None:
    arrives = asyncio.Event()

    async def bring(_errand: Errand, _actor: Actor, _again: bool) -> None:
        await arrives.wait()

    errands.carry({What.DECLINE: bring})
    said = Errand(what=What.DECLINE, subject_id="film", by="cora")
    async with db.transaction():
        running = asyncio.create_task(errands.run(said, CORA))
        for _ in range(10):
            await db.answers()
        assert not running.done()
    assert await running is None
    assert [one.id for one in await ErrandBook(db).all()] == [said.id]
    arrives.set()
    await over(errands, "film")


@pytest.mark.parametrize(("age", "tries", "code"), [(23.9, 3, None), (24.1, 1, ServerAway.default_code)])
async def test_it_is_tried_for_a_day(errands: Errands, age: float, tries: int, code: str | None) -> None:
    begins, tried = asyncio.Event(), 0

    async def bring(_errand: Errand, _actor: Actor, _again: bool) -> str:
        nonlocal tried
        await begins.wait()
        tried += 1
        if tried < 3:
            raise ServerAway(msg("requests.away"))
        return "there"

    errands.carry({What.DECLINE: bring})
    said = Errand(what=What.DECLINE, subject_id="film", by="cora", at=clock.now() - timedelta(hours=age))
    assert await errands.run(said, CORA) is None
    begins.set()
    await over(errands, "film")
    assert (tried, [one.trouble and one.trouble.code for one in errands.about("film")]) == (
        tries,
        [code] if code else [],
    )


async def test_of_what_came_to_nothing_the_newest_are_kept(errands: Errands, db: Database) -> None:
    begins, films = asyncio.Event(), [f"film-{number}" for number in range(KEPT + 5)]

    async def bring(_errand: Errand, _actor: Actor, _again: bool) -> None:
        await begins.wait()
        raise Forbidden(msg("requests.may_not_decide"))

    errands.carry({What.DECLINE: bring})
    for film in films:
        assert await errands.run(Errand(what=What.DECLINE, subject_id=film, by="cora"), CORA) is None
    begins.set()
    await over(errands, *films)
    kept = [film for film in films if errands.about(film)]
    assert kept == films[5:]
    rows = await db.read(lambda session: session.scalars(select(ErrandRow.subject_id).order_by(ErrandRow.at)).all())
    assert rows == kept
