"""The machine face, running."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medianest.core.db import Database
from tests.api.portal import Portal, run_portal


@pytest.fixture
async def portal(db: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    async with run_portal(db, tmp_path) as running:
        yield running
