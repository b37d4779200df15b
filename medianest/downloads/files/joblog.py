"""The whole log of one download, kept as a bounded text file."""

import asyncio
from pathlib import Path

from medianest.core import clock

LOG_BYTES_MOST = 512 * 1024
_FLUSH_EVERY = 200


class JobLog:
    """Collects lines and appends them off the event loop; who adds them has taken secrets out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, line: str) -> None:
        stamp = clock.now().strftime("%Y-%m-%d %H:%M:%S")
        self._lines.append(f"{stamp} {line}\n")
        if len(self._lines) >= _FLUSH_EVERY and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self.flush())

    async def flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            await asyncio.to_thread(_append, self._path, "".join(lines))


def read(path: Path) -> str:
    """What a download's log says; empty where there is none."""
    try:
        return path.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        if file.tell() < LOG_BYTES_MOST:
            file.write(text)
