"""Moving bytes between two sockets: fast, with backpressure, and without a task for each chunk.

It works on sockets rather than on asyncio's transports, so that what a site sends can be spliced: the bytes of a
film never leave the kernel, which more than halves what the proxy costs.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

_COPY_BYTES = 64 * 1024
_PIPE_BYTES = 1024 * 1024


class Allowance(Protocol):
    """What says how much more may be received in all and at once, and is told when more was to come.

    `spend` says how many seconds to wait after so many bytes.
    """

    @property
    def room(self) -> int | None: ...

    @property
    def piece(self) -> int | None: ...

    def spend(self, size: int) -> float: ...

    def exhaust(self) -> None: ...


class Relay(ABC):
    """One direction: from `source` to `sink`, to the end of the source or of `limit` bytes.

    With `half_close` the sink is told of the end, as a tunnel must.
    """

    def __init__(
        self,
        source: socket.socket,
        sink: socket.socket,
        count: Callable[[int], None],
        *,
        limit: int | None = None,
        half_close: bool = False,
        allowance: Allowance | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._sink = sink
        self._count = count
        self._left = limit
        self._half_close = half_close
        self._allowance = allowance
        self._is_full = False
        self._pause_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()

    @abstractmethod
    def _fill(self, most: int | None) -> int:
        """Take bytes from the source, at most so many; none at its end."""

    @abstractmethod
    def _drain(self) -> bool:
        """Give the sink what was taken, as far as it takes it; whether that was all."""

    async def run(self) -> None:
        """Raises OSError when either side breaks, or when the source ends before `limit`."""
        self.start()
        try:
            await self.ended
        finally:
            self.stop()

    def start(self) -> None:
        if self._left == 0:
            self._end()
        else:
            self._loop.add_reader(self._source, self._read)

    def stop(self) -> None:
        """Let go of both sockets; twice is once."""
        self._loop.remove_reader(self._source)
        self._loop.remove_writer(self._sink)
        if self._timer:
            self._timer.cancel()

    def _read(self) -> None:
        room, piece = (self._allowance.room, self._allowance.piece) if self._allowance else (None, None)
        most = min((bound for bound in (self._left, room, piece) if bound is not None), default=None)
        try:
            if room == 0 and self._is_more_to_come():
                self._go_no_further()
                return
            size = self._fill(most) if room != 0 else 0
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        if not size:
            self._end(ConnectionResetError("the body ended early") if self._left else None)
            return
        self._note(size)
        self._write()

    def _is_more_to_come(self) -> bool:
        """Raises BlockingIOError where that is not known yet."""
        return bool(self._left) or bool(self._source.recv(1, socket.MSG_PEEK))

    def _go_no_further(self) -> None:
        assert self._allowance
        self.stop()
        self._allowance.exhaust()

    def _note(self, size: int) -> None:
        self._count(size)
        if self._left is not None:
            self._left -= size
        if self._allowance:
            self._pause_s = self._allowance.spend(size)

    def _write(self) -> None:
        try:
            is_empty = self._drain()
        except (BlockingIOError, InterruptedError):
            is_empty = False
        except OSError as error:
            self._end(error)
            return
        if is_empty:
            self._go_on()
        elif not self._is_full:
            self._is_full = True
            self._loop.remove_reader(self._source)
            self._loop.add_writer(self._sink, self._write)

    def _go_on(self) -> None:
        if self._is_full:
            self._is_full = False
            self._loop.remove_writer(self._sink)
            self._loop.add_reader(self._source, self._read)
        if self._left == 0:
            self._end()
        elif self._pause_s > 0:
            self._loop.remove_reader(self._source)
            self._timer = self._loop.call_later(self._pause_s, self._loop.add_reader, self._source, self._read)

    def _end(self, error: OSError | None = None) -> None:
        self.stop()
        if self.ended.done():
            return
        if error:
            self.ended.set_exception(error)
            return
        if self._half_close:
            with contextlib.suppress(OSError):
                self._sink.shutdown(socket.SHUT_WR)
        self.ended.set_result(None)


class CopyingRelay(Relay):
    """Through memory, for the little that a client sends."""

    _held = memoryview(b"")

    def _fill(self, most: int | None) -> int:
        self._held = memoryview(self._source.recv(min(most or _COPY_BYTES, _COPY_BYTES)))
        return len(self._held)

    def _drain(self) -> bool:
        self._held = self._held[self._sink.send(self._held) :]
        return not self._held


class SplicingRelay(Relay):
    """Through a pipe, by splice(2), for the much that a site sends: the kernel hands its pages on."""

    _pipe: tuple[int, int] | None = None
    _held = 0

    def stop(self) -> None:
        super().stop()
        if self._pipe:
            for end in self._pipe:
                os.close(end)
            self._pipe = None

    def _fill(self, most: int | None) -> int:
        self._pipe = self._pipe or _new_pipe()
        self._held = os.splice(self._source.fileno(), self._pipe[1], min(most or _PIPE_BYTES, _PIPE_BYTES))
        return self._held

    def _drain(self) -> bool:
        assert self._pipe
        self._held -= os.splice(self._pipe[0], self._sink.fileno(), self._held)
        return not self._held


def _new_pipe() -> tuple[int, int]:
    """A pipe that does not block, as large as the system allows."""
    pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe[1], fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return pipe
