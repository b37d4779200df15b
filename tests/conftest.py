"""What many tests share: a real database in a folder of its own."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path
from zlib import crc32

import pytest

from medianest.core import jobs, journal_tables  # noqa: F401 - their tables
from medianest.core.db import Base, Database

pytest_plugins = ("tests.fakes.fixtures", "tests.browser.fixtures", "tests.portal.fixtures", "tests.signatures")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--months", type=int, default=1, help="how many months of the queue are lived, each another one")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have files with browsers and children lie between others, so that not all of them run at once at some time."""
    items.sort(key=lambda item: _turn(item.path.relative_to(Path(__file__).parent).as_posix()))


def _turn(place: str) -> tuple[bool, int]:
    return not place.startswith("torture/"), crc32(place.encode())


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
