"""Which tone stands in for a picture: remembered of each that was drawn, in one file beside the pictures.

A record is some bytes of what names the picture, and its tone. The file is only ever added to, and written anew when it
is read; what a power cut left of the last record is passed over. A picture of which nothing is known has no tone.
"""

import asyncio
import struct
from collections import OrderedDict
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from medianest.core.tones import TONES
from medianest.pictures.types import Source

MOST = 20_000
_RECORD = struct.Struct("!QB")


class Tones:
    """The newest `MOST`, some 3 MB."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: OrderedDict[int, int] = OrderedDict()

    def load(self) -> None:
        """Read what is there; blocks."""
        with suppress(FileNotFoundError):
            told = self._file.read_bytes()
            for name, tone in _RECORD.iter_unpack(told[: len(told) - len(told) % _RECORD.size]):
                if tone < TONES:
                    self._keep(name, tone)
            self._file.write_bytes(b"".join(_RECORD.pack(*one) for one in self._known.items()))

    def of(self, source: Source, path: str) -> int | None:
        return self._known.get(_name(source, path))

    async def remember(self, source: Source, path: str, tone: int) -> None:
        """From now on, whatever its sizes say. Raises OSError where it cannot be written, and is known all the same."""
        name = _name(source, path)
        if name not in self._known:
            self._keep(name, tone)
            await asyncio.to_thread(self._append, _RECORD.pack(name, tone))

    def _keep(self, name: int, tone: int) -> None:
        self._known[name] = tone
        self._known.move_to_end(name)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def _append(self, record: bytes) -> None:
        with self._file.open("ab") as file:
            file.write(record)


def _name(source: Source, path: str) -> int:
    return int.from_bytes(blake2b(f"{source} {path}".encode(), digest_size=8).digest())
