"""The stand-in's server, and what asks it."""

from collections.abc import AsyncIterator

import pytest

from medianest.accounts import models as accounts_models  # noqa: F401 - its tables
from medianest.core.circuit import Thresholds
from medianest.core.db import Database
from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry
from medianest.plex.titles.client import Asking, Guards
from medianest.plex.titles.sync import Sync
from tests.fakes.plex import OWNER, MediaServer, Plex

IMPATIENT = Thresholds(open_s=0.05)


def guards() -> Guards:
    return Guards(breaker=CircuitBreaker("Plex"), retry=Retry(sleep=at_once), bulkhead=Bulkhead("Plex"))


async def at_once(_seconds: float) -> None:
    """Nobody waits between tries."""


def asking_of(server: MediaServer, *, token: str | None = None) -> Asking:
    return Asking(server.base, token or server.token_for(OWNER), guards(), {"X-Plex-Client-Identifier": "tests"})


@pytest.fixture
async def asking(plex: Plex) -> AsyncIterator[Asking]:
    """Calls to the stand-in's server, with its owner's token."""
    calls = asking_of(plex.server)
    yield calls
    await calls.close()


@pytest.fixture
def sync(db: Database, plex: Plex, asking: Asking) -> Sync:
    return Sync(db, asking, plex.server.machine)
