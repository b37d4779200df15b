"""What lets many downloads wait, or go on: a site that cools down, a closed window, a full disk or plan, time."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.circuit import State as Circuit
from medianest.core.event import HOUSEHOLD
from medianest.downloads import states
from medianest.downloads.events import DownloadsInLine, DownloadsWaiting
from medianest.downloads.models import DownloadRow, SiteRow
from medianest.downloads.states import Verb
from medianest.downloads.types import ErrorCode, State, Wait

_TIMED = (Wait.RETRY, Wait.PREMIERE, Wait.WINDOW, Wait.SPACE, Wait.PLAN)
_AWAKE = {"state": states.after(State.WAITING, Verb.WAKE), "waits_for": None, "due_at": None}
_WITHOUT_BLAME = {"error_code": None, "error_detail": ""}
_row = DownloadRow


async def hold(
    session: AsyncSession,
    why: Wait,
    *,
    until: datetime | None,
    site: str | None = None,
    owner: str | None = None,
    code: ErrorCode | None = None,
) -> int:
    """Let everything wait that is in line, or of it what is of one site or person; returns how many that were."""
    waiting = states.after(State.QUEUED, Verb.POSTPONE)
    values = {"state": waiting, "waits_for": why, "due_at": until, "error_code": code, "error_detail": ""}
    in_line = [_row.state == State.QUEUED, *_of(site), *([] if owner is None else [_row.owner_id == owner])]
    number = await _set(session, in_line, values)
    if number:
        await journal.record(
            session,
            DownloadsWaiting(
                actor=SYSTEM,
                subject_id=site or "",
                audience=HOUSEHOLD,
                n=number,
                why=why.value,
                until=until.isoformat() if until else None,
            ),
        )
    return number


async def extend(session: AsyncSession, site: str, until: datetime | None) -> None:
    """Let what waits for a site wait until then."""
    await _set(session, [_row.waits_for == Wait.SITE, *_of(site)], {"due_at": until})


async def wake_site(session: AsyncSession, site: str) -> int:
    """Put back in line what waited for this site."""
    return await _wake(session, [_row.waits_for == Wait.SITE, *_of(site)], site=site)


async def wake_plans(session: AsyncSession) -> int:
    """Put back in line what waited for room in somebody's plan, for plans are others now."""
    return await _wake(session, [_row.waits_for == Wait.PLAN])


async def wake_due(session: AsyncSession, now: datetime) -> None:
    """Put back in line what has waited long enough, and one download of each site that may be asked again.

    That is the one that was tried longest ago: one link that is always refused does not keep its site shut for all.
    """
    await _wake(session, [_row.waits_for.in_(_TIMED), _row.due_at <= now])
    for site in await session.run_sync(_askable, now):
        next_one = (
            select(_row.id)
            .where(_row.site == site, _row.state == State.WAITING, _row.waits_for == Wait.SITE)
            .order_by(_row.begun_at, _row.position)
            .limit(1)
        )
        await _wake(session, [_row.id == next_one.scalar_subquery()], site=site)


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether `wake_due` would wake something."""
    return session.scalar(_timed_due(), {"now": now}) is not None or bool(_askable(session, now))


def next_due(session: Session) -> datetime | None:
    """When the next of what waits for a time or a site may go on; None where nothing does."""
    return min((due for due in map(session.scalar, _dues()) if due), default=None)


def _askable(session: Session, now: datetime) -> Sequence[str]:
    """Sites whose time is over, with something that waits for them and nothing in line."""
    return session.scalars(_askable_sites(), {"now": now}).all()


@cache
def _timed_due() -> Select[str]:
    return select(_row.id).where(_row.waits_for.in_(_TIMED), _row.due_at <= bindparam("now")).limit(1)


@cache
def _askable_sites() -> Select[str]:
    in_line = _row.__table__.alias()
    taken = exists().where(in_line.c.site == SiteRow.name, in_line.c.state == State.QUEUED)
    return select(SiteRow.name).where(*_cooling(), SiteRow.until <= bindparam("now"), ~taken, _someone_waits())


@cache
def _dues() -> Sequence[Select[datetime | None]]:
    """One look into the index for each kind of waiting, and one at the sites."""
    timed = [select(func.min(_row.due_at)).where(_row.waits_for == why) for why in _TIMED]
    return [*timed, select(func.min(SiteRow.until)).where(*_cooling(), _someone_waits())]


def _cooling() -> Sequence[ColumnElement[bool]]:
    asked = SiteRow.probing.is_(True)
    return [SiteRow.circuit != Circuit.CLOSED, ~asked, SiteRow.held_at.is_(None)]


def _someone_waits() -> ColumnElement[bool]:
    waiting = _row.__table__.alias()
    for_site = waiting.c.waits_for == Wait.SITE
    return exists().where(waiting.c.site == SiteRow.name, waiting.c.state == State.WAITING, for_site)


def _of(site: str | None) -> Sequence[ColumnElement[bool]]:
    return [] if site is None else [_row.site == site]


async def _wake(session: AsyncSession, where: Sequence[ColumnElement[bool]], *, site: str = "") -> int:
    number = await _set(session, [_row.state == State.WAITING, *where], _AWAKE | _WITHOUT_BLAME)
    if number:
        event = DownloadsInLine(actor=SYSTEM, subject_id=site, audience=HOUSEHOLD, n=number)
        await journal.record(session, event)
    return number


async def _set(session: AsyncSession, where: Sequence[ColumnElement[bool]], values: dict[str, Any]) -> int:
    statement = update(_row).where(*where).values(**values).execution_options(synchronize_session=False)
    result = await session.execute(statement)
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it
