"""What is asked for reaches Overseerr exactly once, whatever happens in between, and ends as Overseerr says."""

import asyncio

import pytest
from sqlalchemy import insert

from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.media_requests import models, queries
from medianest.media_requests.errors import NoAccount, NoTitle, UsedUp, WrongState
from medianest.media_requests.types import State, Verdict, Wish
from tests.fakes.overseerr import API, Asked, Has, Overseerr
from tests.media_requests.conftest import BAD, BOB, DUNE, MATRIX, NOWHERE, THE_MATRIX
from tests.media_requests.house import ANNA, BERT, CORA, House, living, opened, somebody

REQUEST = API + "/request"


async def test_a_film_is_asked_for_as_the_person_and_ends_available(house: House) -> None:
    asked = (await house.requests.ask(BERT, THE_MATRIX)).request
    assert (asked.state, asked.name, asked.year) == (State.PENDING, "The Matrix", 1999)
    assert [wish.by.id for wish in house.overseerr.wishes] == [BOB]

    decided = await house.requests.decide(CORA, asked.id, Verdict.APPROVE)
    assert decided.state is State.PROCESSING
    house.overseerr.media[0].status = Has.AVAILABLE
    assert await house.requests.reconcile() == 1

    kinds = ["made", "sent", "approved", "available"]
    assert await house.events() == kinds


async def test_fifty_identical_requests_by_ten_people_are_one_upstream_and_nine_follow(
    house: House, db: Database
) -> None:
    house.overseerr.race_s = 60
    names = [f"person{number}" for number in range(10)]
    for number, name in enumerate(names):
        await living(db, name)
        house.plex[name] = house.overseerr.add(name, plex_id=5000 + number).plex_id or 0

    outcomes = await asyncio.gather(
        *(house.requests.ask(somebody(name), THE_MATRIX) for _ in range(5) for name in names)
    )

    assert sum(outcome.is_new for outcome in outcomes) == 1
    assert len(house.overseerr.wishes) == 1
    (id,) = {outcome.request.id for outcome in outcomes}
    request = await db.read(queries.by_id, id)
    assert request
    assert {request.owner_id, *request.followers} == set(names)
    posts = [hit for hit in house.overseerr.hits if hit.request.method == "POST"]
    assert len(posts) == 1


async def test_while_overseerr_is_away_a_request_is_kept_and_goes_out_once(house: House, db: Database) -> None:
    house.overseerr.away()
    kept = (await house.requests.ask(ANNA, THE_MATRIX)).request
    assert kept.state is State.SENDING
    followed = await house.requests.ask(BERT, THE_MATRIX)
    assert (followed.is_new, followed.request.followers) == (False, {"bert"})

    house.overseerr.back()
    await house.due()
    assert await house.requests.deliver() == 1
    await house.due()
    assert await house.requests.deliver() == 0

    assert len(house.overseerr.wishes) == 1
    now = await db.read(queries.by_id, kept.id)
    assert now
    assert (now.state, now.name) == (State.PENDING, "The Matrix")


async def test_an_answer_that_was_lost_is_read_back_instead_of_asking_again(house: House, db: Database) -> None:
    house.overseerr.race_s = 60  # so that its own check would let a second one pass
    house.overseerr.trouble(REQUEST, cut=True, times=1)
    kept = (await house.requests.ask(ANNA, THE_MATRIX)).request
    assert (kept.state, len(house.overseerr.wishes)) == (State.SENDING, 1)

    await house.due()
    await house.requests.deliver()

    now = await db.read(queries.by_id, kept.id)
    assert now
    assert (now.state, now.upstream_id) == (State.PENDING, house.overseerr.wishes[0].id)
    assert len(house.overseerr.wishes) == 1


async def test_what_a_killed_process_was_sending_is_sent_by_the_next(
    house: House, db: Database, overseerr: Overseerr
) -> None:
    overseerr.trouble(REQUEST, wait=30)
    dying = asyncio.create_task(house.requests.ask(ANNA, THE_MATRIX))
    await asyncio.to_thread(overseerr.wait_until_under_way, REQUEST)
    dying.cancel()
    await asyncio.wait([dying])
    overseerr.calm()

    after_it = opened(db, overseerr, owner="life 2")
    after_it.plex.update(house.plex)
    assert await after_it.requests.deliver() == 1
    await after_it.stop()

    assert len(overseerr.wishes) == 1


async def test_what_was_asked_for_in_overseerr_itself_is_taken_over(house: House) -> None:
    asking = await house.asking()
    there = await asking.ask(THE_MATRIX, person=BOB)

    asked = (await house.requests.ask(ANNA, THE_MATRIX)).request

    assert (asked.upstream_id, len(house.overseerr.wishes)) == (there.id, 1)


