"""Looking into the journal: which entries, newest first, in pages that are quick among a million of them.

The order is that of time, then of ids. Each index of `journal_tables` begins with what can be asked for, goes on with
that order, and carries what else can be asked for: nothing is ever sorted, and what does not fit is passed over without
reading its row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from medianest.core.actor import Via
from medianest.core.journal import DeadLetter, Entry, entries, entry_of, letter_of, letters
from medianest.core.journal_tables import DeadLetterRow, EntryRow
from medianest.core.paging import Page, decode_cursor, encode_cursor

PORTAL = "portal"
"""Who did it, where nobody did: the portal by itself."""

_ORDER = (EntryRow.at, EntryRow.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries; what is None does not matter.

    `actor_id` is a person's or PORTAL, `since` the first moment that counts and `until` the first that does not.
    """

    kinds: frozenset[str] | None = None
    actor_id: str | None = None
    via: Via | None = None
    subject: tuple[str, str] | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Sought()


def page(session: Session, sought: Sought = EVERYTHING, *, cursor: str | None = None, limit: int = 50) -> Page[Entry]:
    """Entries, newest first; those that come later never move the pages that follow."""
    found = [entry_of(row) for row in _rows(session, sought, cursor, limit + 1)]
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=encode_cursor(last.at, last.id) if last else None)


def dead_letters(session: Session, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]:
    """What listeners could not take, newest first."""
    query = letters().order_by(DeadLetterRow.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(DeadLetterRow.id < decode_cursor(cursor, int)[0])
    found = [letter_of(row) for row in session.execute(query)]
    more = found[limit - 1].id if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=encode_cursor(more) if more else None)


def dead_letter_count(session: Session) -> int:
    """How much waits for somebody to look at it."""
    return session.execute(select(func.count()).select_from(DeadLetterRow)).scalar_one()


def _rows(session: Session, sought: Sought, cursor: str | None, limit: int) -> list[Any]:
    """The first rows; several kinds are read apart, each in its order, and put together here."""
    kinds = [None] if sought.kinds is None else [frozenset({kind}) for kind in sought.kinds]
    apart = (_rows_of_one(session, replace(sought, kinds=kind), cursor, limit) for kind in kinds)
    return list(islice(merge(*apart, key=lambda row: (row.at, row.id), reverse=True), limit))


def _rows_of_one(session: Session, sought: Sought, cursor: str | None, limit: int) -> list[Any]:
    query = entries().where(*_conditions(sought)).order_by(*(column.desc() for column in _ORDER)).limit(limit)
    if cursor:
        query = query.where(tuple_(*_ORDER) < decode_cursor(cursor, datetime, int))
    return list(session.execute(query))


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    """What must hold; the index is chosen by the subject, else the kind, else the person, else the door."""
    by_kind = not sought.subject
    by_actor = by_kind and not sought.kinds
    by_via = by_actor and not sought.actor_id
    if sought.subject:
        yield EntryRow.subject_type == sought.subject[0]
        yield EntryRow.subject_id == sought.subject[1]
    for kind in sought.kinds or ():
        yield _seen(EntryRow.kind, chooses=by_kind) == kind
    if sought.actor_id:
        actor_id = _seen(EntryRow.actor_id, chooses=by_actor)
        yield actor_id.is_(None) if sought.actor_id == PORTAL else actor_id == sought.actor_id
    via = Via.SYSTEM if sought.actor_id == PORTAL else None
    for door in {sought.via, via} - {None}:
        yield _seen(EntryRow.via, chooses=by_via) == door
    if sought.since:
        yield EntryRow.at >= sought.since
    if sought.until:
        yield EntryRow.at < sought.until


def _seen(column: InstrumentedAttribute[Any], *, chooses: bool) -> ColumnElement[Any]:
    """A column to compare; SQLite guesses which index is best, unless only one column is there to choose by."""
    return column.expression if chooses else column.concat("")
