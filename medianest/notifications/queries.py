"""Reading notes, and who is to be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.core import journal
from medianest.core.actor import Actor
from medianest.core.journal import Entry
from medianest.core.paging import Page, decode_cursor, encode_cursor
from medianest.notifications import rights
from medianest.notifications.models import NoteRow
from medianest.notifications.telling import TOLD
from medianest.notifications.types import Telling, Topic, Whom

TABLES = (NoteRow.__tablename__,)
_PERSON = "user:"
_ROLES = {Whom.DECIDERS: rights.DECIDERS, Whom.ADMINS: rights.ADMINS}
_row = NoteRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What somebody is told: `entry` is the newest of the `n` that stand together in it."""

    id: int
    topic: Topic
    entry: Entry
    n: int
    is_read: bool


def listing(
    session: Session,
    actor: Actor,
    *,
    topics: Collection[Topic] = tuple(Topic),
    is_unread: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Note]:
    """What this person was told, the newest first; those that stand together are one."""
    n, unread = func.count(), func.count() - func.count(_row.read_at)
    columns = (func.max(_row.entry_id).label("newest"), n.label("n"), unread.label("unread"))
    query = select(_row.bundle, func.max(_row.topic).label("topic"), *columns)
    query = query.where(*own(actor), _row.topic.in_(topics)).group_by(_row.bundle)
    if is_unread:
        query = query.having(unread > 0)
    if cursor:
        query = query.where(_row.bundle < decode_cursor(cursor, int)[0])
    rows = session.execute(query.order_by(_row.bundle.desc()).limit(limit + 1)).all()
    entries = journal.by_ids(session, [row.newest for row in rows])
    notes = [
        Note(id=row.bundle, topic=Topic(row.topic), entry=entries[row.newest], n=row.n, is_read=not row.unread)
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(items=notes, next_cursor=encode_cursor(notes[-1].id) if more else None)


def unread(session: Session, actor: Actor) -> int:
    """How many notes this person has not read."""
    return unread_of(session, actor.id or "", rights.whoms(actor))


def unread_of(session: Session, user_id: str, whoms: Collection[Whom]) -> int:
    """How many notes somebody has not read who is told as these."""
    unread = _row.user_id == user_id, _row.whom.in_(whoms), _row.read_at.is_(None)
    return session.scalar(select(func.count(_row.bundle.distinct())).where(*unread)) or 0


def told_between(session: Session, user_id: str, since: datetime, until: datetime, *, limit: int) -> Sequence[Entry]:
    """What somebody was told of that concerns them, of that time, the oldest first; read or not."""
    ids = select(_row.entry_id).where(_row.user_id == user_id, _row.whom == Whom.CONCERNED)
    return journal.among(session, ids, since=since, until=until, limit=limit)


def own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The notes that are this person's to read."""
    return _row.user_id == actor.id, _row.whom.in_(rights.whoms(actor))


def recipients(session: Session, entry: Entry) -> Mapping[str, Telling]:
    """Who is told of it and as what, by their ids; nobody who left or is suspended."""
    found: dict[str, Telling] = {}
    for telling in TOLD.get(entry.kind, ()):
        for id in _whom(session, entry, telling.whom):
            if telling.even_who_did_it or id != entry.actor_id:
                found.setdefault(id, telling)
    return found


def _whom(session: Session, entry: Entry, whom: Whom) -> Collection[str]:
    if whom is Whom.CONCERNED:
        named = {word.removeprefix(_PERSON) for word in entry.audience if word.startswith(_PERSON)}
        return accounts.acting(session, ids=named)
    return accounts.acting(session, roles=_ROLES[whom])


def joins(session: Session, user_ids: Collection[str], entry: Entry, *, within: timedelta) -> Mapping[str, int]:
    """The bundle of each person's last note of the kind, where it is unread and not older than `within`."""
    last = select(_row.user_id, func.max(_row.entry_id).label("newest"))
    last = last.where(_row.user_id.in_(user_ids), _row.kind == entry.kind).group_by(_row.user_id)
    newest = last.subquery()
    query = select(_row.user_id, _row.bundle, _row.entry_id).where(_row.read_at.is_(None))
    query = query.join(newest, (_row.user_id == newest.c.user_id) & (_row.entry_id == newest.c.newest))
    rows = session.execute(query).all()
    before = journal.by_ids(session, {row.entry_id for row in rows})
    return {
        row.user_id: row.bundle
        for row in rows
        if row.entry_id in before and entry.at - before[row.entry_id].at <= within
    }
