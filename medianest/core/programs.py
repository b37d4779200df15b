"""Other programs: started beside the loop, spoken to over sockets, waited for.

uvloop starts a program by fork(2) and runs Python in the copy before that becomes the program. This clears what other
threads had, which closes their connections to the database, which waits for a lock of SQLite's that one of them may
hold: then the copy waits for ever, and the loop for the copy. Besides, SQLite's connections must not be carried over a
fork (sqlite.org/howtocorrupt.html, 2.6). `subprocess` starts programs by vfork: nothing of ours runs in the copy.
"""

import asyncio
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

_Spoken = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a program said until its end; `code` is negative for a signal."""

    code: int
    output: bytes
    errors: bytes


async def run(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, patience: timedelta | None = None
) -> Ended:
    """Run a program to its end. Raises OSError if it does not start, and TimeoutError, upon which it is killed."""
    seconds = patience.total_seconds() if patience else None

    def whole() -> Ended:
        quiet = subprocess.DEVNULL
        done = subprocess.run(command, env=env, stdin=quiet, capture_output=True, timeout=seconds)  # noqa: S603  # ours
        return Ended(code=done.returncode, output=done.stdout, errors=done.stderr)

    try:
        return await asyncio.to_thread(whole)
    except subprocess.TimeoutExpired as late:
        raise TimeoutError from late


class Program:
    """A program that runs in a session of its own and is spoken to while it does."""

    def __init__(self, process: "subprocess.Popen[bytes]", spoken: _Spoken, complaints: _Spoken) -> None:
        self._process = process
        self.output, self.input = spoken
        self.errors, self._hearing = complaints
        self._ended = asyncio.Event()
        self._ending = os.pidfd_open(process.pid)
        asyncio.get_running_loop().add_reader(self._ending, self._end)

    @classmethod
    async def start(
        cls, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], pass_fds: Sequence[int], line_most: int
    ) -> Self:
        """Start it; its `output` has lines of at most `line_most` bytes. Raises OSError."""
        with ExitStack() as theirs, ExitStack() as unless_started:
            ends, streams = [], []
            for _ in range(2):
                ours, end = socket.socketpair()
                ends.append(theirs.enter_context(end))
                streams.append(await _streams(ours, line_most))
                unless_started.callback(streams[-1][1].close)
            process = subprocess.Popen(  # noqa: S603, ASYNC220  # ours; a vfork does not make the loop wait
                command,
                stdin=ends[0].fileno(),
                stdout=ends[0].fileno(),
                stderr=ends[1].fileno(),
                cwd=cwd,
                env=env,
                pass_fds=pass_fds,
                start_new_session=True,
            )
            unless_started.pop_all()
        return cls(process, *streams)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Not any more as soon as it has died, although its threads may take a moment longer."""
        return self._process.poll() is None and _is_living_member(Path(f"/proc/{self.pid}/stat"), self.pid)

    async def wait(self) -> int:
        """Wait for its end; returns its exit code, negative for a signal."""
        await self._ended.wait()
        return self._process.wait()

    def close(self) -> None:
        """Hang up, once everything that it said has been read."""
        self.input.close()
        self._hearing.close()

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ending)
        os.close(self._ending)
        self._process.wait()
        self._ended.set()


def lives(group: int) -> bool:
    """Whether anybody of this process group still runs; who has only not been buried does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return any(_is_living_member(stat, group) for stat in Path("/proc").glob("[0-9]*/stat"))


def _is_living_member(stat: Path, group: int) -> bool:
    """By proc_pid_stat(5)."""
    try:
        state, _parent, in_group = stat.read_text().rpartition(")")[2].split()[:3]
    except OSError:  # it ended meanwhile
        return False
    return int(in_group) == group and state not in "ZX"


async def _streams(sock: socket.socket, line_most: int) -> _Spoken:
    try:
        return await asyncio.open_connection(sock=sock, limit=line_most)
    except BaseException:  # a cancellation too
        sock.close()
        raise
