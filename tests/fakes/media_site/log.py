"""What the site was asked for, kept for tests to read and to wait upon."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(slots=True, kw_only=True)
class Hit:
    """One request. `path` is whole, `resource` without its conditions; `bytes_sent` counts the body as it goes out."""

    number: int
    method: str
    path: str
    resource: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    status: int = 0
    bytes_sent: int = 0
    finished: bool = False
    departed: bool = False

    @property
    def range(self) -> str | None:
        return self.headers.get("range")

    @property
    def over(self) -> bool:
        """Nothing more will happen to it: answered in full, broken off, or the client left."""
        return self.finished or self.departed

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        return cls(**row)


class HitLog:
    """All hits in order; `changed` wakes whoever waits for one."""

    def __init__(self) -> None:
        self._hits: list[Hit] = []
        self._earlier: dict[str, int] = {}
        self._waiting: set[asyncio.Event] = set()

    def open(self, hit: Hit) -> int:
        """Note a hit, and say how many came for the same path before it."""
        self._hits.append(hit)
        earlier = self._earlier.get(hit.path, 0)
        self._earlier[hit.path] = earlier + 1
        self.changed()
        return earlier

    def of(self, path: str | None) -> list[Hit]:
        """The hits of a whole path or of a resource, or all."""
        return [hit for hit in self._hits if path is None or path in (hit.path, hit.resource)]

    def changed(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until the log makes `holds` true; False when the time ran out."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(timeout_s):
                while not holds():
                    event.clear()
                    await event.wait()
            return True
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(event)

    def recount(self, path: str) -> None:
        """The next request for `path` is the first again."""
        self._earlier.pop(path, None)

    def forget(self) -> None:
        """As if nobody had come."""
        self._hits.clear()
        self._earlier.clear()
