"""A server that accepts and says nothing keeps nobody waiting who asks: what they want is kept, and goes on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medianest.core.db import Database
from medianest.media_requests.types import Request, State
from tests.fakes.overseerr import API, Overseerr
from tests.media_requests.conftest import THE_MATRIX
from tests.media_requests.house import ANNA, BERT, House, opened

REQUEST = API + "/request"
SOON_S = 10


@pytest.fixture
async def hurried(house: House, db: Database, overseerr: Overseerr) -> AsyncIterator[House]:
    """The house in which nobody waits longer than a tenth of a second."""
    opened_house = opened(db, overseerr, patience_s=0.1)
    opened_house.plex.update(house.plex)
    yield opened_house
    await opened_house.stop()


async def ended(house: House, request: Request) -> Request:
    async with asyncio.timeout(SOON_S):
        while (now := await house.now(request)).state is State.SENDING:
            pass
    return now


async def test_who_asks_a_silent_server_is_answered_soon_and_the_request_arrives_once(hurried: House) -> None:
    hurried.overseerr.trouble(REQUEST, wait=30)
    async with asyncio.timeout(SOON_S):
        kept = (await hurried.requests.ask(ANNA, THE_MATRIX)).request
    assert (kept.state, await hurried.events()) == (State.SENDING, ["kept"])
    followed = await hurried.requests.ask(BERT, THE_MATRIX)
    assert (followed.is_new, followed.request.id) == (False, kept.id)

    hurried.overseerr.calm()

    assert (await ended(hurried, kept)).state is State.PENDING
    assert await hurried.requests.deliver() == 0
    assert len(hurried.overseerr.wishes) == 1
    assert await hurried.events() == ["kept", "followed", "sent"]


async def test_what_a_silent_server_refuses_in_the_end_has_failed(hurried: House) -> None:
    hurried.overseerr.users[1].movie_quota = (0, 7)
    hurried.overseerr.trouble(REQUEST, wait=30)
    async with asyncio.timeout(SOON_S):
        kept = (await hurried.requests.ask(ANNA, THE_MATRIX)).request

    hurried.overseerr.calm()

    now = await ended(hurried, kept)
    assert (now.state, now.error_code, await hurried.events()) == (State.FAILED, "quota_exceeded", ["kept", "failed"])


async def test_who_takes_back_from_a_silent_server_is_answered_soon_and_it_is_deleted_there(hurried: House) -> None:
    asked = (await hurried.requests.ask(ANNA, THE_MATRIX)).request
    async with asyncio.timeout(SOON_S):
        while (number := (await hurried.now(asked)).upstream_id) is None:  # on a slow machine she waits no longer
            pass
    path = f"{REQUEST}/{number}"
    hurried.overseerr.trouble(path, wait=30)
    async with asyncio.timeout(SOON_S):
        assert (await hurried.requests.cancel(ANNA, asked.id)).state is State.REMOVED
    assert len(hurried.overseerr.wishes) == 1

    hurried.overseerr.calm()

    async with asyncio.timeout(SOON_S):
        while (await hurried.now(asked)).is_unwanted:
            pass
    assert hurried.overseerr.wishes == []


async def test_a_process_that_ends_leaves_what_is_under_way_to_the_next(
    hurried: House, db: Database, overseerr: Overseerr
) -> None:
    overseerr.trouble(REQUEST, wait=30)
    kept = (await hurried.requests.ask(ANNA, THE_MATRIX)).request
    await hurried.stop()
    overseerr.calm()

    after_it = opened(db, overseerr, owner="life 2")
    after_it.plex.update(hurried.plex)
    assert await after_it.requests.deliver() == 1
    await after_it.stop()

    assert ((await after_it.now(kept)).state, len(overseerr.wishes)) == (State.PENDING, 1)
