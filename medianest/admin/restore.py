"""Putting a backup in the place of what is there; whoever calls holds the data folder's lock, so that nothing runs.

The backup is read and checked as a whole first. What was there is kept in a folder of its own. The key goes before the
database, each by one atomic move: a restore that breaks off is run again, and the portal never starts without a
database.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from medianest.accounts.at_rest import close_doors
from medianest.admin import archive
from medianest.admin.errors import BadBackup, TooNew
from medianest.admin.types import Contents, Restored
from medianest.core import clock, db, files
from medianest.core.config import PathsSettings
from medianest.core.i18n import msg
from medianest.downloads.at_rest import TRIGGERS

_KNOWN_KINDS = {"table", "index", "trigger"}


def restore(source: BinaryIO, paths: PathsSettings, *, passphrase: str, newest_revision: str) -> Restored:
    """Make the data folder what it was when the backup was made, but for who was signed in or invited then.

    Raises BadBackup, WrongPassphrase, TooNew, NoRoom.
    """
    with _scratch(paths.data_dir) as scratch:
        contents = archive.read(source, scratch, passphrase=passphrase)
        _check(scratch / archive.DATABASE, contents, newest_revision)
        _close_doors(scratch / archive.DATABASE)
        kept = _keep_what_is_there(paths)
        (scratch / archive.KEY).replace(paths.key_file)
        (scratch / archive.DATABASE).replace(paths.database)
        files.sync_folder(paths.data_dir)
    return Restored(contents=contents, kept_in=kept)


@contextmanager
def _scratch(data_dir: Path) -> Iterator[Path]:
    scratch = data_dir / ".restore"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _check(database: Path, contents: Contents, newest_revision: str) -> None:
    """Raises BadBackup for a database that is damaged or holds what is not ours, TooNew for a later release's."""
    if contents.revision > newest_revision:
        raise TooNew(msg("admin.too_new", release=contents.release))
    faults: list[object] = [*db.check(database)]
    if not faults:
        connection = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)
        try:
            kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT type FROM sqlite_schema")}
            triggers = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")}
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.DatabaseError as error:
            kinds, triggers, found = set(), set(), [(repr(error),)]
        finally:
            connection.close()
        faults += sorted(kinds - _KNOWN_KINDS) + sorted(triggers - TRIGGERS)
        faults += [row for row in found if row != (contents.revision,)]
    if faults:
        raise BadBackup(msg("admin.bad_backup"), facts={"faults": faults})


def _close_doors(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        close_doors(connection)


def _keep_what_is_there(paths: PathsSettings) -> Path | None:
    """Give database and key a second name in a folder of their own; None where there is nothing yet."""
    if not paths.database.exists():
        return None
    kept = paths.data_dir / f"before-restore-{clock.now():%Y%m%dT%H%M%S%fZ}"
    kept.mkdir(mode=0o700)
    _keep_log(paths.database, kept)
    for path in (paths.database, paths.key_file):
        if path.exists():
            _second_name(path, kept / path.name)
    files.sync_folder(kept)
    return kept


def _keep_log(database: Path, kept: Path) -> None:
    """Bring what is in the write-ahead log into the database; a log that does not go in is kept as it is.

    It is copied first: SQLite throws away a log that it cannot use. None is left beside the database to come.
    """
    log = database.with_name(f"{database.name}-wal")
    if log.exists():
        shutil.copyfile(log, kept / log.name)
    if _fold_log(database):
        (kept / log.name).unlink(missing_ok=True)
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _second_name(path: Path, other: Path) -> None:
    try:
        os.link(path, other)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, other)
        other.chmod(0o600)


def _fold_log(database: Path) -> bool:
    connection = sqlite3.connect(database)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return True
