"""The stand-in of Overseerr, and what asks it."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert

from medianest.core.actor import Role
from medianest.core.db import Database
from medianest.core.outbound.calls import Guards
from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry
from medianest.media_requests import models
from medianest.media_requests.client import Asking
from medianest.media_requests.types import MediaType, Request, TitleKey, Wish
from tests.fakes.overseerr import May, Overseerr
from tests.media_requests.house import ADAM, ANNA, KIM, House, at_once, living, opened

MATRIX = TitleKey(media_type=MediaType.MOVIE, tmdb_id=603)
DUNE = TitleKey(media_type=MediaType.MOVIE, tmdb_id=438631)
BAD = TitleKey(media_type=MediaType.TV, tmdb_id=1396)
NOWHERE = TitleKey(media_type=MediaType.MOVIE, tmdb_id=1)
THE_MATRIX = Wish(title=MATRIX)
ALICE, BOB = 2, 3


def guards() -> Guards:
    return Guards(
        breaker=CircuitBreaker("Overseerr"), retry=Retry(sleep=at_once), bulkhead=Bulkhead("Overseerr", at_once=4)
    )


@pytest.fixture
async def asking(overseerr: Overseerr) -> AsyncIterator[Asking]:
    calls = Asking(overseerr.base, overseerr.key, guards())
    yield calls
    await calls.close()


@pytest.fixture
async def house(db: Database, overseerr: Overseerr) -> AsyncIterator[House]:
    """Anna is Alice there and Bert is Bob, by Plex's numbers; Cora decides, Adam looks after it, Kim is a child."""
    for name, role in {"anna": Role.MEMBER, "bert": Role.MEMBER, "cora": Role.CURATOR}.items():
        await living(db, name, role)
    for actor in (ADAM, KIM):
        await living(db, actor.name, actor.role or Role.MEMBER)
    opened_house = opened(db, overseerr)
    opened_house.plex.update(anna=1002, bert=1003)
    yield opened_house
    await opened_house.stop()


@pytest.fixture
async def hurried(house: House, db: Database, overseerr: Overseerr) -> AsyncIterator[House]:
    """Nobody waits longer than a tenth of a second; Cora decides and reports as the owner there."""
    for person in overseerr.users:
        person.permissions |= May.CREATE_ISSUES
    async with db.transaction() as session:
        await session.execute(insert(models.UpstreamPersonRow).values(user_id="cora", upstream_id=1))
    opened_house = opened(db, overseerr, patience_s=0.1)
    opened_house.plex.update(house.plex)
    yield opened_house
    await opened_house.requests.errands.stop()
    await opened_house.stop()


@pytest.fixture
async def asked(house: House) -> Request:
    """Anna asked for The Matrix, and nobody decided yet."""
    return (await house.requests.ask(ANNA, THE_MATRIX)).request
