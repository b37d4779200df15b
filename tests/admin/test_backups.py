"""A backup counts when it has been read back, and old ones go only then."""

import asyncio
import io
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from medianest.admin import archive, sealing
from medianest.admin.backups import Backups, surplus, verify
from medianest.admin.errors import NoSuchBackup
from medianest.admin.types import Backup
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM
from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.core.errors import Unavailable


async def kinds(db: Database) -> list[str]:
    return [entry.kind for entry in (await db.read(journal_pages.page)).items]


def opened(paths: PathsSettings, name: str, folder: Path, passphrase: str = "") -> Path:
    verify(paths.backups_dir / name, folder, passphrase=passphrase)
    return folder


async def test_a_backup_holds_what_was_committed_and_the_key(
    backups: Backups, db: Database, paths: PathsSettings, tmp_path: Path
) -> None:
    async with db.transaction() as session:
        await session.execute(text("CREATE TABLE films (title TEXT)"))
        await session.execute(text("INSERT INTO films VALUES ('Häxan')"))
    made = await backups.make(SYSTEM)
    out = opened(paths, made.name, tmp_path / "out")
    restored = sqlite3.connect(out / archive.DATABASE)
    assert restored.execute("SELECT title FROM films").fetchall() == [("Häxan",)]
    restored.close()
    assert (out / archive.KEY).read_bytes() == paths.key_file.read_bytes()
    assert await backups.listing() == [made]
    assert await kinds(db) == ["backup.made"]


async def test_backups_are_private_and_nothing_else_is_left(backups: Backups, paths: PathsSettings) -> None:
    made = await backups.make(SYSTEM)
    assert [path.name for path in paths.backups_dir.iterdir()] == [made.name]
    assert (paths.backups_dir / made.name).stat().st_mode & 0o777 == 0o600
    assert made.size_bytes == (paths.backups_dir / made.name).stat().st_size


async def test_many_at_once_are_made_one_after_the_other(backups: Backups) -> None:
    made = await asyncio.gather(*(backups.make(SYSTEM) for _ in range(4)))
    assert len({backup.name for backup in made}) == 4
    assert [backup.name for backup in await backups.listing()] == [backup.name for backup in reversed(made)]


async def test_a_sealed_backup_needs_its_passphrase(
    backups: Backups, paths: PathsSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_COST_LOG2", 4)
    made = await backups.make(SYSTEM, passphrase="correct horse")
    assert made.sealed
    assert (paths.backups_dir / made.name).read_bytes().startswith(sealing.MAGIC)
    opened(paths, made.name, tmp_path / "out", "correct horse")


async def test_a_backup_can_be_given_away_without_being_kept(
    backups: Backups, db: Database, paths: PathsSettings, tmp_path: Path
) -> None:
    class Sink(io.BytesIO):
        async def write(self, chunk: bytes) -> None:  # type: ignore[override]  # as a control stream has it
            super().write(chunk)

    sink = Sink()
    sent = await backups.send(SYSTEM, sink)
    assert sent.size_bytes == len(sink.getvalue())
    (tmp_path / "b").write_bytes(sink.getvalue())
    verify(tmp_path / "b", tmp_path / "out", passphrase="")
    assert list(paths.backups_dir.iterdir()) == []
    assert await kinds(db) == ["backup.handed_out"]


async def test_what_an_earlier_life_left_half_made_goes(backups: Backups, paths: PathsSettings) -> None:
    left = paths.backups_dir / ".work"
    left.mkdir(parents=True)
    (left / "backup").write_bytes(b"half")
    made = await backups.make(SYSTEM)
    assert [path.name for path in paths.backups_dir.iterdir()] == [made.name]


async def test_a_damaged_database_makes_no_backup_and_moves_no_old_one(
    db: Database, backups: Backups, paths: PathsSettings
) -> None:
    async with db.transaction() as session:
        await session.execute(text("CREATE TABLE filler (x TEXT)"))
        await session.execute(text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                                   "INSERT INTO filler SELECT hex(randomblob(500)) FROM n"))  # fmt: skip
    good = await backups.make(SYSTEM)
    await db.close()
    size = paths.database.stat().st_size
    with paths.database.open("r+b") as file:
        for page in range(size // 4096 * 3 // 4, size // 4096):  # of the filler, which came last
            file.seek(page * 4096)
            file.write(os.urandom(100))
    damaged = Database(paths.database)
    await damaged.open()
    with pytest.raises((Unavailable, sqlite3.DatabaseError)):
        await Backups(damaged, paths, release="1.0", revision="0003").make(SYSTEM)
    await damaged.close()
    assert [path.name for path in paths.backups_dir.iterdir()] == [good.name]


@pytest.mark.parametrize("name", ["none", "../medianest.db", "..", "", ".work", "medianest-20260101T000000000Z.sealed"])
async def test_only_a_name_of_the_list_is_handed_out_or_deleted(backups: Backups, name: str) -> None:
    await backups.make(SYSTEM)
    with pytest.raises(NoSuchBackup):
        await backups.hand_out(SYSTEM, name)
    with pytest.raises(NoSuchBackup):
        await backups.delete(SYSTEM, name)
    assert len(await backups.listing()) == 1


async def test_handing_out_and_deleting_are_written_down(backups: Backups, db: Database, paths: PathsSettings) -> None:
    made = await backups.make(SYSTEM)
    assert await backups.hand_out(SYSTEM, made.name) == paths.backups_dir / made.name
    await backups.delete(SYSTEM, made.name)
    assert await backups.listing() == []
    assert await kinds(db) == ["backup.deleted", "backup.handed_out", "backup.made"]


async def test_rotation_keeps_the_newest(backups: Backups) -> None:
    made = [await backups.make(SYSTEM) for _ in range(4)]
    assert await backups.rotate(SYSTEM, keep=2) is None
    assert [backup.name for backup in await backups.listing()] == [made[3].name, made[2].name]


def of_sizes(*sizes: int) -> list[Backup]:
    """Backups, newest first."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        Backup(name=f"b{age}", made_at=now - timedelta(days=age), size_bytes=size, sealed=False)
        for age, size in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("sizes", "keep", "gone", "larger"),
    [
        ((), 2, [], None),
        ((10,), 2, [], None),
        ((10, 10, 10, 10), 2, ["b2", "b3"], None),
        ((10, 20, 20), 2, ["b2"], None),
        ((10, 21, 21), 2, ["b2"], "b1"),
        ((10, 10, 10, 30, 40), 2, ["b2", "b4"], "b3"),
        ((1, 1, 1, 1, 1, 99), 3, ["b3", "b4"], "b5"),
    ],
)
def test_the_last_backup_before_the_data_shrank_is_never_rotated_away(
    sizes: tuple[int, ...], keep: int, gone: list[str], larger: str | None
) -> None:
    old, shrunk_from = surplus(of_sizes(*sizes), keep=keep)
    assert [backup.name for backup in old] == gone
    assert (shrunk_from.name if shrunk_from else None) == larger
