"""What was said is written down before it goes to the server, and stays so until it is there or came to nothing."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from medianest.accounts import actors
from medianest.accounts import queries as accounts
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden, MediaNestError
from medianest.core.i18n import Message, msg
from medianest.media_requests import rights
from medianest.media_requests.errand import ABOUT_REQUESTS, Details, Errand, What
from medianest.media_requests.errors import LinkOver
from medianest.media_requests.models import DecisionLinkRow, ErrandRow

LOST_MOST = 200
_row, _link = ErrandRow, DecisionLinkRow


class ErrandBook:
    """The errands' table."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, errand: Errand, *, instead_of: Iterable[Errand] = ()) -> None:
        """Write it down, and use its link up. Raises LinkOver where that was used already."""
        async with self._db.transaction() as session:
            if errand.link_id is not None:
                await session.run_sync(_use, errand.link_id, errand)
            await session.execute(delete(_row).where(_row.id.in_([one.id for one in instead_of])))
            values = {
                "what": errand.what,
                "subject_id": errand.subject_id,
                "by_id": errand.by,
                "text": errand.text,
                "details": msgspec.to_builtins(errand.details),
                "link_id": errand.link_id,
                "at": errand.at,
            }
            await session.execute(insert(_row).values(id=errand.id, **values))

    async def arrived(self, errand: Errand) -> None:
        async with self._db.transaction() as session:
            await session.execute(delete(_row).where(_row.id == errand.id))

    async def lost(self, errand: Errand, trouble: MediaNestError | None) -> None:
        """It came to nothing, and its link is good again; kept where somebody is to be told of the trouble.

        Of those the `LOST_MOST` that were said last are kept.
        """
        this = _row.id == errand.id
        async with self._db.transaction() as session:
            if not await session.scalar(select(_row.id).where(this)):
                return  # it never was: its link is used up by another one
            await session.execute(update(_link).where(_link.id == errand.link_id).values(used_at=None))
            if trouble is None:
                await session.execute(delete(_row).where(this))
            else:
                why = {"error_code": trouble.code, "error": _written(trouble.message)}
                await session.execute(update(_row).where(this).values(**why))
                lost = select(_row.id).where(_row.error_code.is_not(None)).order_by(_row.at.desc(), _row.id.desc())
                await session.execute(delete(_row).where(_row.id.in_(lost.limit(-1).offset(LOST_MOST))))

    async def all(self) -> Sequence[Errand]:
        """What is under way or came to nothing, the oldest first."""
        return await self._db.read(_all)

    async def speaker(self, errand: Errand) -> Actor:
        """Who said it, as they are now. Raises Forbidden where they may not say it any more."""
        return await self._db.read(_speaker, errand)


def _use(session: Session, link_id: str, errand: Errand) -> None:
    """Raises LinkOver for one that was used or is too old, or whose holder's sessions ended; and as `_speaker`."""
    usable = (_link.id == link_id) & _link.used_at.is_(None) & (_link.expires_at > clock.now())
    epoch = session.scalar(select(_link.epoch).where(usable))
    if epoch is None or errand.by is None or accounts.epoch(session, errand.by) != epoch:
        raise LinkOver(msg("requests.link_over"))
    _speaker(session, errand)
    session.execute(update(_link).where(usable).values(used_at=clock.now()))


def _all(session: Session) -> Sequence[Errand]:
    return [_errand(row) for row in session.execute(select(*_row.__table__.columns).order_by(_row.at, _row.id))]


def _errand(row: Row[Any]) -> Errand:
    trouble = MediaNestError(_read(row.error), code=row.error_code) if row.error_code else None
    return Errand(
        id=row.id,
        what=What(row.what),
        subject_id=row.subject_id,
        by=row.by_id,
        text=row.text,
        details=msgspec.convert(row.details, Details),
        link_id=row.link_id,
        trouble=trouble,
        at=row.at,
    )


def _speaker(session: Session, errand: Errand) -> Actor:
    user = accounts.user(session, errand.by) if errand.by else None
    if user is None or user.suspended_at:
        raise Forbidden(msg("requests.may_not_ask"))
    actor = actors.by_link(user)
    if errand.what in ABOUT_REQUESTS:
        rights.require_decider(actor)
    else:
        rights.require_asker(actor)
    return actor


def _written(message: Message) -> str:
    return json.dumps({"id": message.id, "values": dict(message.values)}, default=str)


def _read(written: str) -> Message:
    read = json.loads(written)
    return msg(read["id"], **read["values"])
