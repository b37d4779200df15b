"""A loop whose time jumps from event to event; what would be done in threads is done at once, in the same order."""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import aiosqlite
import pytest

from medianest.core import db
from medianest.core.writer import Writer


class _Skipping(selectors.DefaultSelector):
    """What would be waited is over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout else timeout)
        if timeout and timeout > 0 and not ready:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now

    def run_in_executor(self, _executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        """No thread: as long as something is done, time stands still."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is whoever waits for it that is told
            future.set_exception(error)
        return future


def without_threads(patch: pytest.MonkeyPatch) -> None:
    """SQLite itself stays; what is left out is the thread of its writing connection, and waiting for the disk."""
    patch.setattr(db, "_WRITER_PRAGMAS", (*db._WRITER_PRAGMAS, "PRAGMA synchronous=OFF"))

    async def execute(connection: aiosqlite.Connection, do: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return do(*args, **kwargs)

    async def connect(connection: aiosqlite.Connection) -> aiosqlite.Connection:
        connection._connection = connection._connection or connection._connector()
        return connection

    patch.setattr(Writer, "_execute", execute)
    patch.setattr(Writer, "_connect", connect)
