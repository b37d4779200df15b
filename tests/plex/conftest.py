"""The stand-in's server, and what asks it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from medianest.accounts import models as accounts_models  # noqa: F401 - its tables
from medianest.core.db import Database
from medianest.core.outbound.calls import Guards
from medianest.core.resilience import Bulkhead, CircuitBreaker, Retry
from medianest.plex.titles.client import Asking
from medianest.plex.titles.service import Titles
from medianest.plex.titles.sync import Sync
from tests.fakes.plex import OWNER, Plex
from tests.plex.linked import Linked

PATIENCE_S = 10.0


def guards() -> Guards:
    return Guards(breaker=CircuitBreaker("Plex"), retry=Retry(sleep=at_once), bulkhead=Bulkhead("Plex"))


async def at_once(_seconds: float) -> None:
    """Nobody waits between tries."""


@pytest.fixture
async def asking(plex: Plex) -> AsyncIterator[Asking]:
    """Calls to the stand-in's server, with its owner's token."""
    server = plex.server
    calls = Asking(server.base, server.token_for(OWNER), guards(), {"X-Plex-Client-Identifier": "tests"})
    yield calls
    await calls.close()


@pytest.fixture
def sync(db: Database, plex: Plex, asking: Asking) -> Sync:
    return Sync(db, asking, plex.server.machine)


@pytest.fixture
def linked(plex: Plex) -> Linked:
    return Linked(server=plex.server)


@pytest.fixture
async def titles(db: Database, linked: Linked, tmp_path: Path) -> AsyncIterator[Titles]:
    """The service over the stand-in's server, with nothing of it running by itself."""
    made = linked.titles(db, tmp_path / "secret.key")
    yield made
    await made.stop()


@pytest.fixture
async def running(titles: Titles) -> AsyncIterator[Titles]:
    """The same, with all that runs by itself."""
    tasks = [asyncio.create_task(run()) for run in (titles.intake.run, titles.watcher.run, titles.scans.run)]
    yield titles
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


Until = Callable[[Callable[[], object]], object]


@pytest.fixture
def until(db: Database) -> Until:
    """Wait until `holds` answers yes, asked again after each commit."""

    async def wait(holds: Callable[[], object]) -> object:
        changed = asyncio.Event()
        db.after_commit(lambda _tables: changed.set())
        async with asyncio.timeout(PATIENCE_S):
            while not (found := await holds()):  # type: ignore[misc]
                await changed.wait()
                changed.clear()
            return found

    return wait
