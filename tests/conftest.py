"""What many tests share: a real database in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medianest.core import jobs, journal_tables  # noqa: F401 - their tables
from medianest.core.db import Base, Database

pytest_plugins = ("tests.fakes.fixtures", "tests.browser.fixtures", "tests.portal.fixtures")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--months", type=int, default=1, help="how many months of the queue are lived, each another one")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with all tables of the modules imported so far."""
    database = Database(tmp_path / "medianest.db")
    await database.open()
    async with database.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
    yield database
    await database.close()
