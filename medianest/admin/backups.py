"""Making and keeping backups: each is read back and checked before it counts, and only then do old ones go."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from medianest.admin import archive, events
from medianest.admin.errors import BadBackup, NoRoom, NoSuchBackup
from medianest.admin.types import Backup, Contents, Sent
from medianest.core import clock, db, files, journal
from medianest.core.actor import Actor
from medianest.core.config import PathsSettings
from medianest.core.control import Stream
from medianest.core.db import Database
from medianest.core.event import ADMINS, Event
from medianest.core.i18n import msg
from medianest.core.security import load_or_create_key

_NAME = re.compile(r"medianest-([0-9]{8}T[0-9]{6})([0-9]{3})Z\.(tar\.gz|sealed)")
_WORK = ".work"
_BLOCK = 256 * 1024
_ROOM_FACTOR = 3  # the copy, the file made of it, and what is read back from that


class Backups:
    """The backups of this installation; one is made at a time."""

    def __init__(self, database: Database, paths: PathsSettings, *, release: str, revision: str) -> None:
        self._db = database
        self._paths = paths
        self._release = release
        self._revision = revision
        self._turn = asyncio.Lock()

    async def make(self, actor: Actor, *, passphrase: str = "") -> Backup:
        """Put a verified backup into the data folder. Raises NoRoom, Unavailable."""
        async with self._made(passphrase) as (path, contents):
            target = self._paths.backups_dir / _name_of(contents.made_at, sealed=bool(passphrase))
            await asyncio.to_thread(files.move_atomically, path, target)
        backup = _known(target)
        assert backup
        made = events.BackupMade(
            actor=actor, subject_id=backup.name, audience=ADMINS, size_bytes=backup.size_bytes, sealed=backup.sealed
        )
        await self._tell(made)
        return backup

    async def send(self, actor: Actor, stream: Stream, *, passphrase: str = "") -> Sent:
        """Give a verified backup away without keeping it. Raises NoRoom, Unavailable."""
        async with self._made(passphrase) as (path, contents):
            name = _name_of(contents.made_at, sealed=bool(passphrase))
            with path.open("rb") as file:
                sent = await _send(file, stream, name)
        await self._tell_handed_out(actor, name, size_bytes=sent.size_bytes, sealed=bool(passphrase))
        return sent

    async def listing(self) -> Sequence[Backup]:
        """What is there, newest first."""
        return await asyncio.to_thread(_listing, self._paths.backups_dir)

    async def hand_out(self, actor: Actor, name: str) -> Path:
        """The file of a backup, for somebody who takes it away. Raises NoSuchBackup."""
        backup = await self._one(name)
        await self._tell_handed_out(actor, name, size_bytes=backup.size_bytes, sealed=backup.sealed)
        return self._paths.backups_dir / backup.name

    async def delete(self, actor: Actor, name: str) -> None:
        """Remove a backup. Raises NoSuchBackup."""
        backup = await self._one(name)
        await asyncio.to_thread((self._paths.backups_dir / backup.name).unlink, missing_ok=True)
        await self._tell(events.BackupDeleted(actor=actor, subject_id=name, audience=ADMINS))

    async def rotate(self, actor: Actor, *, keep: int) -> Backup | None:
        """Remove all but the newest `keep`, and never the last one that is more than twice as large as the newest.

        Returns that one: the data has shrunk, and a person must say whether that is as it should be.
        """
        old, shrunk_from = surplus(await self.listing(), keep=keep)
        for backup in old:
            await self.delete(actor, backup.name)
        return shrunk_from

    async def _one(self, name: str) -> Backup:
        found = next((backup for backup in await self.listing() if backup.name == name), None)
        if found is None:
            raise NoSuchBackup(msg("admin.no_such_backup"))
        return found

    async def _tell_handed_out(self, actor: Actor, name: str, *, size_bytes: int, sealed: bool) -> None:
        await self._tell(
            events.BackupHandedOut(actor=actor, subject_id=name, audience=ADMINS, size_bytes=size_bytes, sealed=sealed)
        )

    async def _tell(self, event: Event) -> None:
        async with self._db.transaction() as session:
            await journal.record(session, event)

    @asynccontextmanager
    async def _made(self, passphrase: str) -> AsyncIterator[tuple[Path, Contents]]:
        """A verified backup in a folder of its own, which is gone in the end."""
        async with self._turn:
            work = await asyncio.to_thread(self._fresh_work_folder)
            try:
                await self._db.backup(work / archive.DATABASE)
                contents = Contents(made_at=clock.now(), release=self._release, revision=self._revision)
                path = work / "backup"
                await asyncio.to_thread(self._pack, work, path, contents, passphrase)
                yield path, contents
            finally:
                await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)

    def _fresh_work_folder(self) -> Path:
        """An empty folder; what an earlier life left in it goes. Raises NoRoom."""
        work = self._paths.backups_dir / _WORK
        shutil.rmtree(work, ignore_errors=True)
        self._paths.backups_dir.mkdir(mode=0o700, exist_ok=True)
        work.mkdir(mode=0o700)
        if files.free_bytes(work) < _ROOM_FACTOR * self._paths.database.stat().st_size:
            raise NoRoom(msg("admin.no_room", folder=self._paths.backups_dir))
        return work

    def _pack(self, work: Path, path: Path, contents: Contents, passphrase: str) -> None:
        load_or_create_key(self._paths.key_file)
        sources = {archive.DATABASE: work / archive.DATABASE, archive.KEY: self._paths.key_file}
        with path.open("xb") as file:
            path.chmod(0o600)
            archive.write(file, contents, sources, passphrase=passphrase)
        verify(path, work / "read-back", passphrase=passphrase)


def verify(path: Path, folder: Path, *, passphrase: str) -> Contents:
    """Read a backup back into the new `folder`, and check what came out as a database. Raises BadBackup."""
    folder.mkdir(mode=0o700)
    with path.open("rb") as file:
        contents = archive.read(file, folder, passphrase=passphrase)
    if faults := db.check(folder / archive.DATABASE):
        raise BadBackup(msg("admin.bad_backup"), facts={"faults": faults})
    return contents


def surplus(newest_first: Sequence[Backup], *, keep: int) -> tuple[Sequence[Backup], Backup | None]:
    """Which backups may go, and the one that stays because all newer ones are less than half as large."""
    if not newest_first:
        return (), None
    newest = newest_first[0]
    larger = next((old for old in newest_first if old.size_bytes > 2 * newest.size_bytes), None)
    return [old for old in newest_first[keep:] if old is not larger], larger


def _listing(folder: Path) -> Sequence[Backup]:
    try:
        found = [_known(path) for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    return sorted((backup for backup in found if backup), key=lambda backup: backup.made_at, reverse=True)


def _known(path: Path) -> Backup | None:
    """What the name of a file tells of a backup; None for other files."""
    name = _NAME.fullmatch(path.name)
    if not name or not path.is_file():
        return None
    made_at = datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC, microsecond=int(name[2]) * 1000)
    return Backup(name=path.name, made_at=made_at, size_bytes=path.stat().st_size, sealed=name[3] == "sealed")


def _name_of(made_at: datetime, *, sealed: bool) -> str:
    return f"medianest-{made_at:%Y%m%dT%H%M%S}{made_at.microsecond // 1000:03}Z.{'sealed' if sealed else 'tar.gz'}"


async def _send(file: BinaryIO, stream: Stream, name: str) -> Sent:
    digest, size = sha256(), 0
    while block := await asyncio.to_thread(file.read, _BLOCK):
        digest.update(block)
        size += len(block)
        await stream.write(block)
    return Sent(name=name, size_bytes=size, sha256=digest.hexdigest())
