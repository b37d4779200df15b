"""Deciding by a link out of a message: it asks first, works once, ends, and is good only for who may decide."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from medianest.accounts import actors
from medianest.accounts.types import User, UserChange
from medianest.core import clock
from medianest.core.actor import SYSTEM, Role
from medianest.media_requests.models import DecisionLinkRow
from medianest.media_requests.types import MediaType, State, TitleKey, Wish
from tests.fakes.overseerr import FAULTS, Asked, Overseerr
from tests.web.asking import lead_to
from tests.web.house import House, enter, submit

FILMS = (603, 438631, 155, 680, 13)


@pytest.fixture
async def asking(house: House, overseerr: Overseerr) -> House:
    await lead_to(house, overseerr)
    return house


async def link_for(house: House, user: User, tmdb_id: int = FILMS[0]) -> str:
    """The path of a link by which this person decides about a film for which Bob asked."""
    wish = Wish(title=TitleKey(media_type=MediaType.MOVIE, tmdb_id=tmdb_id))
    outcome = await house.services.requests.ask(actors.by_link(house.cast.bob), wish)
    assert outcome.request.state is State.PENDING
    async with house.services.db.transaction() as session:
        return await house.services.overseerr.decisions.make(session, outcome.request.id, user.id)


async def decide(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await submit(browser, path, on=path, **fields)


async def test_a_link_asks_before_it_decides_and_works_once(
    asking: House, browser: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    path = await link_for(asking, asking.cast.carol)
    page = await browser.get(path)
    for word in ("The Matrix", "Bob", "You decide as Carol", "Approve", "Decline"):
        assert word in page.text
    await browser.get(path)
    assert "You decide as Carol" in (await decide(browser, path, verdict="perhaps")).text
    assert overseerr.wishes[0].status == Asked.PENDING

    done = await decide(browser, path, verdict="decline", reason="On disc")
    assert "Declined." in done.text
    assert overseerr.wishes[0].status == Asked.DECLINED
    async with asking.browser() as bob:
        await enter(bob, asking.cast.bob)
        assert "Because: On disc" in (await bob.get("/requests")).text
    again = await browser.get(path)
    assert (again.status_code, "used already" in again.text) == (404, True)
    assert (await browser.get("/requests")).status_code == 303


async def test_of_two_taps_at_once_one_decides(asking: House, browser: httpx.AsyncClient, overseerr: Overseerr) -> None:
    path = await link_for(asking, asking.cast.alice)
    await browser.get(path)
    answers = await asyncio.gather(
        *(decide(browser, path, verdict="approve") for _ in range(4)), return_exceptions=True
    )
    told = [answer for answer in answers if isinstance(answer, httpx.Response)]
    assert sum("Approved" in answer.text for answer in told) == 1
    hits = [hit for hit in overseerr.hits if hit.request.path.endswith("/approve")]
    assert len(hits) == 1


async def test_a_link_ends_with_time_and_with_what_its_holder_may(
    asking: House, browser: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    cast, people = asking.cast, asking.services.accounts.people
    late, member, gone, revoked = [
        await link_for(asking, user, tmdb_id)
        for user, tmdb_id in zip((cast.alice, cast.bob, cast.carol, cast.carol), FILMS, strict=False)
    ]
    assert (await browser.get(member)).status_code == 404
    async with asking.services.db.transaction() as session:
        first = update(DecisionLinkRow).where(DecisionLinkRow.user_id == cast.alice.id)
        await session.execute(first.values(expires_at=clock.now() - timedelta(seconds=1)))
    assert (await browser.get(late)).status_code == 404

    assert (await browser.get(gone)).status_code == 200
    await people.change(SYSTEM, cast.carol.id, UserChange(role=Role.MEMBER))
    assert (await browser.get(gone)).status_code == 404
    await people.change(SYSTEM, cast.carol.id, UserChange(role=Role.CURATOR))
    assert (await browser.get(revoked)).status_code == 200
    for suspended in (True, False):
        await people.change(SYSTEM, cast.carol.id, UserChange(suspended=suspended))
        assert (await browser.get(revoked)).status_code == 404
    assert {wish.status for wish in overseerr.wishes} == {Asked.PENDING}


async def test_what_is_no_link_or_was_changed_leads_nowhere(asking: House, browser: httpx.AsyncClient) -> None:
    path = await link_for(asking, asking.cast.carol)
    for odd in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        "/decide/x",
        "/decide/%EF%BF%BE",
        "/decide/" + "x" * 500,
    ):
        assert (await browser.get(odd)).status_code == 404, odd
    assert (await browser.get(path)).status_code == 200


async def test_what_somebody_decided_already_is_said(asking: House, browser: httpx.AsyncClient) -> None:
    first, second = [await link_for(asking, asking.cast.carol) for _ in range(2)]
    assert "Approved" in (await decide(browser, first, verdict="approve")).text
    assert "Somebody has decided about this already" in (await browser.get(second)).text


async def test_while_overseerr_is_away_the_link_stays_good(
    asking: House, browser: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    path = await link_for(asking, asking.cast.carol)
    overseerr.fault(FAULTS["status 500"], "/request")
    answer = await decide(browser, path, verdict="approve")
    assert (answer.status_code, "does not answer" in answer.text) == (422, True)
    overseerr.calm()
    assert "Approved" in (await decide(browser, path, verdict="approve")).text
