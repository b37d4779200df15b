"""Keeping the index true to the server: read as a whole now and then, caught up with in between.

A reading goes page by page, each written in a transaction of its own with the place that was reached: whoever is
interrupted goes on there. What a whole reading did not see is gone, unless the list changed its length meanwhile: then
pages may have slipped by, and nothing is removed on such evidence.
"""

from collections.abc import AsyncIterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Update, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.db import Database
from medianest.plex.titles import index
from medianest.plex.titles.index import Written
from medianest.plex.titles.models import ItemRow, SectionRow
from medianest.plex.titles.types import Item, Kind, Listed, Section, kinds_of

_CLOCKS_APART = timedelta(minutes=10)
_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
_KEYS_AT_ONCE = 50


class Server(Protocol):
    """What is asked of the server (`client.Asking`)."""

    async def sections(self) -> Sequence[Section]: ...
    async def items(self, section: str, kind: Kind, start: int) -> Listed: ...
    async def changed(self, section: str, kind: Kind, since: datetime, start: int) -> Listed: ...
    async def number(self, section: str, kind: Kind) -> int: ...
    async def metadata(self, keys: Sequence[str]) -> Sequence[Item]: ...


class Sync:
    """Reads one server into the index; never called twice at once."""

    def __init__(self, db: Database, server: Server, machine_id: str) -> None:
        self._db = db
        self._server = server
        self._machine_id = machine_id

    async def refresh(self, *, wholly: bool = False) -> Written:
        """Catch up with every section; those that were never read, or that lost something, are read `wholly`."""
        sections = await self._server.sections()
        written = await self._make_room()
        async with self._db.transaction() as session:
            gone = await index.put_sections(session, sections)
        for key in gone:
            written += await self._drop(key)
        for section in sections:
            written += await self._read(section) if wholly else await self._catch_up(section)
        return written

    async def refresh_these(self, keys: Sequence[str]) -> Written:
        """Look anew at these items, of which the server said that something happened to them."""
        written = Written()
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            asked = keys[start : start + _KEYS_AT_ONCE]
            found = await self._server.metadata(asked)
            above = await self._db.read(
                _unknown, {item.show_key for item in found} | {item.parent_key for item in found}
            )
            found = [*(await self._server.metadata(above) if above else ()), *found]
            there = {item.key for item in found}
            async with self._db.transaction() as session:
                written += await index.put(session, found)
                written += Written(gone=await index.remove(session, [key for key in asked if key not in there]))
        return written

    async def _make_room(self) -> Written:
        """Drop what is in the index of another server."""
        written = Written()
        while True:
            async with self._db.transaction() as session:
                if await index.belongs_to(session, self._machine_id):
                    return written
            for key in await self._db.read(_keys):
                written += await self._drop(key)
            async with self._db.transaction() as session:
                await index.forget_server(session)

    async def _drop(self, section_key: str) -> Written:
        gone = 0
        while True:
            async with self._db.transaction() as session:
                some = await index.drop_some(session, section_key)
            gone += some
            if not await self._db.read(_state, section_key):
                return Written(gone=gone)

    async def _catch_up(self, section: Section) -> Written:
        state = await self._db.read(_state, section.key)
        if state.reading or state.read_at is None:
            return await self._read(section)
        written, begun_at = Written(), clock.now()
        since = state.newest_at or _LONG_AGO
        for kind in kinds_of(section.kind):
            async for page in self._changed(section.key, kind, since):
                async with self._db.transaction() as session:
                    written += await index.put(session, page.items)
                    await _note_newest(session, state, page, begun_at)
        if await self._lost_something(section):
            return written + await self._read(section)
        async with self._db.transaction() as session:
            await session.execute(_set(section.key, looked_at=clock.now()))
        return written

    async def _changed(self, section_key: str, kind: Kind, since: datetime) -> AsyncIterator[Listed]:
        start, total = 0, 1
        while start < total:
            page = await self._server.changed(section_key, kind, since, start)
            if not page.read:
                return
            yield page
            start, total = start + page.read, page.total

    async def _lost_something(self, section: Section) -> bool:
        """Whether the server has another number of items than we do."""
        there = [await self._server.number(section.key, kind) for kind in kinds_of(section.kind)]
        here = await self._db.read(_number, section.key)
        return sum(there) != here

    async def _read(self, section: Section) -> Written:
        """Read a section as a whole, from where a reading was broken off."""
        kinds = kinds_of(section.kind)
        state = await self._db.read(_state, section.key)
        if not state.reading:
            async with self._db.transaction() as session:
                await session.execute(_begin(section.key, kinds[0]))
        at = Kind(state.reading or kinds[0])
        written = Written()
        for kind in kinds[kinds.index(at) :]:
            written += await self._read_kind(section.key, kind)
            written += await self._sweep(section.key, kind)
            following = kinds[kinds.index(kind) + 1 :]
            async with self._db.transaction() as session:
                await session.execute(_go_on(section.key, following[0]) if following else _end(section.key))
        return written

    async def _read_kind(self, section_key: str, kind: Kind) -> Written:
        written = Written()
        while True:
            state = await self._db.read(_state, section_key)
            page = await self._server.items(section_key, kind, state.offset)
            steady = page.total if state.offset == 0 or state.total == page.total else None
            seen = {
                "offset": state.offset + page.read,
                "total": steady,
                "skipped": state.skipped + page.read - len(page.items),
            }
            async with self._db.transaction() as session:
                written += await index.put(session, page.items)
                await session.execute(_set(section_key, **seen))
                await _note_newest(session, state, page, state.begun_at)
            if not page.read or state.offset + page.read >= page.total:
                return written

    async def _sweep(self, section_key: str, kind: Kind) -> Written:
        state = await self._db.read(_state, section_key)
        gone, some = 0, 1
        while some and state.total is not None and state.offset == state.total:
            async with self._db.transaction() as session:
                some = await index.sweep_some(session, section_key, kind, state.generation)
            gone += some
        return Written(gone=gone)


