"""What was asked for in Overseerr itself is here, too: whose it is if that is known, and once."""

import pytest
from sqlalchemy import insert

from medianest.core import clock
from medianest.core.db import Database
from medianest.media_requests import models
from medianest.media_requests.errors import ServerAway, ThereAlready
from medianest.media_requests.types import State, Verdict, Wish
from medianest.plex.models import PersonRow
from tests.fakes.overseerr import Asked, Has
from tests.media_requests.conftest import ALICE, BAD, BOB, DUNE, THE_MATRIX
from tests.media_requests.house import ANNA, BERT, CORA, House


async def linked(db: Database, user_id: str, plex_id: int) -> None:
    async with db.transaction() as session:
        row = {"plex_id": plex_id, "user_id": user_id, "name": user_id, "linked_at": clock.now()}
        await session.execute(insert(PersonRow).values(**row))


async def test_it_appears_with_its_owner_by_plexs_number_else_the_administrators_word_else_nobody(
    house: House, db: Database
) -> None:
    await linked(db, "anna", 1002)
    async with db.transaction() as session:
        await session.execute(insert(models.UpstreamPersonRow).values(user_id="cora", upstream_id=BOB))
    stranger = house.overseerr.add("stranger").id
    asking = await house.asking()
    await asking.ask(THE_MATRIX, person=ALICE)
    await asking.ask(Wish(title=DUNE), person=BOB)
    await asking.ask(Wish(title=BAD, seasons=(1, 2)), person=stranger)

    assert await house.requests.reconcile() == 3

    found = {request.name: request for request in await house.all()}
    owners = {name: (request.owner_id, request.asker) for name, request in found.items()}
    assert owners == {
        "The Matrix": ("anna", "alice"),
        "Dune": ("cora", "bob"),
        "Breaking Bad": (None, "stranger"),
    }
    assert found["Breaking Bad"].wish.seasons == (1, 2)
    assert await house.events() == ["found"] * 3
    assert await house.requests.reconcile() == 0


async def test_a_hint_about_one_that_is_unknown_brings_it_here(house: House) -> None:
    there = await (await house.asking()).ask(THE_MATRIX, person=BOB)

    seen = await house.requests.look_again(there.id)

    assert seen
    assert (seen.name, seen.state, seen.owner_id) == ("The Matrix", State.PENDING, None)
    assert (await house.requests.ask(ANNA, THE_MATRIX)).request.id == seen.id


async def test_who_links_their_account_later_gets_what_they_asked_for(house: House, db: Database) -> None:
    await (await house.asking()).ask(THE_MATRIX, person=BOB)
    await house.requests.reconcile()
    await linked(db, "bert", 1003)
    await house.requests.reconcile()
    assert [request.owner_id for request in await house.all()] == ["bert"]


async def test_a_hint_that_comes_before_the_answer_makes_no_second_one(house: House) -> None:
    house.overseerr.trouble("/api/v1/request", cut=True, times=1)
    kept = (await house.requests.ask(ANNA, THE_MATRIX)).request

    assert await house.requests.look_again(house.overseerr.wishes[0].id) is None
    assert await house.requests.reconcile() == 0
    await house.due()
    await house.requests.deliver()

    assert [(request.id, request.state) for request in await house.all()] == [(kept.id, State.PENDING)]


async def test_a_hint_that_is_slower_than_the_answer_makes_no_second_one(house: House) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    seen = await (await house.asking()).request(asked.upstream_id or 0)
    assert seen
    assert await house.requests._watching._adopt([seen], clock.now()) == 0
    assert [request.id for request in await house.all()] == [asked.id]


async def test_two_that_are_one_at_overseerr_become_one_here_and_both_ids_lead_there(house: House) -> None:
    first = (await house.requests.ask(ANNA, Wish(title=BAD, seasons=(1,)))).request
    house.overseerr.away()
    second = (await house.requests.ask(BERT, Wish(title=BAD, seasons=(2,)))).request
    house.overseerr.back()
    await (await house.asking()).change(first.upstream_id or 0, Wish(title=BAD, seasons=(1, 2)))
    await house.due()
    await house.requests.deliver()

    (only,) = await house.all()
    assert (only.id, only.owner_id, only.followers) == (first.id, "anna", {"bert"})
    assert only.wish.seasons == (1, 2)
    assert (await house.now(second)).id == first.id
    assert len(house.overseerr.wishes) == 1


async def test_the_numbers_of_another_server_are_not_taken_for_the_old_ones(house: House) -> None:
    old = (await house.requests.ask(ANNA, THE_MATRIX)).request
    house.overseerr.wishes.clear()
    house.overseerr._numbers["request"] = (old.upstream_id or 0) - 1
    await (await house.asking()).ask(Wish(title=DUNE), person=BOB)

    await house.requests.reconcile()
    await house.requests.reconcile()

    states = {request.name: request.state for request in await house.all()}
    assert states == {"The Matrix": State.REMOVED, "Dune": State.PENDING}


async def test_other_seasons_chosen_there_are_known_here(house: House) -> None:
    show = (await house.requests.ask(ANNA, Wish(title=BAD, seasons=(1, 2, 3)))).request
    await (await house.asking()).change(show.upstream_id or 0, Wish(title=BAD, seasons=(1,)))
    await house.requests.reconcile()
    assert (await house.now(show)).wish.seasons == (1,)


async def test_a_reason_is_read_only_where_it_was_declined_for_it(house: House) -> None:
    film = (await house.requests.ask(ANNA, THE_MATRIX)).request
    house.overseerr.trouble(f"/api/v1/request/{film.upstream_id}/decline", fail=500, times=1)
    with pytest.raises(ServerAway):
        await house.requests.decide(CORA, film.id, Verdict.DECLINE, reason="We have it on disc")
    await house.requests.reconcile()
    assert ((await house.now(film)).state, (await house.now(film)).reason) == (State.PENDING, "")

    house.overseerr.trouble(f"/api/v1/request/{film.upstream_id}/decline", cut=True, times=1)
    with pytest.raises(ServerAway):
        await house.requests.decide(CORA, film.id, Verdict.DECLINE, reason="We have it on disc")
    await house.requests.reconcile()
    declined = await house.now(film)
    assert (declined.state, declined.reason) == (State.DECLINED, "We have it on disc")

    house.overseerr.wishes[0].status = Asked.APPROVED
    await house.requests.reconcile()
    assert ((await house.now(film)).state, (await house.now(film)).reason) == (State.APPROVED, "")


async def test_a_film_that_was_deleted_can_be_asked_for_again_and_one_that_is_there_cannot(house: House) -> None:
    film = (await house.requests.ask(ANNA, THE_MATRIX)).request
    await house.requests.decide(CORA, film.id, Verdict.APPROVE)
    house.overseerr.media[0].status = Has.DELETED
    await house.requests.reconcile()
    assert (await house.now(film)).state is State.REMOVED

    house.overseerr.wishes.clear()
    house.overseerr.media[0].status = Has.AVAILABLE
    with pytest.raises(ThereAlready):
        await house.requests.ask(ANNA, THE_MATRIX)
    house.overseerr.media[0].status = Has.DELETED
    assert (await house.requests.ask(ANNA, THE_MATRIX)).is_new
