"""The walls around the child process: what it may use, whom it may reach, what it may start, and that it dies in time.

It has met strangers' pages and files; the walls hold for whatever code they lead it into, as long as that is Python.
"""

import fcntl
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from medianest.downloads.failure_sentences import BLOCKED_REASON
from medianest.downloads.protocol import Limits

_F_SETSIG = 10  # fcntl(2); the module does not name it before Python 3.12
_WATCH_EVERY_S = 0.5
_PAGE = os.sysconf("SC_PAGE_SIZE")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NEVER = frozenset(
    {"os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn", "pty.spawn", "socket.bind"}
    | {"os.symlink", "os.link", "os.chown", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"}
)
_CHANGES = {"os.rename": 2, "os.remove": 1, "os.mkdir": 1, "os.rmdir": 1, "os.chmod": 1, "os.truncate": 0}
"""What changes paths, and how many of the last arguments are descriptors of the folders that these are relative to."""


class RefusedConnection(OSError):
    """A connection past the proxy, or to an address that is none; its text is what `failures` knows."""

    def __init__(self, what: object) -> None:
        super().__init__(f"{BLOCKED_REASON}: {what}")


def tie_to_parent(lifeline: int) -> None:
    """Let the kernel kill the whole process group once the other end of the pipe is closed, however that came.

    It needs nobody here who still runs: a thread that waits for the end of standard input could be kept from it by a
    regular expression that holds the interpreter, and PR_SET_PDEATHSIG would kill this process before it can end
    ffmpeg. A pipe nobody writes to becomes readable at the death of its writer only (pipe(7), fcntl(2) F_SETSIG).
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    try:
        gone = os.read(lifeline, 1) == b""
    except BlockingIOError:
        return
    if gone:
        os.killpg(0, signal.SIGKILL)


def limit(limits: Limits) -> None:
    """Bound processor time, files and descriptors of this process and of each that it starts.

    Not the address space: the JavaScript runtime reserves far more than it uses, and aborts under such a limit.
    """
    for what, most in (
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    os.nice(limits.nice)


def watch_memory(most_bytes: int, on_excess: Callable[[], None]) -> None:
    """Look twice a second what this process and all below it hold, and call `on_excess` when it is too much."""

    def watch() -> None:
        while not stop.wait(_WATCH_EVERY_S):
            if sum(map(_resident_bytes, _family(os.getpid()))) > most_bytes:
                on_excess()
                return

    stop = threading.Event()
    threading.Thread(target=watch, name="memory", daemon=True).start()


def _family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = children.read_text().split()
        except OSError:  # the thread or process has just ended
            continue
        for child in below:
            yield from _family(int(child))


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


class Gate:
    """An audit hook (PEP 578), never to be removed, that refuses what is not allowed.

    Connections go to the proxy alone, names are not resolved here, programs are those of the setup, files change in
    the working folder only (and in the interpreter's cache of compiled modules, but for those of `sealed`).
    """

    def __init__(self, programs: frozenset[str], *, sealed: str | None = None) -> None:
        self.proxy: tuple[str, int] | None = None
        self._folder: str | None = None
        self._entered: os.stat_result | None = None
        self._sealed = os.path.join(os.path.realpath(sealed), "") if sealed else None  # noqa: PTH118  # as above
        self._programs = programs
        self._checks: dict[str, Callable[..., None]] = {
            "socket.connect": self._connect,
            "socket.getaddrinfo": self._resolve,
            "subprocess.Popen": self._start,
            "open": self._open,
            **{event: partial(self._change_at, folders) for event, folders in _CHANGES.items()},
            **dict.fromkeys(_NEVER, self._refuse),
        }

    def close(self) -> None:
        """From now on nothing else passes."""
        sys.addaudithook(self._audit)

    def enter(self, folder: Path) -> None:
        """Let files change in this folder: the only one ever, though it may come to have another name."""
        found = folder.stat()
        if self._entered and not os.path.samestat(found, self._entered):
            raise PermissionError(f"refused a second folder: {folder}")
        self._entered = found
        self._folder = os.path.join(os.path.realpath(folder), "")  # noqa: PTH118  # runs at each file access

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if check := self._checks.get(event):
            check(*arguments)

    def _connect(self, _socket: object, address: object) -> None:
        if not isinstance(address, tuple) or address[:2] != self.proxy:
            raise RefusedConnection(address)

    def _resolve(self, host: object, port: object, *_: object) -> None:
        if self.proxy is None or (host, port) != self.proxy:
            raise RefusedConnection(host)

    def _start(self, program: object, arguments: object, *_: object) -> None:
        if str(program) not in self._programs:
            raise PermissionError(f"refused program: {program}")

    def _open(self, path: object, _mode: object, flags: object) -> None:
        if isinstance(path, str | bytes | os.PathLike) and isinstance(flags, int) and flags & _WRITES:
            self._change(path)

    def _change_at(self, folders: int, *arguments: object) -> None:
        if any(folder != -1 for folder in arguments[len(arguments) - folders :]):
            raise PermissionError("refused change below a descriptor")
        self._change(*arguments)

    def _change(self, *paths: object) -> None:
        for path in paths:
            if isinstance(path, str | bytes | os.PathLike) and not self._is_ours(os.fsdecode(path)):
                raise PermissionError(f"refused change outside the working folder: {os.fsdecode(path)[:200]}")

    def _is_ours(self, path: str) -> bool:
        real = os.path.realpath(path)
        if real == os.devnull or (self._folder and f"{real}/".startswith(self._folder)):
            return True
        return "/__pycache__/" in real and not (self._sealed and real.startswith(self._sealed))

    def _refuse(self, *_: object) -> None:
        raise PermissionError("refused")
