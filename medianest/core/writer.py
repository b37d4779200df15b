"""The connection that does all writing: a statement that was begun is always waited for.

aiosqlite runs each statement in a thread and cannot take it back. Were its caller cancelled meanwhile, SQLAlchemy would
give the connection up with a transaction that is still open in it, and the next one would wait for its lock in vain.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from aiosqlite import Connection

from medianest.core.waiting import undisturbed

T = TypeVar("T")

_ROWS_AT_ONCE = 64


class Writer(Connection):
    """Defers a cancellation to the first wait of the task that is not for the database."""

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((done, partial(fn, *args, **kwargs)))
        return await undisturbed(done)


def connecting(path: Path) -> Callable[[], Awaitable[Connection]]:
    """What opens a new connection to the file `path`, for SQLAlchemy's `async_creator`."""

    def connect() -> Awaitable[Connection]:
        writer = Writer(partial(sqlite3.connect, path, check_same_thread=False), iter_chunk_size=_ROWS_AT_ONCE)
        writer._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with those that it opens
        return writer

    return connect
