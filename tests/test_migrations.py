"""The database is brought to this release before anything opens it, whole or not at all, after a verified copy."""

import importlib
import pkgutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import medianest
from medianest.core import db
from medianest.core.db import Base
from medianest.core.errors import Unavailable
from medianest.migrations import upgrade


def import_all_tables() -> None:
    for module in pkgutil.walk_packages(medianest.__path__, "medianest."):
        if module.name.endswith((".models", "_tables")) or module.name.startswith("medianest.core."):
            importlib.import_module(module.name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "medianest.db"


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def revision_of(path: Path) -> str | None:
    return upgrade.current(path)


async def test_the_revisions_make_the_tables_of_the_models(path: Path, copies: Path) -> None:
    await upgrade.run(path, copies)
    import_all_tables()
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        opts = {"compare_type": False, "include_name": lambda name, _type, _parents: "_words" not in (name or "")}
        context = MigrationContext.configure(connection, opts=opts)
        found = [change for change in compare_metadata(context, Base.metadata) if "test_" not in repr(change)]
    assert [change for change in found if not str(change[0]).endswith("_index")] == []
    assert _indices(path) == _indices_of_models(path.with_name("models.db"))


async def test_a_new_database_gets_its_lasting_settings(path: Path, copies: Path) -> None:
    await upgrade.run(path, copies)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert not upgrade.is_pending(path)
    assert not copies.exists()


async def test_what_is_current_is_left_alone(path: Path, copies: Path) -> None:
    await upgrade.run(path, copies)
    before = path.stat().st_mtime_ns
    await upgrade.run(path, copies)
    assert path.stat().st_mtime_ns == before


async def test_a_database_of_a_later_release_is_refused(path: Path, copies: Path) -> None:
    await upgrade.run(path, copies)
    _execute(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(upgrade.TooNew):
        await upgrade.run(path, copies)
    assert revision_of(path) == "9999"


async def test_a_revision_that_fails_changes_nothing_and_a_checked_copy_is_there(path: Path, copies: Path) -> None:
    """An older database whose next revision cannot work, because a table of it is there already."""
    _execute(path, "CREATE TABLE alembic_version (version_num TEXT)")
    _execute(path, "INSERT INTO alembic_version VALUES ('0000')")
    _execute(path, "CREATE TABLE users (id TEXT)")
    _execute(path, "INSERT INTO users VALUES ('kept')")
    with pytest.raises(Unavailable) as caught:
        await upgrade.run(path, copies)
    assert caught.value.code == "migration_failed"
    connection = sqlite3.connect(path)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert tables == {"alembic_version", "users"}
    (copy,) = copies.iterdir()
    assert db.check(copy) == []
    assert copy.stat().st_mode & 0o777 == 0o600


def _indices_of_models(path: Path) -> dict[str, str]:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    Base.metadata.create_all(engine, tables=[one for one in Base.metadata.sorted_tables if "test_" not in one.name])
    return _indices(path)


def _indices(path: Path) -> dict[str, str]:
    """By name, in SQLite's own words, with triggers: alembic does not compare those that run downwards, nor these."""
    special = "type = 'index' AND sql IS NOT NULL OR type = 'trigger' OR sql LIKE 'CREATE VIRTUAL%'"
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"SELECT name, sql FROM sqlite_master WHERE {special}")
        return {name: " ".join(sql.split()) for name, sql in rows}


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()
