"""A restore checks first, keeps what was there, and is all or nothing."""

import io
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medianest.admin import archive
from medianest.admin.errors import BadBackup, TooNew
from medianest.admin.restore import restore
from medianest.admin.types import Contents, Restored
from medianest.core.config import PathsSettings

REVISION = "0003"
TABLES = "CREATE TABLE films (title TEXT); CREATE TABLE alembic_version (version_num TEXT)"


def database(path: Path, title: str, *more: str, revision: str = REVISION) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(TABLES)
    connection.execute("INSERT INTO films VALUES (?)", (title,))
    connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    for statement in more:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def titles(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [title for (title,) in connection.execute("SELECT title FROM films")]
    finally:
        connection.close()


def backup_of(database: Path, *, revision: str = REVISION) -> io.BytesIO:
    key = database.with_name("k")
    key.write_bytes(b"n" * 32)
    target = io.BytesIO()
    contents = Contents(made_at=datetime(2026, 11, 20, tzinfo=UTC), release="1.0", revision=revision)
    archive.write(target, contents, {archive.DATABASE: database, archive.KEY: key})
    target.seek(0)
    return target


def restored(source: io.BytesIO, paths: PathsSettings) -> Restored:
    return restore(source, paths, passphrase="", newest_revision=REVISION)


@pytest.fixture
def old(paths: PathsSettings) -> PathsSettings:
    """A data folder in use, with commits that are still in the log of a process that was killed."""
    database(paths.database, "old")
    paths.key_file.write_bytes(b"o" * 32)
    writer = sqlite3.connect(paths.database)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("INSERT INTO films VALUES ('in the log')")
    writer.commit()
    log = paths.database.with_name("medianest.db-wal")
    content, whole = log.read_bytes(), paths.database.read_bytes()
    writer.close()
    paths.database.write_bytes(whole)
    log.write_bytes(content)
    return paths


def test_the_backup_takes_the_place_of_what_was_there_which_is_kept(old: PathsSettings, tmp_path: Path) -> None:
    done = restored(backup_of(database(tmp_path / "new", "new")), old)
    assert titles(old.database) == ["new"]
    assert old.key_file.read_bytes() == b"n" * 32
    assert done.contents.release == "1.0"
    assert done.kept_in
    assert titles(done.kept_in / "medianest.db") == ["old", "in the log"]
    assert (done.kept_in / "secret.key").read_bytes() == b"o" * 32
    assert sorted(path.name for path in old.data_dir.iterdir()) == [done.kept_in.name, "medianest.db", "secret.key"]


def test_who_was_signed_in_or_invited_or_chosen_then_is_not_any_more(paths: PathsSettings, tmp_path: Path) -> None:
    doors = ("sessions", "invitations", "household_devices", "tokens")
    made = (f"CREATE TABLE {name} AS SELECT 'alice' AS whose" for name in doors)
    restored(backup_of(database(tmp_path / "b", "new", *made)), paths)
    with closing(sqlite3.connect(paths.database)) as connection:
        left = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in doors]
    assert left == [0, 0, 0, 1]
    assert not [*paths.data_dir.glob("*-wal")]


def test_an_empty_data_folder_is_filled(paths: PathsSettings, tmp_path: Path) -> None:
    done = restored(backup_of(database(tmp_path / "new", "new")), paths)
    assert done.kept_in is None
    assert titles(paths.database) == ["new"]
    assert paths.database.stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_is_kept_with_its_log(old: PathsSettings, tmp_path: Path) -> None:
    old.database.write_bytes(b"this is no database" * 1000)
    log = old.database.with_name("medianest.db-wal").read_bytes()
    done = restored(backup_of(database(tmp_path / "new", "new")), old)
    assert titles(old.database) == ["new"]
    assert done.kept_in
    assert (done.kept_in / "medianest.db").read_bytes().startswith(b"this is no database")
    assert (done.kept_in / "medianest.db-wal").read_bytes() == log
    assert not old.database.with_name("medianest.db-wal").exists()


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TRIGGER t AFTER INSERT ON films BEGIN DELETE FROM films; END",),
        ("CREATE VIEW v AS SELECT 1",),
        ("DROP TABLE alembic_version",),
        ("DELETE FROM alembic_version", "INSERT INTO alembic_version VALUES ('0001')"),
    ],
)
def test_a_database_that_is_not_what_it_says_is_refused(
    old: PathsSettings, tmp_path: Path, statements: tuple[str, ...]
) -> None:
    source = backup_of(database(tmp_path / "new", "new", *statements))
    before = sorted(path.name for path in old.data_dir.iterdir())
    with pytest.raises(BadBackup):
        restored(source, old)
    assert sorted(path.name for path in old.data_dir.iterdir()) == before
    assert titles(old.database) == ["old", "in the log"]


def test_what_is_no_database_is_refused(old: PathsSettings, tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"text" * 5000)
    with pytest.raises(BadBackup):
        restored(backup_of(tmp_path / "new"), old)
    assert titles(old.database) == ["old", "in the log"]


def test_a_later_releases_backup_is_refused_and_an_earlier_ones_taken(old: PathsSettings, tmp_path: Path) -> None:
    with pytest.raises(TooNew):
        restored(backup_of(database(tmp_path / "later", "x", revision="0004"), revision="0004"), old)
    assert titles(old.database) == ["old", "in the log"]
    restored(backup_of(database(tmp_path / "earlier", "x", revision="0001"), revision="0001"), old)
    assert titles(old.database) == ["x"]


def test_a_restore_that_broke_off_can_be_run_again(old: PathsSettings, tmp_path: Path) -> None:
    scratch = old.data_dir / ".restore"
    scratch.mkdir()
    (scratch / "medianest.db").write_bytes(b"half")
    restored(backup_of(database(tmp_path / "new", "new")), old)
    assert titles(old.database) == ["new"]
    assert not scratch.exists()
