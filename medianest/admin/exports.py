"""Handing out the journal, entry by entry, however many there are."""

from collections.abc import AsyncIterator, Mapping, Sequence

from medianest.admin.events import JournalExported
from medianest.core import journal, journal_pages
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.journal import Entry
from medianest.core.journal_pages import Sought

_BATCH = 500


async def export(
    db: Database, actor: Actor, sought: Sought, *, filters: Mapping[str, str]
) -> AsyncIterator[Sequence[Entry]]:
    """Write down that the journal is handed out, then give its entries in batches, newest first.

    Each batch is read by itself, so that nobody who reads slowly holds the database's log back.
    """
    handed = JournalExported(actor=actor, subject_id="journal", audience=ADMINS, filters=dict(filters))
    async with db.transaction() as session:
        await journal.record(session, handed)
    return _batches(db, sought)


async def _batches(db: Database, sought: Sought) -> AsyncIterator[Sequence[Entry]]:
    cursor = None
    while True:
        page = await db.read(journal_pages.page, sought, cursor=cursor, limit=_BATCH)
        yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return
