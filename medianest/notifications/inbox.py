"""Everybody's inbox: filled from the journal, in the transaction in which the listener's cursor moves."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.events import UserRemoved
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.event import people
from medianest.core.journal import Entry, Listener
from medianest.core.live import Live, Signal
from medianest.notifications import outbox, queries
from medianest.notifications.models import ChannelRow, ChoiceRow, MannersRow, NoteRow
from medianest.notifications.outbox import Told
from medianest.notifications.telling import TOGETHER, TOLD
from medianest.notifications.types import Topic

SIGNAL = "notes"
"""Published for whom there are more notes or fewer unread ones."""
_TOGETHER_WITHIN = timedelta(minutes=30)


class Inbox:
    """Writes the notes of everybody, and marks them read."""

    def __init__(self, db: Database, live: Live) -> None:
        self._db = db
        self._live = live
        self._changed: set[str] = set()
        db.after_commit(self._tell)

    def listeners(self) -> Sequence[Listener]:
        return [
            Listener(name="inbox", kinds=frozenset(TOLD), handle=self.take),
            Listener(name="inbox_of_who_left", kinds=frozenset({UserRemoved.kind}), handle=clear),
        ]

    async def take(self, session: AsyncSession, entry: Entry) -> None:
        """Give everybody who is to be told of this entry their note, and line up what is sent to them."""
        recipients = await session.run_sync(queries.recipients, entry)
        if not recipients:
            return
        bundles: Mapping[str, int] = {}
        if entry.kind in TOGETHER:
            bundles = await session.run_sync(queries.joins, list(recipients), entry, within=_TOGETHER_WITHIN)
        told = {id: Told(telling=one, bundle=bundles.get(id, entry.id)) for id, one in recipients.items()}
        notes = [_note(entry, *one) for one in told.items() if one[1].telling.noted]
        if notes:
            await session.execute(insert(NoteRow).on_conflict_do_nothing(), notes)
            self._changed.update(told)
        await outbox.line_up(session, entry, told)

    async def read(self, actor: Actor, *, ids: Sequence[int] | None = None, topics: Collection[Topic] = ()) -> int:
        """Mark these notes read, or all of these topics, or all; how many are unread then."""
        unread = (*queries.own(actor), NoteRow.read_at.is_(None))
        query = update(NoteRow).where(*unread).values(read_at=clock.now())
        if ids is not None:
            query = query.where(NoteRow.bundle.in_(ids))
        if topics:
            query = query.where(NoteRow.topic.in_(topics))
        async with self._db.transaction() as session:
            await session.execute(query.execution_options(synchronize_session=False))
            if actor.id:
                self._changed.add(actor.id)
        return await self._db.read(queries.unread, actor)

    def _tell(self, tables: frozenset[str]) -> None:
        if self._changed and not tables.isdisjoint(queries.TABLES):
            told, self._changed = people(self._changed), set()
            self._live.publish(Signal(kind=SIGNAL, subject_id=SIGNAL, audience=told, data=None))


def _note(entry: Entry, user_id: str, told: Told) -> dict[str, object]:
    what = {"kind": entry.kind, "topic": told.telling.topic, "whom": told.telling.whom, "bundle": told.bundle}
    return {"user_id": user_id, "entry_id": entry.id, **what}


async def clear(session: AsyncSession, entry: Entry) -> None:
    """Forget what somebody was told who left, where, and what they chose."""
    for table in (NoteRow, ChannelRow, ChoiceRow, MannersRow):
        await session.execute(delete(table).where(table.user_id == entry.subject_id))
