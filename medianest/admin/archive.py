"""The single file that a backup is: a tar.gz of manifest, database and key, sealed where there is a passphrase.

An unsealed one can be opened with `tar` where MediaNest is not at hand. What is read may come from anywhere: only known
names are taken, each to its own place, no longer than the manifest says, and with its checksum.
"""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from medianest.admin.errors import BadBackup, NoRoom, WrongPassphrase
from medianest.admin.sealing import MAGIC, Opened, Sealed
from medianest.admin.types import Contents
from medianest.core import files
from medianest.core.i18n import msg

DATABASE = "medianest.db"
KEY = "secret.key"
MANIFEST = "manifest.json"
_FORMAT = 1
_MANIFEST_MOST = 64 * 1024
_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    size: int
    sha256: str


def write(target: BinaryIO, contents: Contents, sources: Mapping[str, Path], *, passphrase: str = "") -> None:
    """Write files, by their name in the backup, behind a manifest of them."""
    members = {name: _measure(path) for name, path in sources.items()}
    sealed = Sealed(target, passphrase) if passphrase else None
    sink: Any = sealed or target
    with tarfile.open(fileobj=sink, mode="w|gz", format=tarfile.PAX_FORMAT) as tar:
        manifest = _manifest(contents, members)
        tar.addfile(_entry(MANIFEST, len(manifest)), io.BytesIO(manifest))
        for name, path in sources.items():
            with path.open("rb") as file:
                tar.addfile(_entry(name, members[name].size), file)
    if sealed:
        sealed.close()


def read(source: BinaryIO, folder: Path, *, passphrase: str = "") -> Contents:
    """Lay the files of a backup into `folder`, an empty one, and check them against the manifest.

    Raises BadBackup, WrongPassphrase; `folder` may then hold a part.
    """
    with _damage_is_an_error(), tarfile.open(fileobj=_unsealed(source, passphrase), mode="r|gz") as tar:
        contents, members = _read_manifest(tar)
        if sum(member.size for member in members.values()) > files.free_bytes(folder):
            raise NoRoom(msg("admin.no_room", folder=folder))
        for entry in iter(tar.next, None):
            expected = members.pop(entry.name, None)
            if expected is None or not entry.isfile() or entry.size != expected.size:
                raise BadBackup(msg("admin.bad_backup"))
            _extract(tar, entry, folder / entry.name)
            if _measure(folder / entry.name) != expected:
                raise BadBackup(msg("admin.bad_backup"))
    if members:
        raise BadBackup(msg("admin.bad_backup"))
    return contents


def _unsealed(source: BinaryIO, passphrase: str) -> Any:
    magic = source.read(len(MAGIC))
    if magic == MAGIC:
        if not passphrase:
            raise WrongPassphrase(msg("admin.passphrase_needed"))
        return Opened(source, passphrase)
    return _Behind(magic, source)


class _Behind:
    """A stream whose first bytes have been read already."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int) -> bytes:
        taken, self._first = self._first[:size], self._first[size:]
        return taken + self._rest.read(size - len(taken))


@contextmanager
def _damage_is_an_error() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadBackup(msg("admin.bad_backup"), facts={"error": repr(error)}) from error


def _read_manifest(tar: tarfile.TarFile) -> tuple[Contents, dict[str, _Member]]:
    entry = tar.next()
    if entry is None or entry.name != MANIFEST or not entry.isfile() or entry.size > _MANIFEST_MOST:
        raise BadBackup(msg("admin.bad_backup"))
    written = json.loads(_opened(tar, entry).read())
    if written["format"] != _FORMAT or set(written["files"]) != {DATABASE, KEY}:
        raise BadBackup(msg("admin.bad_backup"))
    members = {
        name: _Member(size=int(file["size"]), sha256=str(file["sha256"])) for name, file in written["files"].items()
    }
    made_at = datetime.fromisoformat(written["made_at"])
    contents = Contents(made_at=made_at, release=str(written["release"]), revision=str(written["revision"]))
    return contents, members


def _manifest(contents: Contents, members: Mapping[str, _Member]) -> bytes:
    written = {
        "format": _FORMAT,
        "made_at": contents.made_at.isoformat(),
        "release": contents.release,
        "revision": contents.revision,
        "files": {name: {"size": member.size, "sha256": member.sha256} for name, member in members.items()},
    }
    return json.dumps(written, indent=1).encode()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o600
    return entry


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> None:
    source = _opened(tar, entry)
    with path.open("xb") as file:
        path.chmod(0o600)
        while block := source.read(_BLOCK):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _opened(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(entry)
    if file is None:
        raise BadBackup(msg("admin.bad_backup"))
    return file


def _measure(path: Path) -> _Member:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return _Member(size=file.tell(), sha256=digest.hexdigest())
