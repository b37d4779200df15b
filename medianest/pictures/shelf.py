"""The pictures that are kept on the disk: no more bytes than agreed, those that were not looked at longest go first.

A file is whole or not there: written under another name and then renamed; what a power cut truncated shows by the
length that a WebP file says it has. All here blocks, and is called in threads.
"""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from medianest.core import files
from medianest.pictures.wire import is_whole

_SUFFIX = ".webp"
_PART = ".part"
_KEPT_SHARE = 0.9
_LOOKED_AT_EVERY_S = 3600.0


class Kept(NamedTuple):
    """One file, in the order in which they go."""

    looked_at: float
    bytes: int
    path: Path


class Shelf:
    """One folder. `most_bytes` and `least_free_bytes` (of the disk) are asked each time, for settings change."""

    def __init__(self, folder: Path, *, most_bytes: Callable[[], int], least_free_bytes: Callable[[], int]) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._least_free_bytes = least_free_bytes
        self._lock = threading.Lock()
        self.bytes = 0
        """What is kept, as far as it is known; a little more than there is at times, never less."""

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def tidy(self) -> int:
        """Count what is there, remove what is over or was left half written; returns how many files went."""
        with self._lock:
            self._remove_parts()
            return self._make_room(self._most_bytes())

    def read(self, key: str) -> bytes | None:
        """A picture that is kept, which counts as looked at; what cannot be read is made anew."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            if is_whole(data):
                self._touch(path)
                return data
            path.unlink()
        except OSError:
            return None
        return None

    def keep(self, key: str, data: bytes) -> None:
        """Keep it, where there is room; it is served whether or not it is kept. Raises OSError."""
        if len(data) > self._most_bytes() or files.free_bytes(self.folder) < self._least_free_bytes() + len(data):
            return
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{key}.{os.urandom(4).hex()}{_PART}")
        with self._lock:
            if self.bytes + len(data) > self._most_bytes():
                self._make_room(int(self._most_bytes() * _KEPT_SHARE) - len(data))
            try:
                part.write_bytes(data)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            self.bytes += len(data)

    def _make_room(self, most: int) -> int:
        """Remove the oldest until at most so many bytes are left."""
        kept = sorted(self._files())
        self.bytes = sum(one.bytes for one in kept)
        removed = 0
        for one in kept:
            if self.bytes <= max(0, most):
                break
            one.path.unlink(missing_ok=True)
            self.bytes -= one.bytes
            removed += 1
        return removed

    def _files(self) -> Iterator[Kept]:
        for path in self.folder.glob(f"??/*{_SUFFIX}"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield Kept(status.st_mtime, status.st_size, path)

    def _remove_parts(self) -> None:
        """Of an earlier life: those of this one are written and renamed under the lock."""
        for path in self.folder.glob(f"??/*{_PART}"):
            path.unlink(missing_ok=True)

    def _touch(self, path: Path) -> None:
        """Remember that it was looked at, without a write for every look."""
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LOOKED_AT_EVERY_S:
                os.utime(path)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / (key + _SUFFIX)
