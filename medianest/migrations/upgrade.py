"""Bringing the database to this release before anything opens it: a verified copy, then a child that runs Alembic."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

import medianest
from medianest.core import db, programs
from medianest.core.errors import Conflict, Unavailable
from medianest.core.i18n import msg

VERSIONS = Path(__file__).parent / "versions"
_PACKAGES = str(Path(medianest.__file__).parent.parent)
_START = "import sys; sys.path.append(sys.argv.pop(1)); from medianest.migrations.__main__ import main; main()"
_TOLD_MOST = 500


class TooNew(Conflict):
    """The database was made by a later release."""

    default_code = "database_too_new"


def newest() -> str:
    """The revision that this release wants."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))


def current(path: Path) -> str | None:
    """The revision of the database file; None where there is no file or no table yet."""
    if not path.exists():
        return None
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()
    return str(row[0]) if row else None


def is_pending(path: Path) -> bool:
    """Whether revisions are missing. Raises TooNew for a database from the future."""
    there = current(path)
    if there is not None and there > newest():
        raise TooNew(msg("core.database_too_new", there=there, known=newest()))
    return there != newest()


async def is_current(path: Path) -> bool:
    """Whether the database is of this release."""
    return not await asyncio.to_thread(is_pending, path)


async def run(path: Path, copies: Path) -> None:
    """Bring the database file to the newest revision; nobody may have it open.

    What was there is copied into the folder `copies` first, and the copy checked. Raises TooNew, and Unavailable if the
    copy is bad or a revision fails, which changes nothing.
    """
    if not await asyncio.to_thread(is_pending, path):
        return
    if there := current(path):
        await asyncio.to_thread(_keep, path, copies / f"before-{newest()}-from-{there}.db")
    await asyncio.to_thread(path.touch, 0o600)  # SQLite gives its log the mode of the database
    ended = await programs.run([sys.executable, "-I", "-c", _START, _PACKAGES, str(path)])
    if ended.code:
        reason = ended.errors.decode(errors="replace").strip()[-_TOLD_MOST:]
        raise Unavailable(msg("core.migration_failed", reason=reason), code="migration_failed")


def _keep(path: Path, copy: Path) -> None:
    copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    db.copy(path, copy)
