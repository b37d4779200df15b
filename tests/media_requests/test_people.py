"""As whom people ask: who says so, what they may there, and how much is left to them."""

import pytest
from sqlalchemy import insert

from medianest.accounts.errors import NoSuchUser
from medianest.core import clock
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.journal import after
from medianest.media_requests.errors import NoAccount
from medianest.media_requests.people import People
from medianest.media_requests.permits import Permits
from medianest.media_requests.types import Allowance, MediaType, Wish
from medianest.plex.models import PersonRow
from tests.fakes.overseerr import May, Overseerr
from tests.media_requests.conftest import ALICE, BAD, BOB, THE_MATRIX
from tests.media_requests.house import ADAM, ANNA, BERT, CORA, KIM, House


@pytest.fixture
def people(house: House, db: Database) -> People:
    return People(db, house.requests.connection, house.requests.whom)


async def test_an_administrator_says_as_whom_somebody_asks(people: People, house: House, db: Database) -> None:
    with pytest.raises(NoAccount):
        await house.requests.ask(CORA, THE_MATRIX)
    assert [person.name for person in await people.there(ADAM)] == ["alice", "bob", "owner"]
    await people.map(ADAM, "cora", BOB)

    await house.requests.ask(CORA, THE_MATRIX)
    assert house.overseerr.wishes[0].by.id == BOB
    askers = {asker.user.id: asker.mapped_to for asker in await people.askers(ADAM)}
    assert askers == {"adam": None, "anna": None, "bert": None, "cora": BOB, "kim": None}

    await people.map(ADAM, "cora", None)
    with pytest.raises(NoAccount):
        await people.allowances(CORA)
    assert [entry.kind for entry in await db.read(after, 0)].count("media_requests.person_mapped") == 2


async def test_only_administrators_say_so_and_only_of_what_there_is(people: People) -> None:
    for refused in (people.map(CORA, "cora", BOB), people.askers(ANNA), people.there(BERT)):
        with pytest.raises(Forbidden):
            await refused
    with pytest.raises(Invalid):
        await people.map(ADAM, "cora", 999)
    with pytest.raises(NoSuchUser):
        await people.map(ADAM, "nobody", BOB)


async def test_who_has_a_plex_account_is_told_apart(people: People, db: Database) -> None:
    async with db.transaction() as session:
        row = {"plex_id": 1002, "user_id": "anna", "name": "anna", "linked_at": clock.now()}
        await session.execute(insert(PersonRow).values(**row))
    assert [asker.user.id for asker in await people.askers(ADAM) if asker.is_linked] == ["anna"]


async def test_what_is_left_is_known_before_asking(people: People, house: House, overseerr: Overseerr) -> None:
    overseerr.users[ALICE - 1].movie_quota, overseerr.users[ALICE - 1].tv_quota = (2, 7), (5, 30)
    await house.requests.ask(ANNA, THE_MATRIX)
    await house.requests.ask(ANNA, Wish(title=BAD, seasons=(1, 2)))

    left = await people.allowances(ANNA)

    assert left.movie == Allowance(used=1, limit=2, remaining=1, days=7)
    assert left.tv == Allowance(used=2, limit=5, remaining=3, days=30)
    assert (await people.allowances(BERT)).movie.remaining is None
    with pytest.raises(Forbidden):
        await people.allowances(KIM, for_user="anna")
    assert (await people.allowances(CORA, for_user="anna")).movie.used == 1


async def test_what_somebody_may_there_is_read_once_a_minute(people: People, overseerr: Overseerr) -> None:
    overseerr.users[ALICE - 1].permissions |= May.REQUEST_4K
    for _ in range(3):
        permits = await people.permits(ANNA)
    assert (permits.asks(MediaType.MOVIE), permits.asks_in_4k(MediaType.TV), permits.reports()) == (True, True, False)
    assert len(overseerr.asked("/api/v1/auth/me")) == 1
    assert not (await people.permits(BERT)).asks_in_4k(MediaType.MOVIE)


def test_bits_of_a_newer_server_are_nothing() -> None:
    newer = Permits(bits=1 << 40)
    assert not any((newer.asks(MediaType.MOVIE), newer.asks_in_4k(MediaType.TV), newer.reports()))
    assert Permits(bits=2).reports()
    assert [Permits(bits=262_144).asks(kind) for kind in MediaType] == [True, False]
    assert [Permits(bits=4096).asks_in_4k(kind) for kind in MediaType] == [False, True]
