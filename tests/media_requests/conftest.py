"""The stand-in of Overseerr, and what asks it."""

from collections.abc import AsyncIterator

import pytest

from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry
from medianest.media_requests.client import Asking, Guards
from medianest.media_requests.types import MediaType, TitleKey, Wish
from tests.fakes.overseerr import Overseerr

MATRIX = TitleKey(media_type=MediaType.MOVIE, tmdb_id=603)
DUNE = TitleKey(media_type=MediaType.MOVIE, tmdb_id=438631)
BAD = TitleKey(media_type=MediaType.TV, tmdb_id=1396)
NOWHERE = TitleKey(media_type=MediaType.MOVIE, tmdb_id=1)
THE_MATRIX = Wish(title=MATRIX)
ALICE, BOB = 2, 3


async def at_once(_seconds: float) -> None:
    """Nobody waits between tries."""


def guards() -> Guards:
    return Guards(
        breaker=CircuitBreaker("Overseerr"), retry=Retry(sleep=at_once), bulkhead=Bulkhead("Overseerr", at_once=4)
    )


@pytest.fixture
async def asking(overseerr: Overseerr) -> AsyncIterator[Asking]:
    calls = Asking(overseerr.base, overseerr.key, guards())
    yield calls
    await calls.close()