async def test_only_the_seasons_that_nobody_asked_for_are_sent(house: House) -> None:
    first = await house.requests.ask(ANNA, Wish(title=BAD, seasons=(1, 2)))
    second = await house.requests.ask(BERT, Wish(title=BAD, seasons=(2, 3)))
    third = await house.requests.ask(BERT, Wish(title=BAD, seasons=(1,)))

    assert [outcome.is_new for outcome in (first, second, third)] == [True, True, False]
    assert second.request.wish.seasons == (3,)
    assert third.request.id == first.request.id


async def test_a_refusal_is_told_and_stands_in_nobodys_way(house: House) -> None:
    house.overseerr.users[1].movie_quota = (0, 7)
    with pytest.raises(UsedUp):
        await house.requests.ask(ANNA, THE_MATRIX)
    with pytest.raises(NoTitle):
        await house.requests.ask(ANNA, Wish(title=NOWHERE))

    assert (await house.requests.ask(BERT, THE_MATRIX)).is_new


async def test_who_has_no_account_asks_as_mapped_then_as_the_household_or_not_at_all(
    house: House, db: Database, overseerr: Overseerr
) -> None:
    with pytest.raises(NoAccount):
        await house.requests.ask(CORA, THE_MATRIX)

    with_household = opened(db, overseerr, household=BOB)
    await with_household.requests.ask(CORA, THE_MATRIX)
    async with db.transaction() as session:
        await session.execute(insert(models.UpstreamPersonRow).values(user_id="cora", upstream_id=1))
    await with_household.requests.ask(CORA, Wish(title=DUNE))
    with_household.plex["cora"] = 7777
    await with_household.requests.ask(CORA, Wish(title=BAD, seasons=(1,)))
    await with_household.stop()

    assert [wish.by.id for wish in overseerr.wishes] == [BOB, 1, overseerr.users[-1].id]
    assert overseerr.users[-1].plex_id == 7777


async def test_a_decision_in_overseerr_itself_is_seen_with_and_without_a_hint(house: House) -> None:
    film = (await house.requests.ask(ANNA, THE_MATRIX)).request
    other = (await house.requests.ask(ANNA, Wish(title=DUNE))).request
    for wish in house.overseerr.wishes:
        wish.status = Asked.DECLINED

    hinted = await house.requests.look_again(film.upstream_id or 0)
    assert hinted
    assert hinted.state is State.DECLINED
    assert await house.requests.reconcile() == 1
    assert await house.requests.look_again(999) is None

    house.overseerr.wishes.clear()
    assert await house.requests.reconcile() == 0
    assert (await house.events()).count("declined") == 2
    assert other.state is State.PENDING


async def test_a_decline_carries_its_reason_and_only_curators_decide(house: House) -> None:
    film = (await house.requests.ask(ANNA, THE_MATRIX)).request
    with pytest.raises(Forbidden):
        await house.requests.decide(BERT, film.id, Verdict.DECLINE)

    declined = await house.requests.decide(CORA, film.id, Verdict.DECLINE, reason="We have it on disc")

    assert (declined.state, declined.reason) == (State.DECLINED, "We have it on disc")
    assert (await house.requests.ask(ANNA, THE_MATRIX)).is_new


async def test_approving_may_change_the_seasons(house: House) -> None:
    show = (await house.requests.ask(ANNA, Wish(title=BAD, seasons=(1, 2, 3)))).request

    await house.requests.decide(CORA, show.id, Verdict.APPROVE, instead=Wish(title=BAD, seasons=(1,)))

    assert [season.number for season in house.overseerr.wishes[0].seasons] == [1]


async def test_nobody_takes_back_what_is_anothers_though_overseerr_would_let_them(house: House) -> None:
    film = (await house.requests.ask(ANNA, THE_MATRIX)).request
    with pytest.raises(Forbidden):
        await house.requests.cancel(BERT, film.id)
    assert len(house.overseerr.wishes) == 1

    assert (await house.requests.cancel(ANNA, film.id)).state is State.REMOVED
    assert house.overseerr.wishes == []
    with pytest.raises(WrongState):
        await house.requests.cancel(ANNA, film.id)


async def test_a_series_needs_seasons_and_a_film_has_none(house: House) -> None:
    for wish in (Wish(title=BAD), Wish(title=MATRIX, seasons=(1,))):
        with pytest.raises(Invalid):
            await house.requests.ask(ANNA, wish)
