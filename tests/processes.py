"""What runs on this machine, read from /proc: trees, leftovers, open ports."""

import contextlib
import os
import select
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

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
    """Processes that were started with a path below `folder`, stand in it or hold a file of it open, but this one."""
    place = str(folder.resolve())
    others = (process for process in everything() if process.pid != os.getpid())
    return [process for process in others if place in process.command or any(_below(place, process.pid))]


def _below(place: str, pid: int) -> Iterator[bool]:
    links = [_PROC / str(pid) / "cwd"]
    with contextlib.suppress(*_GONE):
        links += (_PROC / str(pid) / "fd").iterdir()
    for link in links:
        with contextlib.suppress(*_GONE):
            target = str(link.readlink())
            yield target == place or target.startswith(place + "/")


def listening_ports(processes: Iterable[Process]) -> set[int]:
    """The TCP ports on which any of them listens."""
    sockets = {inode for process in processes for inode in _socket_inodes(process.pid)}
    return {port for inode, port in _listeners() if inode in sockets}


def is_listening(port: int) -> bool:
    """Whether anybody listens on a TCP port."""
    return any(found == port for _, found in _listeners())


def _listeners() -> Iterator[tuple[str, int]]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(*_GONE):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING:
                    yield fields[9], int(fields[1].rpartition(":")[2], 16)


def _socket_inodes(pid: int) -> Iterator[str]:
    with contextlib.suppress(*_GONE):
        for link in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(*_GONE):
                target = str(link.readlink())
                if target.startswith("socket:["):
                    yield target[8:-1]
