"""What the child process says: events on a pipe of their own, and log lines on standard error."""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping

from medianest.downloads import protocol
from medianest.downloads.protocol import ChildEvent, Progressed, Staged
from medianest.downloads.types import Stage

_PROGRESS_EVERY_S = 0.25
_SPEED_OVER_S = 5.0
_WARNINGS_KEPT = 20


class Events:
    """Writes events whole, from any thread."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._stage: Stage | None = None

    @classmethod
    def on_standard_output(cls) -> "Events":
        """Take standard output for events alone; what others print goes to the log."""
        pipe = os.dup(1)
        os.dup2(2, 1)
        return cls(pipe)

    def say(self, event: ChildEvent) -> None:
        raw = memoryview(protocol.line(event))
        with self._lock:
            while raw:
                raw = raw[os.write(self._pipe, raw) :]

    def stage(self, stage: Stage) -> None:
        """Say it once, when it begins."""
        if stage is not self._stage:
            self._stage = stage
            self.say(Staged(stage=stage))

    def begin(self) -> None:
        """Forget the stage of an earlier command."""
        self._stage = None


class Log:
    """The `logger` of yt-dlp: a line of standard error for each; remembers the last warnings for `failures`."""

    def __init__(self) -> None:
        self._warnings: deque[str] = deque(maxlen=_WARNINGS_KEPT)

    @property
    def warnings(self) -> str:
        return "\n".join(self._warnings)

    def debug(self, text: str) -> None:
        if not text.startswith("[debug] "):
            self._write(text)

    def info(self, text: str) -> None:
        self._write(text)

    def warning(self, text: str) -> None:
        self._warnings.append(text)
        self._write(f"WARNING: {text}")

    def error(self, text: str) -> None:
        self._write(text)

    def ignore(self, _: object) -> None:
        """Not worth a line."""

    def _write(self, text: str) -> None:
        lines = text.replace("\r", "\n").splitlines()
        sys.stderr.write("".join(f"{line}\n" for line in lines if line.strip()))
        sys.stderr.flush()


class Meter:
    """Turns yt-dlp's many reports about each part into few about the whole."""

    def __init__(self, events: Events, expected: Mapping[str, int | None]) -> None:
        """`expected` are the sizes that the site named for each part."""
        self._events = events
        self._totals = dict(expected)
        self._done = dict.fromkeys(expected, 0)
        self._seen: deque[tuple[float, int]] = deque()
        self._said_at = -_PROGRESS_EVERY_S
        self._percent = 0.0
        self._recorded_s: float | None = None

    def report(self, part: str, status: Mapping[str, object]) -> None:
        """A progress hook of yt-dlp for one part."""
        if isinstance(done := status.get("downloaded_bytes"), int | float):
            self._done[part] = round(done)
        total = status.get("total_bytes") or status.get("total_bytes_estimate")
        if isinstance(total, int | float):
            self._totals[part] = round(total)
        if isinstance(recorded_s := status.get("recorded_s"), float):
            self._recorded_s = recorded_s
        now = time.monotonic()
        self._seen.append((now, sum(self._done.values())))
        while len(self._seen) > 2 and self._seen[0][0] < now - _SPEED_OVER_S:
            self._seen.popleft()
        if now - self._said_at >= _PROGRESS_EVERY_S or status.get("status") == "finished":
            self._said_at = now
            self._events.say(self._progress())

    def _progress(self) -> Progressed:
        (first_at, first), (last_at, done) = self._seen[0], self._seen[-1]
        totals = [total for total in self._totals.values() if total]
        total = max(sum(totals), done) if len(totals) == len(self._totals) else None
        speed = (done - first) / (last_at - first_at) if last_at > first_at else None
        if total:
            self._percent = max(self._percent, min(100.0, 100.0 * done / total))
        return Progressed(
            downloaded_bytes=done,
            total_bytes=total,
            speed_bytes_per_s=speed,
            eta_s=round((total - done) / speed) if total and speed else None,
            percent=round(self._percent, 1) if total else None,
            recorded_s=self._recorded_s,
        )
