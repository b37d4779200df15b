"""Signals too small to store (progress, heartbeats), for whoever is watching now."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

_QUEUE_SIZE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One passing fact about a subject; `data` is a frozen value of the feature that publishes it.

    `holds` says whether it is true still. It is asked as the signal is told, so that nobody hears how far something is
    after having heard that it is over.
    """

    kind: str
    subject_id: str
    audience: frozenset[str]
    data: object
    holds: Callable[[Session], bool] | None = field(default=None, compare=False)


class Live:
    """Hands each signal to everybody who watches, and remembers the last one of each subject.

    `version` grows with every signal, and over restarts too: it begins at the microseconds of the clock.
    """

    def __init__(self) -> None:
        self.version = time.time_ns() // 1000
        self._watchers: set[asyncio.Queue[Signal]] = set()
        self._latest: dict[tuple[str, str], tuple[int, Signal]] = {}

    def publish(self, signal: Signal) -> None:
        """Never waits: a watcher that fell behind loses its oldest signals."""
        self.version += 1
        self._latest[signal.kind, signal.subject_id] = self.version, signal
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(signal)

    def latest(self, kind: str, subject_id: str) -> Signal | None:
        found = self._latest.get((kind, subject_id))
        return found[1] if found else None

    def since(self, version: int) -> list[Signal]:
        """The last signal of each subject that there was one of after `version`, oldest first."""
        missed = sorted(((at, signal) for at, signal in self._latest.values() if at > version), key=lambda one: one[0])
        return [signal for _, signal in missed]

    def forget(self, kind: str, subject_id: str) -> None:
        """Drop what is remembered of a subject that is over."""
        if self._latest.pop((kind, subject_id), None):
            self.version += 1

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Signal]]:
        """A queue of the signals published from now on."""
        queue: asyncio.Queue[Signal] = asyncio.Queue(_QUEUE_SIZE)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)
