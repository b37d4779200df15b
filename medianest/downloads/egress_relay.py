"""Moving bytes between two sockets: fast, with backpressure, and without a task for each chunk.

It works on sockets rather than on asyncio's transports: a transport may still hold the buffer of the last write
when the next read fills it, so each chunk would need a buffer of its own. Here one buffer serves every relay of the
loop, for a chunk is read and passed on within one callback; only what the sink does not take at once is copied.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from medianest.downloads.egress_passes import Throttle

CHUNK = 256 * 1024


class Relay:
    """One direction: from `source` to `sink`, to the end of the source or of `limit` bytes.

    With `half_close` the sink is told of the end, as a tunnel must.
    """

    def __init__(
        self,
        source: socket.socket,
        sink: socket.socket,
        count: Callable[[int], None],
        *,
        buffer: memoryview,
        limit: int | None = None,
        throttle: Throttle | None = None,
        half_close: bool = False,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._sink = sink
        self._count = count
        self._buffer = buffer[: throttle.chunk] if throttle else buffer
        self._left = limit
        self._throttle = throttle
        self._half_close = half_close
        self._rest = memoryview(b"")
        self._pause_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()

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
        self._loop.remove_reader(self._source)
        self._loop.remove_writer(self._sink)
        if self._timer:
            self._timer.cancel()

    def _read(self) -> None:
        wanted = len(self._buffer) if self._left is None else min(len(self._buffer), self._left)
        try:
            size = self._source.recv_into(self._buffer, wanted)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(error)
            return
        if not size:
            self._end(ConnectionResetError("the body ended early") if self._left else None)
            return
        self._note(size)
        self._send(self._buffer[:size])

    def _note(self, size: int) -> None:
        self._count(size)
        if self._left is not None:
            self._left -= size
        if self._throttle:
            self._pause_s = self._throttle.spend(size)

    def _send(self, chunk: memoryview) -> None:
        try:
            sent = self._sink.send(chunk)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._end(error)
            return
        if sent == len(chunk):
            self._chunk_is_through()
            return
        if not self._rest:
            self._loop.remove_reader(self._source)
            self._loop.add_writer(self._sink, lambda: self._send(self._rest))
            chunk = memoryview(bytes(chunk))
        self._rest = chunk[sent:]

    def _chunk_is_through(self) -> None:
        if self._rest:
            self._rest = memoryview(b"")
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
