"""The database and the two ways to it: `read` for pages, `transaction` for verbs (architecture.md, sections 6 and 7).

One connection does all writing and all checkpoints; readers are read-only and never checkpoint, because SQLite before
3.51.3 can lose pages when two connections checkpoint at one moment. The file is never opened or copied as a file:
closing any descriptor of it would drop SQLite's locks.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import local
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import BigInteger, Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool, StaticPool
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import await_only

from medianest.core.errors import Unavailable
from medianest.core.i18n import msg
from medianest.core.writer import connecting

P = ParamSpec("P")
T = TypeVar("T")
First = TypeVar("First")
Second = TypeVar("Second")
Third = TypeVar("Third")

BUSY_TIMEOUT = timedelta(seconds=8)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT // timedelta(milliseconds=1)}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)
_WRITER_PRAGMAS = (
    *_PRAGMAS,
    "PRAGMA auto_vacuum=INCREMENTAL",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
)
_READER_PRAGMAS = (*_PRAGMAS, "PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, kept as microseconds since 1970 so that it sorts and compares as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


class Versions:
    """A counter for each table, advanced after each commit that changed it."""

    def __init__(self) -> None:
        self._all: dict[str, int] = {}

    def of(self, *tables: str) -> tuple[int, ...]:
        return tuple(self._all.get(table, 0) for table in tables)

    def advance(self, tables: frozenset[str]) -> None:
        for table in tables:
            self._all[table] = self._all.get(table, 0) + 1


class Database:
    """One SQLite file with one writer and a few readers."""

    def __init__(self, path: Path, *, readers: int = 3) -> None:
        self.path = path
        self.versions = Versions()
        self._writer: AsyncEngine = create_async_engine(
            "sqlite+aiosqlite://", async_creator=connecting(path), poolclass=StaticPool
        )
        uri = f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true"
        self._reader: Engine = create_engine(uri, poolclass=NullPool)
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="db-read")
        self._local = local()
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self._touched: set[str] = set()
        self._hooks: list[Callable[[frozenset[str]], None]] = [self.versions.advance]
        event.listen(self._writer.sync_engine, "connect", _prepare_writer)
        event.listen(self._writer.sync_engine, "begin", _begin_immediate)
        event.listen(self._writer.sync_engine, "before_cursor_execute", self._note_table)
        event.listen(self._reader, "connect", _prepare_reader)
        event.listen(self._reader, "begin", _begin_snapshot)

    async def open(self) -> None:
        """Open the writer; its first statement creates the file with its lasting settings."""
        async with self._writer.connect():
            pass

    async def close(self) -> None:
        """End the readers, then the writer, which folds the log into the file."""
        await asyncio.to_thread(self._threads.shutdown)
        self._reader.dispose()
        await self._writer.dispose()

    def after_commit(self, hook: Callable[[frozenset[str]], None]) -> None:
        """Call `hook` with the names of the changed tables after each commit; it must not wait."""
        self._hooks.append(hook)

    async def read(self, query: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query(session, ...)` in one thread hop, on one snapshot of the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(self._read, query, *args, **kwargs))

    async def together(
        self, first: Callable[[Session], First], second: Callable[[Session], Second], third: Callable[[Session], Third]
    ) -> tuple[First, Second, Third]:
        """Run several queries as `read` runs one: all in one thread hop, on the same snapshot."""
        return await self.read(lambda session: (first(session), second(session), third(session)))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """The one writing session; commits at the end, rolls back on any error, then tells the hooks.

        Who is cancelled between two statements is rolled back; a statement or a commit that was begun is ended first.
        Raises RuntimeError inside another transaction of the same task, and Unavailable where another program
        holds the file for longer than `BUSY_TIMEOUT`.
        """
        task = asyncio.current_task()
        if self._holder is not None and self._holder is task:
            raise RuntimeError("a transaction inside a transaction")
        try:
            await _cancelled_here(task)
            async with self._turn:
                self._holder = task
                self._touched.clear()
                try:
                    with _locked_is_unavailable():
                        async with self._session() as session, session.begin():
                            yield session
                    touched = frozenset(self._touched)
                finally:
                    self._holder = None
            for hook in self._hooks:
                hook(touched)
        finally:
            await _cancelled_here(task)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        """A session that is closed in the caller's own task: one of its own could be left behind by a cancellation."""
        session = AsyncSession(self._writer, expire_on_commit=False)
        try:
            yield session
        finally:
            await session.close()

    async def answers(self) -> bool:
        """Whether it can be read now."""
        return bool(await self.read(lambda session: session.scalar(text("SELECT 1"))))

    async def backup(self, target: Path) -> None:
        """Copy the database as it is now into the new file `target`; raises Unavailable if the copy is bad."""
        await asyncio.to_thread(copy, self.path, target)

    async def reclaim(self, pages: int = 2000) -> None:
        """Give at most `pages` free pages back to the file system."""
        async with self._turn:
            connection = await self._writer.connect()
            try:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                # each step frees one page, and only a script is stepped to its end
                await (await raw.executescript(f"PRAGMA incremental_vacuum({int(pages)})")).close()
            finally:  # in this task, and so before the next one's turn, whoever is cancelled
                await connection.close()

    def _read(self, query: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._reader.connect()
        with Session(bind=connection, autoflush=False, expire_on_commit=False) as session:
            try:
                return query(session, *args, **kwargs)
            finally:
                session.rollback()

    def _note_table(self, _c: object, _cursor: object, _sql: str, _p: object, context: Any, _many: bool) -> None:
        if context and (context.isinsert or context.isupdate or context.isdelete) and context.compiled is not None:
            self._touched.add(context.compiled.statement.table.name)


def configure(connection: sqlite3.Connection) -> None:
    """Give a plain connection the writer's settings (for the migration child)."""
    connection.isolation_level = None
    for pragma in _WRITER_PRAGMAS:
        connection.execute(pragma)


def copy(source: Path, target: Path) -> None:
    """Copy a database, open or not, into the new file `target`; raises Unavailable if the copy is bad."""
    reading = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
    target.touch(mode=0o600, exist_ok=False)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        writing.close()
        reading.close()
    if faults := check(target):
        target.unlink()
        raise Unavailable(msg("core.backup_bad"), code="backup_bad", facts={"faults": faults})


def check(path: Path) -> list[str]:
    """What is wrong with the database file `path` that nobody has open; empty where all is well."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
        faults += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check").fetchmany(5)]
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    finally:
        connection.close()
    return faults


async def _cancelled_here(task: asyncio.Task[Any] | None) -> None:
    """Give way to a cancellation that waits."""
    if task is not None and task.cancelling():
        await asyncio.sleep(0)


@contextmanager
def _locked_is_unavailable() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        raise Unavailable(msg("core.database_busy"), code="database_busy") from error


def _prepare_writer(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    raw = connection.driver_connection
    await_only(raw._execute(raw._conn.setlimit, sqlite3.SQLITE_LIMIT_ATTACHED, 0))  # noqa: SLF001 - no public setlimit
    _execute_all(connection, _WRITER_PRAGMAS)


def _prepare_reader(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    _execute_all(connection, _READER_PRAGMAS)


def _execute_all(connection: Any, statements: tuple[str, ...]) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
        cursor.fetchall()
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_snapshot(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
