"""The append-only record of what happened: outbox, audit log, activity and live replay in one table.

`record` inserts an entry in the transaction in which the thing happened. Each listener has a cursor; what it writes and
the move of its cursor are one transaction, so that happens exactly once. A listener that fails on an entry tries again
with growing pauses, then parks that entry among the dead letters and goes on.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock, journal_tables
from medianest.core.db import Database
from medianest.core.errors import Conflict, NotFound, Unavailable
from medianest.core.event import Event
from medianest.core.i18n import msg
from medianest.core.journal_tables import Cursor, DeadLetterRow, EntryRow

log = logging.getLogger(__name__)

TABLE = journal_tables.EntryRow.__tablename__
_BATCH = 200
_GREATEST_ID = 2**63 - 1
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (0.2, 1, 5, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened; `audience` holds the words of `core.event`."""

    id: int
    at: datetime
    kind: str
    version: int
    actor_id: str | None
    actor_name: str
    via: str
    address: str | None
    subject_type: str
    subject_id: str
    audience: frozenset[str]
    data: Mapping[str, Any]
    request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An entry that a listener could not take."""

    id: int
    listener: str
    entry: Entry
    error: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What a feature does when another announces something; `handle` only writes rows, and may be called again."""

    name: str
    kinds: frozenset[str]
    handle: Callable[[AsyncSession, Entry], Awaitable[None]]


async def record(session: AsyncSession, event: Event) -> int:
    """Write the event down; returns the entry's id."""
    at = clock.now()
    row = await session.execute(
        insert(EntryRow)
        .values(
            at=at,
            expires_at=at + event.keep,
            kind=event.kind,
            version=event.version,
            actor_id=event.actor.id,
            actor_name=event.actor.name,
            via=event.actor.via,
            address=event.actor.address,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            audience=" ".join(sorted(event.audience)),
            data=json.dumps(event.data(), separators=(",", ":")),
            request_id=event.actor.request_id,
        )
        .returning(EntryRow.id)
    )
    return row.scalar_one()


def after(session: Session, id: int, *, limit: int = _BATCH) -> Sequence[Entry]:
    """The entries that followed `id`, oldest first."""
    query = entries().where(EntryRow.id > id).order_by(EntryRow.id).limit(limit)
    return [entry_of(row) for row in session.execute(query)]


def by_ids(session: Session, ids: Collection[int]) -> Mapping[int, Entry]:
    """These entries, by their ids."""
    return {row.id: entry_of(row) for row in session.execute(entries().where(EntryRow.id.in_(ids)))}


def among(session: Session, ids: Select[Any], *, since: datetime, until: datetime, limit: int) -> Sequence[Entry]:
    """Those of these entries that were written after `since` and not after `until`, the oldest first."""
    query = entries().where(EntryRow.id.in_(ids), EntryRow.at > since, EntryRow.at <= until)
    return [entry_of(row) for row in session.execute(query.order_by(EntryRow.id).limit(limit))]


def newest_id(session: Session) -> int:
    """The id of the last entry; 0 where there is none."""
    return session.scalar(select(EntryRow.id).order_by(EntryRow.id.desc()).limit(1)) or 0


def oldest_id(session: Session) -> int:
    """The id of the first entry that is kept; 0 where there is none."""
    return session.scalar(select(EntryRow.id).order_by(EntryRow.id).limit(1)) or 0


def has_request(session: Session, request_id: str) -> bool:
    """Whether anything was done in this request."""
    return session.scalar(select(EntryRow.id).where(EntryRow.request_id == request_id).limit(1)) is not None


def dead_letter(session: Session, id: int) -> DeadLetter | None:
    """The dead letter with this id, of which the database can hold none beyond `_GREATEST_ID`."""
    row = session.execute(letters().where(DeadLetterRow.id == max(-_GREATEST_ID, min(id, _GREATEST_ID)))).first()
    return letter_of(row) if row else None


async def purge(session: AsyncSession, *, now: datetime, keep: timedelta = timedelta.max, limit: int = 5000) -> int:
    """Delete entries whose own time, or `keep`, is over and that every listener has passed; returns how many."""
    passed = select(Cursor.entry_id).order_by(Cursor.entry_id).limit(1).scalar_subquery()
    parked = select(DeadLetterRow.entry_id)
    old = (
        select(EntryRow.id)
        .where((EntryRow.expires_at < now) | (EntryRow.at < _before(now, keep)), EntryRow.id.not_in(parked))
        .where((EntryRow.id <= passed) | (passed.is_(None)))
        .limit(limit)
    )
    result = await session.execute(delete(EntryRow).where(EntryRow.id.in_(old)))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


