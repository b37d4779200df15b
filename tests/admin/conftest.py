"""A data folder with a database that has a history, and a key."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from medianest.accounts import models  # noqa: F401 - its tables
from medianest.admin.backups import Backups
from medianest.core import jobs, journal_tables  # noqa: F401 - their tables
from medianest.core.config import PathsSettings
from medianest.core.db import Base, Database
from medianest.core.security import load_or_create_key

REVISION = "0003"


@pytest.fixture
def paths(tmp_path: Path) -> PathsSettings:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    return PathsSettings(data_dir=data_dir, media_dir=tmp_path / "media")


@pytest.fixture
async def db(paths: PathsSettings) -> AsyncIterator[Database]:
    load_or_create_key(paths.key_file)
    database = Database(paths.database)
    await database.open()
    async with database.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
        await session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        await session.execute(text(f"INSERT INTO alembic_version VALUES ('{REVISION}')"))
    yield database
    await database.close()


@pytest.fixture
def backups(db: Database, paths: PathsSettings) -> Backups:
    return Backups(db, paths, release="1.0", revision=REVISION)
