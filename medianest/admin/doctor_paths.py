"""The doctor on folders: whose they are, whether they can be written, on which disk, with how much room."""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medianest.admin.types import Fact, Group, Verdict
from medianest.core import files
from medianest.core.config import Settings
from medianest.core.i18n import Message, msg
from medianest.core.instance import user_name

DATA_ROOM_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder as it was found; `refusal` is the system's word against writing into it."""

    path: Path
    exists: bool
    uid: int
    gid: int
    mode: int
    kind: str
    free_bytes: int
    total_bytes: int
    refusal: str | None

    @property
    def data(self) -> Mapping[str, Any]:
        return {
            "path": str(self.path),
            "exists": self.exists,
            "uid": self.uid,
            "gid": self.gid,
            "mode": f"{self.mode:04o}",
            "filesystem": self.kind,
            "free_bytes": self.free_bytes,
            "total_bytes": self.total_bytes,
            "writable": self.refusal is None,
        }


def examine(settings: Settings) -> list[Fact]:
    data, media = look(settings.paths.data_dir), look(settings.paths.media_dir)
    me = os.geteuid(), os.getegid()
    return [
        judge_folder("data_dir", data, me),
        judge_folder("media_dir", media, me),
        *judge_room(data, media, settings.downloads.min_free_bytes),
    ]


def look(path: Path) -> Folder:
    there = files.existing(path)
    found = there.stat()
    return Folder(
        path=path,
        exists=path.is_dir(),
        uid=found.st_uid,
        gid=found.st_gid,
        mode=stat.S_IMODE(found.st_mode),
        kind=files.filesystem_kind(path),
        free_bytes=files.free_bytes(path),
        total_bytes=files.total_bytes(path),
        refusal=_refusal(there),
    )


def _refusal(folder: Path) -> str | None:
    """Why a small file cannot be written and read back; None where it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"MediaNest")
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            return None if file.read() == b"MediaNest" else "?"
    except OSError as error:
        return error.strerror or type(error).__name__


def judge_folder(name: str, folder: Folder, me: tuple[int, int]) -> Fact:
    """What a folder's state means for who runs as `me`, user and group."""
    verdict, finding, mend = _judged(folder, me, holds_database=name == "data_dir")
    return Fact(
        id=f"paths.{name}",
        group=Group.PATHS,
        verdict=verdict,
        title=msg(f"doctor.{name}"),
        finding=finding,
        mend=mend,
        data=folder.data,
    )


def _judged(folder: Folder, me: tuple[int, int], *, holds_database: bool) -> tuple[Verdict, Message, Message | None]:
    path, mode = folder.path, f"{folder.mode:04o}"
    if holds_database and folder.kind in files.NETWORK_FILESYSTEMS:
        return Verdict.WRONG, msg("doctor.folder_network", path=path, kind=folder.kind), msg("doctor.mend_network")
    if folder.refusal and me[0] not in (0, folder.uid):
        owner, user = user_name(folder.uid), user_name(me[0])
        finding = msg("doctor.folder_of_other", path=path, owner=owner, mode=mode, user=user)
        return Verdict.WRONG, finding, msg("doctor.mend_owner", uid=me[0], gid=me[1], path=path)
    if folder.refusal:
        finding = msg("doctor.folder_refused", path=path, reason=folder.refusal)
        return Verdict.WRONG, finding, msg("doctor.mend_refused", path=path)
    if not folder.exists:
        return Verdict.FINE, msg("doctor.folder_later", path=path), None
    if holds_database and folder.mode & 0o077:
        return Verdict.LOOK, msg("doctor.folder_open", path=path, mode=mode), msg("doctor.mend_open", path=path)
    return Verdict.FINE, msg("doctor.folder_fine", path=path, kind=folder.kind), None


def judge_room(data: Folder, media: Folder, min_free_bytes: int) -> Iterator[Fact]:
    """Whether there is room for what comes next, in the data folder and for downloads."""
    for name, folder, needed in (("data_dir", data, DATA_ROOM_BYTES), ("media_dir", media, min_free_bytes)):
        short = folder.free_bytes < needed
        facts = {"free": _gigabytes(folder.free_bytes), "total": _gigabytes(folder.total_bytes), "path": folder.path}
        yield Fact(
            id=f"paths.{name}_room",
            group=Group.PATHS,
            verdict=Verdict.WRONG if short else Verdict.FINE,
            title=msg(f"doctor.{name}_room"),
            finding=msg("doctor.room", **facts),
            mend=msg(f"doctor.mend_{name}_room", needed=_gigabytes(needed)) if short else None,
            data={"free_bytes": folder.free_bytes, "total_bytes": folder.total_bytes, "needed_bytes": needed},
        )


def _gigabytes(size: int) -> float:
    amount = size / 1e9
    return round(amount) if amount >= 10 else round(amount, 1)
