"""Who runs: one process at a time may change a data folder, and it belongs to the folder's owner.

The lock says who runs, and the kernel lets go of it when that process ends, however it ends.
"""

import fcntl
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from medianest.core import files
from medianest.core.errors import Conflict, Forbidden, NotFound
from medianest.core.i18n import msg

LOCK_NAME = "medianest.lock"


class AlreadyRunning(Conflict):
    """Another process works with this data folder; `pid` is None where it does not tell."""

    default_code = "already_running"

    def __init__(self, data_dir: Path, pid: int | None) -> None:
        super().__init__(msg("instance.already_running", folder=data_dir, pid=pid or "?"))
        self.pid = pid


class NoDataFolder(NotFound):
    default_code = "no_data_folder"


class OtherOwner(Forbidden):
    """The data folder is somebody else's."""

    default_code = "other_owner"

    @classmethod
    def of(cls, data_dir: Path) -> Self:
        return cls(msg("instance.other_owner", folder=data_dir, owner=user_name(_owner(data_dir).st_uid)))


class NotWritable(Forbidden):
    """The data folder takes no files from this user."""

    default_code = "not_writable"

    @classmethod
    def of(cls, data_dir: Path) -> Self:
        me = {"uid": str(os.geteuid()), "gid": str(os.getegid())}  # as `chown` takes them
        owner = user_name(_owner(data_dir).st_uid)
        return cls(msg("instance.not_writable", folder=data_dir, owner=owner, **me))


class InstanceLock:
    """Held by the process that works with a data folder; children do not inherit it."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Raises AlreadyRunning at once where another process holds it."""
        descriptor = os.open(self._data_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0)
            os.close(descriptor)
            raise AlreadyRunning(self._data_dir, int(pid) if pid.isdigit() else None) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def prepare(data_dir: Path, *, create: bool) -> None:
    """See that the data folder can hold a database, and make it if `create`. Raises NoDataFolder, NetworkFolder."""
    if not data_dir.is_dir():
        if not create or data_dir.exists():
            raise NoDataFolder(msg("instance.no_data_folder", folder=data_dir))
        data_dir.mkdir(mode=0o700, parents=True)
    files.refuse_network(data_dir)


def become_owner(data_dir: Path) -> None:
    """Go on as the owner of the data folder, for good. Raises OtherOwner for who may not."""
    if owner := _other_owner(data_dir):
        uid, gid, groups = owner
        os.setgroups(groups)
        os.setgid(gid)
        os.setuid(uid)


@contextmanager
def as_owner(data_dir: Path) -> Iterator[None]:
    """Be the owner of the data folder for a while: for a command whose result only its caller may write."""
    owner = _other_owner(data_dir)
    if owner is None:
        yield
        return
    uid, gid, groups = owner
    before = os.getgroups(), os.getegid(), os.geteuid()
    os.setgroups(groups)
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(before[2])
        os.setegid(before[1])
        os.setgroups(before[0])


def _owner(data_dir: Path) -> os.stat_result:
    """Whoever ran first in a folder owns it: a volume of a container is root's, and open to whom that is started as."""
    with suppress(FileNotFoundError):
        return (data_dir / LOCK_NAME).lstat()
    return data_dir.stat()


def _other_owner(data_dir: Path) -> tuple[int, int, list[int]] | None:
    """User, group and groups to become; None where this process is the owner already, or the first to come."""
    found = _owner(data_dir)
    if found.st_uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        if os.path.lexists(data_dir / LOCK_NAME):
            raise OtherOwner.of(data_dir)
        if not os.access(data_dir, os.W_OK | os.X_OK):
            raise NotWritable.of(data_dir)
        return None
    try:
        groups = os.getgrouplist(pwd.getpwuid(found.st_uid).pw_name, found.st_gid)
    except KeyError:
        groups = [found.st_gid]
    return found.st_uid, found.st_gid, groups


def user_name(uid: int) -> str:
    """The name of a user, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
