"""What failed, by its cause: tried again or dismissed one cause at a time, by whom it belongs to, or an admin."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict
from medianest.downloads.errors import NoDownload
from medianest.downloads.failures import REMEDIES
from medianest.downloads.models import DownloadRow
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.types import Action, ErrorCode, State

AT_ONCE = 500
_row = DownloadRow
Verb: TypeAlias = Callable[[Actor, str], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why so many downloads failed, the last of them at `newest_at`."""

    code: ErrorCode
    count: int
    newest_at: datetime
    retryable: bool
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """How many were dealt with, and how many stay: there already, beyond a plan, or more than are taken at once."""

    done: int
    left: int


class Failed:
    """What the faces call; a cause of which somebody has nothing is none."""

    def __init__(self, db: Database, *, retry: Verb, delete: Verb) -> None:
        self._db = db
        self._retry = retry
        self._delete = delete

    async def retry(self, actor: Actor, code: ErrorCode) -> Handled:
        """Try all again that failed for this cause, the oldest first."""
        return await self._each(actor, code, self._retry)

    async def dismiss(self, actor: Actor, code: ErrorCode) -> Handled:
        """Take all off the list that failed for this cause; who follows one keeps it."""
        return await self._each(actor, code, self._delete)

    async def _each(self, actor: Actor, code: ErrorCode, verb: Verb) -> Handled:
        done = 0
        for id in await self._db.read(_ids, actor, code):
            try:
                await verb(actor, id)
                done += 1
            except (Conflict, NoDownload, QuotaExceeded):
                continue
        found = await self._db.read(causes, actor)
        return Handled(done=done, left=sum(cause.count for cause in found if cause.code is code))


def code_of(word: str) -> ErrorCode:
    """Raises NoDownload where nothing can fail for this."""
    if word not in frozenset(ErrorCode):
        raise NoDownload
    return ErrorCode(word)


def causes(session: Session, actor: Actor) -> tuple[Cause, ...]:
    """Why what this actor decides about failed, the most frequent first."""
    number = func.count()
    columns = (_row.error_code, number.label("number"), func.max(_row.finished_at).label("newest_at"))
    query = select(*columns).where(*_theirs(actor)).group_by(_row.error_code)
    return tuple(_cause(row) for row in session.execute(query.order_by(number.desc(), _row.error_code)))


def _cause(row: Any) -> Cause:
    code = ErrorCode(row.error_code)
    remedy = REMEDIES[code]
    return Cause(code=code, count=row.number, newest_at=row.newest_at, retryable=remedy.retryable, action=remedy.action)


def _ids(session: Session, actor: Actor, code: ErrorCode) -> Sequence[str]:
    query = select(_row.id).where(*_theirs(actor), _row.error_code == code)
    return session.scalars(query.order_by(_row.finished_at, _row.id).limit(AT_ONCE)).all()


def _theirs(actor: Actor) -> list[ColumnElement[bool]]:
    failed = [_row.state == State.FAILED, _row.error_code.is_not(None)]
    return failed if actor.is_admin else [*failed, _row.owner_id == actor.id]