async def _note_newest(session: AsyncSession, state: Any, page: Listed, begun_at: datetime) -> None:
    """Changes are known up to the newest that was seen, but not of the time since the reading began."""
    known = [item.updated_at for item in page.items]
    newest = min(max(known, default=_LONG_AGO), begun_at - _CLOCKS_APART)
    older = or_(SectionRow.newest_at.is_(None), SectionRow.newest_at < newest)
    await session.execute(update(SectionRow).where(SectionRow.key == state.key, older).values(newest_at=newest))


def _begin(section_key: str, kind: Kind) -> Update:
    fresh = {"reading": kind, "offset": 0, "total": None, "skipped": 0, "begun_at": clock.now()}
    return _set(section_key, generation=SectionRow.generation + 1, **fresh)


def _go_on(section_key: str, kind: Kind) -> Update:
    return _set(section_key, reading=kind, offset=0, total=None)


def _end(section_key: str) -> Update:
    now = clock.now()
    return _set(section_key, reading=None, offset=0, total=None, looked_at=now, read_at=now)


def _set(section_key: str, **values: Any) -> Update:
    return update(SectionRow).where(SectionRow.key == section_key).values(**values)


def _state(session: Session, section_key: str) -> Any:
    return session.execute(select(*SectionRow.__table__.c).where(SectionRow.key == section_key)).first()


def _keys(session: Session) -> Sequence[str]:
    return list(session.scalars(select(SectionRow.key)))


def _number(session: Session, section_key: str) -> int:
    """How many items of a section there are, with those that cannot be used."""
    items = select(func.count()).select_from(ItemRow).where(ItemRow.section_key == section_key).scalar_subquery()
    number: int = session.execute(select(items + SectionRow.skipped).where(SectionRow.key == section_key)).scalar_one()
    return number


def _unknown(session: Session, keys: Set[str | None]) -> Sequence[str]:
    """Those of these keys that the index does not have."""
    wanted = {key for key in keys if key}
    return sorted(wanted - set(session.scalars(select(ItemRow.key).where(ItemRow.key.in_(wanted)))))
