"""What lies on the disk after a kill, and what must be true of it before anybody mends it."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

DATABASE = "medianest.db"


def database_troubles(data_dir: Path, acknowledged: set[str]) -> list[str]:
    """What is wrong with the database that a dead portal left; it is looked at in a copy, and not touched."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("", "-wal"):
            source = data_dir / (DATABASE + part)
            if source.exists():
                shutil.copyfile(source, Path(folder) / source.name)
        try:
            with closing(sqlite3.connect(Path(folder) / DATABASE)) as copy:
                return [*_broken(copy), *_lost(copy, acknowledged)]
        except sqlite3.DatabaseError as error:
            return [f"the database cannot be read: {error}"]


def _broken(copy: sqlite3.Connection) -> list[str]:
    said = [row[0] for row in copy.execute("PRAGMA integrity_check")]
    orphans = copy.execute("PRAGMA foreign_key_check").fetchall()
    troubles = [] if said == ["ok"] else [f"integrity: {said}"]
    return troubles + [f"a row without its parent: {orphan}" for orphan in orphans]


def _lost(copy: sqlite3.Connection, acknowledged: set[str]) -> list[str]:
    there = {row[0] for row in copy.execute("SELECT id FROM downloads")}
    return [f"acknowledged and not in the database: {id}" for id in sorted(acknowledged - there)]


def strange_files(media_dir: Path, wanted: set[Path]) -> list[str]:
    """What lies in the media folder, the hidden work folders included, that no finished download owns."""
    found = {path for path in media_dir.rglob("*") if path.is_file()}
    return [f"left behind: {path.relative_to(media_dir)}" for path in sorted(found - wanted)]