class Dispatcher:
    """Brings each entry to each listener that wants it, in order, once."""

    def __init__(self, db: Database, listeners: Sequence[Listener]) -> None:
        self._db = db
        self._listeners = {listener.name: listener for listener in listeners}
        self._news = {name: asyncio.Event() for name in self._listeners}
        db.after_commit(self._wake)

    async def prepare(self) -> None:
        """Give each new listener its cursor; it hears what is recorded from now on."""
        for name in self._listeners:
            if await self._db.read(_cursor, name) is None:
                newest = await self._db.read(newest_id)
                async with self._db.transaction() as session:
                    await session.execute(insert(Cursor).values(listener=name, entry_id=newest))

    async def run(self) -> None:
        """Serve all listeners until cancelled; `prepare` comes first."""
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())  # also where nobody listens
            for listener in self._listeners.values():
                group.create_task(self._follow(listener), name=f"listener-{listener.name}")

    async def retry(self, letter_id: int) -> None:
        """Hand a dead letter to its listener once more; it goes away if that works.

        Raises NotFound, and Conflict `still_failing`.
        """
        letter = await self._db.read(dead_letter, letter_id)
        if letter is None or letter.listener not in self._listeners:
            raise NotFound(msg("core.no_dead_letter"))
        try:
            async with self._db.transaction() as session:
                gone = await session.execute(delete(DeadLetterRow).where(DeadLetterRow.id == letter_id))
                if gone.rowcount:  # type: ignore[attr-defined]  # a DML result has it
                    await self._listeners[letter.listener].handle(session, letter.entry)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("listener %s failed again on entry %d", letter.listener, letter.entry.id)
            raise Conflict(msg("core.still_failing"), code="still_failing") from error

    def _wake(self, tables: frozenset[str]) -> None:
        if TABLE in tables:
            for news in self._news.values():
                news.set()

    async def _follow(self, listener: Listener) -> None:
        news = self._news[listener.name]
        while True:
            news.clear()
            position = await self._db.read(_cursor, listener.name)
            entries = await self._db.read(after, position or 0)
            for entry in entries:
                if entry.kind in listener.kinds:
                    await self._deliver(listener, entry)
            if entries and entries[-1].kind not in listener.kinds:
                await self._advance(listener, entries[-1].id)
            if not entries:
                await news.wait()

    async def _deliver(self, listener: Listener, entry: Entry) -> None:
        for pause in (*_PAUSES, None):
            try:
                async with self._db.transaction() as session:
                    await listener.handle(session, entry)
                    await _move(session, listener.name, entry.id)
                return
            except Exception as error:
                log.exception("listener %s failed on entry %d", listener.name, entry.id)
                if pause is None:
                    await self._park(listener, entry, error)
                    return
                await asyncio.sleep(pause.total_seconds())

    async def _park(self, listener: Listener, entry: Entry, error: Exception) -> None:
        async with self._db.transaction() as session:
            letter = {"listener": listener.name, "entry_id": entry.id, "error": repr(error)[:500], "at": clock.now()}
            await session.execute(insert(DeadLetterRow).values(letter))
            await _move(session, listener.name, entry.id)

    async def _advance(self, listener: Listener, id: int) -> None:
        async with self._db.transaction() as session:
            await _move(session, listener.name, id)


async def _move(session: AsyncSession, listener: str, id: int) -> None:
    await session.execute(update(Cursor).where(Cursor.listener == listener).values(entry_id=id))


def _before(now: datetime, span: timedelta) -> datetime:
    return now - span if span < now - _BEGINNING else _BEGINNING


def _cursor(session: Session, listener: str) -> int | None:
    return session.scalar(select(Cursor.entry_id).where(Cursor.listener == listener))


def entries() -> Select[Any]:
    return select(*EntryRow.__table__.c)


def entry_of(row: Any) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        kind=row.kind,
        version=row.version,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        via=row.via,
        address=row.address,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        audience=frozenset(row.audience.split()),
        data=json.loads(row.data),
        request_id=row.request_id,
    )


def letters() -> Select[Any]:
    letter = DeadLetterRow
    own = (letter.id.label("letter_id"), letter.listener, letter.error, letter.at.label("parked_at"))
    return select(*own, *EntryRow.__table__.c).join(EntryRow, EntryRow.id == letter.entry_id)


def letter_of(row: Any) -> DeadLetter:
    return DeadLetter(id=row.letter_id, listener=row.listener, error=row.error, at=row.parked_at, entry=entry_of(row))
