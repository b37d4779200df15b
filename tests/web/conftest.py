"""A house with its people."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.accounts import models as accounts_models  # noqa: F401 - its tables
from medianest.core.db import Database
from medianest.downloads import models  # noqa: F401 - its tables
from tests.web.house import House, open_house


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(db, tmp_path, sites=(("127.0.0.1", 9),)) as running:
        yield running


@pytest.fixture
async def empty_house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    """Nobody lives there yet."""
    async with open_house(db, tmp_path, inhabited=False) as running:
        yield running


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is signed in."""
    async with house.browser() as client:
        yield client
