"""What becomes of requests when somebody leaves the household."""

from sqlalchemy import insert

from medianest.accounts.events import UserRemoved
from medianest.core import journal
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.media_requests import listeners, models, problem_queries, queries
from medianest.media_requests.errand import Errand, What
from medianest.media_requests.errand_book import ErrandBook
from medianest.media_requests.problems import Problems
from medianest.media_requests.types import ProblemKind, Wish
from tests.fakes.overseerr import May
from tests.media_requests.conftest import ALICE, DUNE, MATRIX, THE_MATRIX
from tests.media_requests.house import ADAM, ANNA, BERT, House


async def leave(db: Database, name: str) -> None:
    (listener,) = listeners.listeners()
    assert listener.kinds == {"user.removed"}
    async with db.transaction() as session:
        event = UserRemoved(actor=ADAM, subject_id=name, audience=ADMINS, name=f"former-{name}", heir_id="adam")
        await journal.record(session, event)
    entry = [entry for entry in await db.read(journal.after, 0) if entry.kind == UserRemoved.kind][-1]
    for _ in range(2):
        async with db.transaction() as session:
            await listener.handle(session, entry)


async def test_requests_go_to_who_follows_them_else_to_who_looks_after_the_house(house: House, db: Database) -> None:
    followed = (await house.requests.ask(ANNA, THE_MATRIX)).request
    alone = (await house.requests.ask(ANNA, Wish(title=DUNE))).request
    await house.requests.follow(BERT, followed.id)
    async with db.transaction() as session:
        await session.execute(insert(models.UpstreamPersonRow).values(user_id="anna", upstream_id=2))

    await leave(db, "anna")

    owners = {request.id: (request.owner_id, request.asked_by_id, request.followers) for request in await house.all()}
    assert owners == {followed.id: ("bert", "bert", frozenset()), alone.id: ("adam", "adam", frozenset())}
    assert await db.read(queries.mapped_person, "anna") is None
    assert len(house.overseerr.wishes) == 2
    told = [entry for entry in await db.read(journal.after, 0) if entry.kind == "media_requests.handed_over"]
    assert [entry.data for entry in told] == [{"name": "former-anna", "number": 2}]
    assert "user:bert" in told[0].audience


async def test_follows_end_with_who_followed(house: House, db: Database) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    await house.requests.follow(BERT, asked.id)
    await leave(db, "bert")
    assert (await house.now(asked)).followers == set()
    assert "media_requests.handed_over" not in [entry.kind for entry in await db.read(journal.after, 0)]


async def test_what_they_reported_stays_as_somebodys_who_left(house: House, db: Database) -> None:
    house.overseerr.users[ALICE - 1].permissions |= May.CREATE_ISSUES
    await house.requests.ask(ANNA, THE_MATRIX)
    problems = Problems(db, house.requests.connection, house.requests.whom, house.requests.errands)
    await problems.report(ANNA, MATRIX, ProblemKind.AUDIO, "No sound")
    await leave(db, "anna")
    page = await db.read(problem_queries.listing, ADAM)
    assert [(one.reporter_id, one.reporter) for one in page.items] == [(None, "former-anna")]


async def test_what_they_said_and_is_not_there_goes_nowhere(house: House, db: Database) -> None:
    book = ErrandBook(db)
    theirs, others = (Errand(what=What.APPROVE, subject_id="film", by=name) for name in ("anna", "bert"))
    for errand in (theirs, others):
        await book.begin(errand)
    await leave(db, "anna")
    assert [one.id for one in await book.all()] == [others.id]
