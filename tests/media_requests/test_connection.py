"""The way to the server that the settings name at this moment, and since when it is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from medianest.core.config import OverseerrSettings, PathsSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.resilience import Retry
from medianest.media_requests.connection import Standing
from medianest.media_requests.errors import NoServer, ServerAway
from medianest.media_requests.overseerr import STANDING
from medianest.media_requests.overseerr import Overseerr as Whole
from tests.fakes.overseerr import SEERR, Overseerr
from tests.media_requests.conftest import MATRIX
from tests.media_requests.house import at_once
from tests.media_requests.named import Named


@pytest.fixture
def named(tmp_path: Path) -> Named:
    return Named(PathsSettings(data_dir=tmp_path, media_dir=tmp_path))


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
async def whole(db: Database, live: Live, named: Named) -> AsyncIterator[Whole]:
    built = Whole(db, live, Metrics(), named.settings, retry=Retry(sleep=at_once))
    yield built
    await built.stop()


@pytest.fixture
def seerr() -> Iterator[Overseerr]:
    with Overseerr(SEERR) as running:
        running.add("owner")
        yield running


async def test_without_address_or_key_there_is_no_server(whole: Whole, named: Named, overseerr: Overseerr) -> None:
    for settings in (OverseerrSettings(), OverseerrSettings(url=overseerr.base), OverseerrSettings(api_key="x")):
        named.overseerr = settings
        with pytest.raises(NoServer):
            await whole.connection.asking()
        assert whole.standing == Standing(is_set_up=False)
    assert overseerr.hits == []


async def test_another_server_counts_from_the_next_call_on_and_what_is_under_way_ends_well(
    whole: Whole, named: Named, overseerr: Overseerr, seerr: Overseerr
) -> None:
    named.lead_to(overseerr)
    overseerr.trouble("/api/v1/movie", wait=30)
    first = await whole.connection.asking()
    under_way = asyncio.create_task(first.title(MATRIX))
    await asyncio.to_thread(overseerr.wait_until_under_way, "/api/v1/movie/603")

    named.lead_to(seerr)
    second = await whole.connection.asking()
    assert second is not first
    assert await whole.connection.asking() is second
    assert await second.version() == "3.1.0"
    overseerr.calm()
    assert (await under_way).hit.title == "The Matrix"
    with pytest.raises(ServerAway):
        await first.version()

    named.overseerr = OverseerrSettings()
    with pytest.raises(NoServer):
        await whole.connection.asking()
    with pytest.raises(ServerAway):
        await second.version()


async def test_since_when_it_is_away_is_known_and_told_once_and_what_waits_goes_when_it_is_back(
    whole: Whole, named: Named, live: Live, overseerr: Overseerr
) -> None:
    named.lead_to(overseerr)
    asking = await whole.connection.asking()
    assert await asking.version() == "1.34.0"
    assert whole.standing == Standing(is_set_up=True)
    before = live.version

    overseerr.away()
    since = []
    for call in (asking.version(), asking.withdraw(1)):
        with pytest.raises(ServerAway):
            await call
        since.append(whole.standing.away_since)
    assert whole.standing.is_away
    assert since[0]
    assert since[0] == since[1]
    assert live.version == before + 1
    assert live.latest(STANDING, STANDING)

    overseerr.back()
    await asking.version()
    assert whole.standing == Standing(is_set_up=True)
    assert live.version == before + 2
    assert whole.requests._sending._is_back


async def test_a_refused_key_is_told_apart_from_a_server_that_is_away(
    whole: Whole, named: Named, overseerr: Overseerr
) -> None:
    named.lead_to(overseerr)
    overseerr.key = "another"
    with pytest.raises(Exception, match="refused"):
        await (await whole.connection.asking()).people(0)
    assert whole.standing == Standing(is_set_up=True, is_refused=True)
