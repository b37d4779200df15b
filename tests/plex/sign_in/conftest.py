"""A house whose Plex server is the stand-in's, named in the settings with its owner's token."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.accounts import models as accounts_models  # noqa: F401 - its tables
from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.downloads import models as downloads_models  # noqa: F401 - its tables
from tests.fakes.plex import OWNER, Plex
from tests.web.house import House, open_house


@pytest.fixture
def settings(plex: Plex) -> PlexSettings:
    token = plex.tv.token_of(OWNER)
    return PlexSettings.model_validate(
        {"server_url": plex.server.base, "token": token, "tv_url": plex.tv.base, "app_url": plex.tv.app}
    )


@pytest.fixture
async def house(db: Database, tmp_path: Path, settings: PlexSettings) -> AsyncIterator[House]:
    async with open_house(db, tmp_path, by_plex=settings) as running:
        yield running


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as client:
        yield client


@pytest.fixture
async def other(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with house.browser() as client:
        yield client
