"""What an answer can carry, and how it is put on the wire: at once, at a pace, or copied by the kernel."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tests.fakes.media_site.wire import Wire

_PIECE = 256 * 1024
_KERNEL_PIECE = 8 * 1024 * 1024
_BEATS_PER_S = 10

Count = Callable[[int], None]


class Body(Protocol):
    """`size` is None for what never ends."""

    size: int | None
    etag: str

    async def send(self, wire: Wire, start: int, stop: int | None, count: Count) -> None:
        """Put the bytes from `start` up to `stop` on the wire and report them as they go."""

    def piece(self, start: int, length: int) -> bytes:
        """Exactly these bytes."""


class Bytes:
    """A body in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size: int | None = len(data)
        self.etag = hashlib.sha256(data).hexdigest()[:16]

    async def send(self, wire: Wire, start: int, stop: int | None, count: Count) -> None:
        for position in range(start, stop or 0, _PIECE):
            piece = self._data[position : min(position + _PIECE, stop or 0)]
            await wire.write(piece)
            count(len(piece))

    def piece(self, start: int, length: int) -> bytes:
        return self._data[start : start + length]


class File:
    """A body on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        status = path.stat()
        self.size: int | None = status.st_size
        self.etag = hashlib.sha256(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:16]

    async def send(self, wire: Wire, start: int, stop: int | None, count: Count) -> None:
        end = self.size if stop is None else stop
        assert end is not None
        with self._path.open("rb") as file:
            for position in range(start, end, _KERNEL_PIECE):
                length = min(_KERNEL_PIECE, end - position)
                await wire.send_file(file, position, length)
                count(length)

    def piece(self, start: int, length: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(length)


class Endless:
    """A file that is followed by itself, for ever."""

    size: int | None = None
    etag = "endless"

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()

    async def send(self, wire: Wire, start: int, stop: int | None, count: Count) -> None:
        position = start
        while stop is None or position < stop:
            piece = self.piece(position, _PIECE if stop is None else min(_PIECE, stop - position))
            await wire.write(piece)
            count(len(piece))
            position += len(piece)
            await asyncio.sleep(0)

    def piece(self, start: int, length: int) -> bytes:
        offset = start % len(self._data)
        return (self._data[offset:] + self._data * (length // len(self._data) + 1))[:length]


async def send_at_pace(
    body: Body, wire: Wire, start: int, stop: int | None, count: Count, *, bytes_per_s: float
) -> None:
    """As `Body.send`, but evenly, ten times a second or byte by byte; ends when the client hangs up."""
    step = max(1, round(bytes_per_s / _BEATS_PER_S))
    loop = asyncio.get_running_loop()
    began = loop.time()
    position = start
    while stop is None or position < stop:
        piece = body.piece(position, step if stop is None else min(step, stop - position))
        await wire.write(piece)
        count(len(piece))
        position += len(piece)
        due = began + (position - start) / bytes_per_s
        await wire.sleep(max(0.0, due - loop.time()))
