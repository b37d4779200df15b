"""What many tests share: a real database in a folder of its own."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medianest.core import jobs, journal_tables  # noqa: F401 - their tables
from medianest.core.db import Base, Database

pytest_plugins = ("tests.fakes.fixtures", "tests.browser.fixtures", "tests.portal.fixtures")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--months", type=int, default=1, help="how many months of the queue are lived, each another one")


_LONGEST = ("torture/", "journeys/", "web/test_gallery.py", "downloads/")
"""What takes minutes is begun first, so that no processor waits at the end for another that has just begun it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    place = item.path.relative_to(Path(__file__).parent).as_posix()
    return next((turn for turn, long in enumerate(_LONGEST) if place.startswith(long)), len(_LONGEST))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: nobody need look through it for garbage again and again."""
    gc.freeze()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with all tables of the modules imported so far."""
    tables = frozenset(Base.metadata.tables)
    if tables not in _EMPTY:
        _EMPTY[tables] = await _empty(tmp_path / "empty.db")
    database = Database(tmp_path / "medianest.db")
    database.path.write_bytes(_EMPTY[tables])
    await database.open()
    yield database
    await database.close()


_EMPTY: dict[frozenset[str], bytes] = {}
"""A file with these tables and nothing in them: to make them takes longer than most tests."""


async def _empty(path: Path) -> bytes:
    database = Database(path)
    await database.open()
    async with database.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
    await database.close()
    made = path.read_bytes()
    path.unlink()
    return made
