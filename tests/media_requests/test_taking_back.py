"""What somebody wants no more: it goes to who does, or is nowhere any more, whatever is under way at that moment."""

import asyncio

import pytest

from medianest.core.db import Database
from medianest.core.errors import Forbidden
from medianest.media_requests.errors import NoRequest, WrongState
from medianest.media_requests.types import State
from tests.fakes.overseerr import API, Overseerr
from tests.media_requests.conftest import BOB, THE_MATRIX
from tests.media_requests.house import ADAM, ANNA, BERT, CORA, KIM, House, living, somebody

REQUEST = API + "/request"


async def test_what_others_follow_is_the_first_followers_and_stays_at_overseerr(house: House, db: Database) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    await living(db, "aaron")
    await house.requests.follow(BERT, asked.id)
    await house.requests.ask(somebody("aaron"), THE_MATRIX)

    handed = await house.requests.cancel(ANNA, asked.id)

    assert (handed.owner_id, handed.followers, handed.state) == ("bert", {"aaron"}, State.PENDING)
    assert len(house.overseerr.wishes) == 1
    assert (await house.events())[-1] == "handed_over"
    with pytest.raises(Forbidden):
        await house.requests.cancel(ANNA, asked.id)


async def test_a_follower_only_stops_following(house: House) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    await house.requests.follow(BERT, asked.id)

    assert (await house.requests.cancel(BERT, asked.id)).followers == set()
    await house.requests.follow(BERT, asked.id)
    assert (await house.requests.unfollow(BERT, asked.id)).followers == set()
    assert (await house.requests.unfollow(BERT, asked.id)).owner_id == "anna"
    assert len(house.overseerr.wishes) == 1


async def test_an_administrator_takes_it_from_all(house: House) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    await house.requests.follow(BERT, asked.id)

    assert (await house.requests.cancel(ADAM, asked.id)).state is State.REMOVED
    assert house.overseerr.wishes == []
    with pytest.raises(WrongState):
        await house.requests.follow(CORA, asked.id)


async def test_what_is_taken_back_while_it_is_under_way_does_not_live_on_at_overseerr(house: House) -> None:
    house.overseerr.trouble(REQUEST, wait=30)
    asking = asyncio.create_task(house.requests.ask(ANNA, THE_MATRIX))
    await asyncio.to_thread(house.overseerr.wait_until_under_way, REQUEST)
    (under_way,) = await house.all()

    assert (await house.requests.cancel(ANNA, under_way.id)).state is State.REMOVED
    house.overseerr.calm()
    assert (await asking).request.state is State.REMOVED

    assert len(house.overseerr.asked(REQUEST)) == 1
    assert house.overseerr.wishes == []
    assert not (await house.now(under_way)).is_unwanted


async def test_what_was_taken_over_is_left_to_who_asked_in_overseerr(house: House) -> None:
    asking = await house.asking()
    await asking.ask(THE_MATRIX, person=BOB)
    house.overseerr.trouble(API + "/movie/603", wait=30)
    under_way = asyncio.create_task(house.requests.ask(ANNA, THE_MATRIX))
    await asyncio.to_thread(house.overseerr.wait_until_under_way, API + "/movie/603")
    (request,) = await house.all()

    await house.requests.cancel(ANNA, request.id)
    house.overseerr.calm()
    await under_way

    assert [wish.by.id for wish in house.overseerr.wishes] == [BOB]
    assert not (await house.now(request)).is_unwanted


async def test_what_is_taken_back_after_a_lost_answer_is_deleted_there(house: House) -> None:
    house.overseerr.trouble(REQUEST, cut=True, times=1)
    kept = (await house.requests.ask(ANNA, THE_MATRIX)).request
    assert len(house.overseerr.wishes) == 1
    await house.due()

    await house.requests.cancel(ANNA, kept.id)

    assert house.overseerr.wishes == []
    assert await house.requests.reconcile() == 0
    assert [request.state for request in await house.all()] == [State.REMOVED]


async def test_taking_back_works_while_overseerr_is_away_and_reaches_it_later(house: House) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    house.overseerr.away()
    assert (await house.requests.cancel(ANNA, asked.id)).state is State.REMOVED

    house.overseerr.back()
    await house.requests.look_again(asked.upstream_id or 0)
    assert (await house.now(asked)).state is State.REMOVED
    await house.due()
    await house.requests.deliver()

    assert house.overseerr.wishes == []
    assert not (await house.now(asked)).is_unwanted


async def test_on_behalf_of_a_child_but_not_of_an_equal(house: House, db: Database) -> None:
    house.plex["kim"] = house.overseerr.add("kim", plex_id=1009).plex_id or 0
    await living(db, "gone")
    asked = (await house.requests.ask(ANNA, THE_MATRIX, for_user="kim")).request

    assert (asked.owner_id, asked.asked_by_id) == ("kim", "anna")
    assert house.overseerr.wishes[0].by.name == "kim"
    for actor, other in ((ANNA, "bert"), (KIM, "anna"), (ANNA, "nobody")):
        with pytest.raises(Forbidden):
            await house.requests.ask(actor, THE_MATRIX, for_user=other)
    assert (await house.requests.ask(CORA, THE_MATRIX, for_user="bert")).request.followers == {"bert"}
    assert (await house.requests.cancel(ANNA, asked.id)).owner_id == "bert"


async def test_a_child_sees_only_what_is_its_own(house: House) -> None:
    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request
    for verb in (house.requests.follow, house.requests.unfollow, house.requests.cancel):
        with pytest.raises(NoRequest):
            await verb(KIM, asked.id)

    assert "kim" in (await house.requests.ask(KIM, THE_MATRIX)).request.followers
    assert (await house.requests.unfollow(KIM, asked.id)).followers == set()


async def test_the_loop_sends_by_itself_what_was_kept_as_soon_as_the_server_is_back(
    house: House, overseerr: Overseerr
) -> None:
    overseerr.away()
    kept = (await house.requests.ask(ANNA, THE_MATRIX)).request
    overseerr.back()
    await house.requests.start()
    sending = asyncio.create_task(house.requests.runs()["requests"]())
    house.requests.nudge()

    await asyncio.to_thread(overseerr.wait_for, REQUEST)
    sending.cancel()
    await asyncio.wait([sending])

    assert len(overseerr.wishes) == 1
    assert (await house.now(kept)).state in (State.SENDING, State.PENDING)
