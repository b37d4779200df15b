"""Reading notes, and who is to be told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

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
    return session.scalar(select(func.count(_row.bundle.distinct())).where(*own(actor), _row.read_at.is_(None))) or 0


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


def joins(session: Session, user_id: str, entry: Entry, *, within: timedelta) -> int | None:
    """The bundle of this person's last note of the kind, if it is unread and not older than `within`."""
    last = select(_row.bundle, _row.entry_id, _row.read_at).where(_row.user_id == user_id, _row.kind == entry.kind)
    row = session.execute(last.order_by(_row.entry_id.desc()).limit(1)).first()
    if row is None or row.read_at is not None:
        return None
    before = journal.by_ids(session, [row.entry_id]).get(row.entry_id)
    return row.bundle if before and entry.at - before.at <= within else None
