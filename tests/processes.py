"""What runs on this machine, read from /proc: trees, leftovers, open ports."""

import contextlib
import os
import select
import signal
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

_PROC = Path("/proc")
_LISTENING = "0A"
_GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


@dataclass(frozen=True, slots=True)
class Process:
    """One process; its start time tells it from a later one with the same number."""

    pid: int
    parent: int
    started: int
    command: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The process `pid`; None when there is none, or only its exit status is left."""
        try:
            status = (_PROC / str(pid) / "stat").read_text()
            command = (_PROC / str(pid) / "cmdline").read_bytes()
        except _GONE:
            return None
        state, *fields = status.rpartition(")")[2].split()
        if state in "ZX":
            return None
        return cls(pid, int(fields[0]), int(fields[18]), command.replace(b"\0", b" ").decode(errors="replace").strip())

    def is_running(self) -> bool:
        now = Process.of(self.pid)
        return now is not None and now.started == self.started

    @property
    def resident_bytes(self) -> int:
        """Memory in use, as the kernel counts it; 0 when it is gone."""
        with contextlib.suppress(*_GONE):
            pages = (_PROC / str(self.pid) / "statm").read_text().split()[1]
            return int(pages) * os.sysconf("SC_PAGE_SIZE")
        return 0

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; nothing happens when it is gone."""
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end, whoever its parent is; False when it still runs."""
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(self.pid)
            try:
                if self.is_running():
                    select.select([descriptor], [], [], seconds)
            finally:
                os.close(descriptor)
        return not self.is_running()

    def __str__(self) -> str:
        return f"{self.pid} (of {self.parent}): {self.command[:160]}"


def everything() -> list[Process]:
    """All processes that can be seen."""
    numbers = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal())
    return [process for process in map(Process.of, numbers) if process]


def tree(root: int) -> list[Process]:
    """A process and all that descend from it, parents first."""
    children: dict[int, list[Process]] = {}
    for process in everything():
        children.setdefault(process.parent, []).append(process)
    top = Process.of(root)
    found = [top] if top else []
    for process in found:
        found += children.get(process.pid, [])
    return found


def touching(folder: Path) -> list[Process]:
    """Processes that were started with a path below `folder`, stand in it or hold a file of it open.

    This process and those that it descends from do not count: they may have been told of the folder.
    """
    place = str(folder.resolve())
    all_of_them = {process.pid: process for process in everything()}
    process = all_of_them.pop(os.getpid(), None)
    while process:
        process = all_of_them.pop(process.parent, None)
    return [process for process in all_of_them.values() if place in process.command or any(_below(place, process.pid))]


def _below(place: str, pid: int) -> Iterator[bool]:
    with contextlib.suppress(*_GONE):
        stands_in = str((_PROC / str(pid) / "cwd").readlink())
        yield stands_in == place or stands_in.startswith(place + "/")
    for target, _ in _open_files(pid):
        yield target.startswith(place + "/")


def starved_s(pid: int) -> float:
    """For how long the first thread of a process was able to run, but had to wait for a processor."""
    with contextlib.suppress(*_GONE):
        return int((_PROC / str(pid) / "schedstat").read_text().split()[1]) / 1e9
    return 0.0


def writers(folder: Path) -> dict[Path, set[int]]:
    """The files below `folder` that are open for writing, and the processes that have them so."""
    place = str(folder.resolve())
    found: dict[Path, set[int]] = {}
    for process in everything():
        for target, number in _open_files(process.pid):
            if target.startswith(place + "/") and _is_for_writing(process.pid, number):
                found.setdefault(Path(target), set()).add(process.pid)
    return found


def _open_files(pid: int) -> Iterator[tuple[str, str]]:
    with contextlib.suppress(*_GONE):
        for link in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(*_GONE):
                yield str(link.readlink()), link.name


def _is_for_writing(pid: int, number: str) -> bool:
    with contextlib.suppress(*_GONE):
        for line in (_PROC / str(pid) / "fdinfo" / number).read_text().splitlines():
            if line.startswith("flags:"):
                return bool(int(line.split()[1], 8) & os.O_ACCMODE)
    return False


def listening_ports(processes: Iterable[Process]) -> set[int]:
    """The TCP ports on which any of them listens."""
    sockets = {inode for process in processes for inode in _socket_inodes(process.pid)}
    return {port for inode, port in _listeners() if inode in sockets}


def is_listening(port: int) -> bool:
    """Whether anybody listens on a TCP port."""
    return bool(listeners({port}))


def listeners(ports: Set[int]) -> set[str]:
    """The sockets that listen on these ports; one that takes a port over later is another one."""
    return {inode for inode, port in _listeners() if port in ports}


def _listeners() -> Iterator[tuple[str, int]]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(*_GONE):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING:
                    yield fields[9], int(fields[1].rpartition(":")[2], 16)


def _socket_inodes(pid: int) -> Iterator[str]:
    for target, _ in _open_files(pid):
        if target.startswith("socket:["):
            yield target[8:-1]
