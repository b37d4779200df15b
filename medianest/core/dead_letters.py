"""What listeners could not take, by its cause: handed over again all together, once that is mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from medianest.core.db import Database
from medianest.core.errors import Conflict, NotFound
from medianest.core.journal import Dispatcher
from medianest.core.journal_tables import DeadLetterRow

AT_ONCE = 500
_row = DeadLetterRow


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCause:
    """The error on which a listener gave up so many entries, the last of them at `newest_at`."""

    listener: str
    error: str
    count: int
    newest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """How many were taken now, and how many stay: they fail again, or are more than are handed over at once."""

    done: int
    left: int


def causes(session: Session) -> Sequence[LetterCause]:
    """The causes, the most frequent first."""
    error, number = _error(), func.count()
    columns = (_row.listener, error.label("error"), number.label("number"), func.max(_row.at).label("newest_at"))
    query = select(*columns).group_by(_row.listener, error).order_by(number.desc(), _row.listener, error)
    return [
        LetterCause(listener=found.listener, error=found.error, count=found.number, newest_at=found.newest_at)
        for found in session.execute(query)
    ]


async def retry(db: Database, dispatcher: Dispatcher, *, listener: str, error: str) -> HandedOver:
    """Hand all over again that this listener gave up with this error, the oldest first; where there are none, none."""
    done = 0
    for id in await db.read(_ids, listener, error):
        try:
            await dispatcher.retry(id)
            done += 1
        except (Conflict, NotFound):
            continue
    return HandedOver(done=done, left=await db.read(_left, listener, error))


def _error() -> ColumnElement[str]:
    """The kind of an error: what stands before its words."""
    return func.substr(_row.error, 1, func.instr(_row.error + "(", "(") - 1)


def _ids(session: Session, listener: str, error: str) -> Sequence[int]:
    query = select(_row.id).where(_row.listener == listener, _error() == error)
    return session.scalars(query.order_by(_row.id).limit(AT_ONCE)).all()


def _left(session: Session, listener: str, error: str) -> int:
    query = select(func.count()).select_from(_row).where(_row.listener == listener, _error() == error)
    return session.scalar(query) or 0
