"""The stand-in of Overseerr, and what asks it."""

from collections.abc import AsyncIterator

import pytest

from medianest.core.actor import Role
from medianest.core.db import Database
from medianest.core.outbound.calls import Guards
from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry
from medianest.media_requests.client import Asking
from medianest.media_requests.types import MediaType, TitleKey, Wish
from tests.fakes.overseerr import Overseerr
from tests.media_requests.house import ADAM, KIM, House, at_once, living, opened

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
