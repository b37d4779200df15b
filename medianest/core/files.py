"""Files: paths that stay inside their folder, moves and writes that survive a power cut, room, and kinds of disk."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from medianest.core.errors import Invalid
from medianest.core.i18n import msg

_NETWORK_KINDS = (
    "9p",
    "afs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
)
_NETWORK_FUSE = ("ceph", "davfs", "glusterfs", "rclone", "s3fs", "smbnetfs", "sshfs")
NETWORK_FILESYSTEMS = frozenset(_NETWORK_KINDS) | {f"fuse.{name}" for name in _NETWORK_FUSE}
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


class Outside(Invalid):
    """A path that leads out of the folder that it must stay in."""

    default_code = "outside_folder"


class NetworkFolder(Invalid):
    """A folder that would lose a database, because its disk is in another machine."""

    default_code = "network_folder"


def safe_join(root: Path, *parts: str) -> Path:
    """The path below `root`; raises Outside for one that leaves it, by its text or through a link."""
    path = root.joinpath(*parts)
    texts = [name for part in parts for name in part.split("/")]
    broken = not parts or any(name in ("", ".", "..") or "\0" in name for name in texts)
    if broken or not path.resolve().is_relative_to(root.resolve()):
        raise Outside(msg("files.outside"), facts={"root": str(root), "parts": parts})
    return path


def move_atomically(source: Path, target: Path) -> None:
    """Give a finished file its place: whole, on disk when this returns, and never over another file.

    Raises FileExistsError. From another file system it is copied first, under a hidden name beside the target.
    """
    if not stat.S_ISREG(source.lstat().st_mode):
        raise Outside(msg("files.no_regular_file"), facts={"path": str(source)})
    try:
        _place(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _place_copy(source, target)
    sync_folder(target.parent)


def write_atomically(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a small file so that others, and the next start, see the old content or the new."""
    temporary = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        temporary.unlink()
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk."""
    with _opened(folder, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
        os.fsync(descriptor)


def free_bytes(path: Path) -> int:
    """What may still be written where `path` is, or where it will be made."""
    found = os.statvfs(existing(path))
    return found.f_bavail * found.f_frsize


def total_bytes(path: Path) -> int:
    found = os.statvfs(existing(path))
    return found.f_blocks * found.f_frsize


def name_limit(folder: Path) -> int:
    """How many bytes a file's name may have in this folder."""
    return os.pathconf(existing(folder), "PC_NAME_MAX")


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next((folder for folder in (path, *path.parents) if folder.exists()), Path("/"))


def filesystem_kind(path: Path) -> str:
    """The kind of file system as the kernel names it, such as `ext4` or `fuse.sshfs`; empty if it does not tell.

    The mount table is asked rather than statfs(2), which calls every file system in user space the same.
    """
    with _opened(existing(path), os.O_PATH) as descriptor:
        facts = Path(f"/proc/self/fdinfo/{descriptor}").read_text()
    mount_id = next((line.split()[1] for line in facts.splitlines() if line.startswith("mnt_id:")), "")
    return kind_of_mount(Path("/proc/self/mountinfo").read_text(errors="replace"), mount_id)


def kind_of_mount(mountinfo: str, mount_id: str) -> str:
    """The file system of one line of a mount table; see proc_pid_mountinfo(5)."""
    for line in mountinfo.splitlines():
        place, _, rest = line.partition(" - ")
        if place.split(" ", 1)[0] == mount_id and rest:
            return rest.split(" ", 1)[0]
    return ""


def refuse_network(folder: Path) -> None:
    """Raises NetworkFolder for a folder whose file system a database must not be on."""
    kind = filesystem_kind(folder)
    if kind in NETWORK_FILESYSTEMS:
        raise NetworkFolder(msg("files.network_folder", folder=folder, kind=kind))


def _place(source: Path, target: Path) -> None:
    """Rename without replacing: by link and unlink, else over a name that was taken before."""
    with _opened(source, os.O_RDONLY | os.O_NOFOLLOW) as descriptor:
        os.fsync(descriptor)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _place_over_own_name(source, target)
    else:
        source.unlink()


def _place_over_own_name(source: Path, target: Path) -> None:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        source.replace(target)
    except OSError:
        target.unlink()
        raise


def _place_copy(source: Path, target: Path) -> None:
    copy = target.with_name(f".medianest-{os.urandom(8).hex()}.part")
    try:
        shutil.copyfile(source, copy, follow_symlinks=False)
        _place(copy, target)
    finally:
        copy.unlink(missing_ok=True)
    source.unlink()


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
