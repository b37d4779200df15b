"""Reading stretches, incidents, and who ran into them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from medianest.core.paging import Page, decode_cursor, encode_cursor
from medianest.status.encounters import Encounter
from medianest.status.incidents import Incident
from medianest.status.models import EncounterRow, IncidentRow, StretchRow
from medianest.status.stretches import Stretch
from medianest.status.types import Function, State

TABLES = (IncidentRow.__tablename__, StretchRow.__tablename__)
_STRETCHES_MOST = 20_000
_INCIDENTS_MOST = 2_000
_ENCOUNTERS_MOST = 10_000
_STRETCHES = select(*StretchRow.__table__.c)
_INCIDENTS = select(*IncidentRow.__table__.c)


def last_stretches(session: Session) -> Sequence[Stretch]:
    """The last one of each service."""
    began_at = func.max(StretchRow.began_at).label("began_at")
    last = select(StretchRow.monitor, began_at).group_by(StretchRow.monitor).subquery()
    rows = _STRETCHES.join(last, (StretchRow.monitor == last.c.monitor) & (StretchRow.began_at == last.c.began_at))
    return [_stretch(row) for row in session.execute(rows.limit(_STRETCHES_MOST))]


def stretches(session: Session, begin: datetime, end: datetime, monitor: int | None = None) -> Sequence[Stretch]:
    """Those that touch a time, of one service or of all, the oldest first."""
    lasting = or_(StretchRow.ended_at.is_(None), StretchRow.ended_at > begin)
    rows = _STRETCHES.where(lasting, StretchRow.began_at <= end)
    if monitor is not None:
        rows = rows.where(StretchRow.monitor == monitor)
    rows = rows.order_by(StretchRow.began_at.desc()).limit(_STRETCHES_MOST)
    return [_stretch(row) for row in reversed(session.execute(rows).all())]


def unsettled(session: Session, since: datetime) -> Sequence[Incident]:
    """Of each service the incident of which something may still come, the latest last."""
    of_note = or_(
        IncidentRow.closed_at.is_(None),
        IncidentRow.closed_at > since,
        IncidentRow.told_down.is_(True) & IncidentRow.told_back.is_(False),
    )
    rows = _INCIDENTS.where(of_note).order_by(IncidentRow.opened_at).limit(_INCIDENTS_MOST)
    return [_incident(row) for row in session.execute(rows)]


def encounters(session: Session, since: datetime) -> Sequence[Encounter]:
    """Who waits to be told that something is over, and who was told of what may still go on."""
    of_note = or_(EncounterRow.told_at.is_(None), IncidentRow.closed_at.is_(None), IncidentRow.closed_at > since)
    rows = select(*EncounterRow.__table__.c, IncidentRow.monitor, IncidentRow.name)
    rows = rows.join(IncidentRow, IncidentRow.id == EncounterRow.incident_id).where(of_note)
    return [_encounter(row) for row in session.execute(rows.order_by(EncounterRow.met_at).limit(_ENCOUNTERS_MOST))]


def incidents(
    session: Session, monitors: Iterable[int] | None, *, cursor: str | None = None, limit: int = 50
) -> Page[Incident]:
    """The incidents of these services, or of all, the latest first."""
    rows = _INCIDENTS.order_by(IncidentRow.opened_at.desc(), IncidentRow.id.desc()).limit(limit + 1)
    if monitors is not None:
        rows = rows.where(IncidentRow.monitor.in_(list(monitors)))
    if cursor:
        rows = rows.where(tuple_(IncidentRow.opened_at, IncidentRow.id) < decode_cursor(cursor, datetime, str))
    found = [_incident(row) for row in session.execute(rows)]
    more = len(found) > limit
    found = found[:limit]
    return Page(items=found, next_cursor=encode_cursor(found[-1].opened_at, found[-1].id) if more else None)


def incidents_since(session: Session, since: datetime, monitors: Iterable[int]) -> Sequence[Incident]:
    """The incidents of these services of which a part lies after a moment, the latest first."""
    lasting = or_(IncidentRow.closed_at.is_(None), IncidentRow.closed_at > since)
    rows = _INCIDENTS.where(lasting, IncidentRow.monitor.in_(list(monitors))).order_by(IncidentRow.opened_at.desc())
    return [_incident(row) for row in session.execute(rows.limit(_INCIDENTS_MOST))]


def first_seen(session: Session) -> datetime | None:
    """Since when anything is known at all."""
    return session.scalar(select(StretchRow.began_at).order_by(StretchRow.began_at).limit(1))


def _stretch(row: Any) -> Stretch:
    return Stretch(monitor=row.monitor, state=State(row.state), began_at=row.began_at, ended_at=row.ended_at)


def _incident(row: Any) -> Incident:
    return Incident(**row._mapping)  # noqa: SLF001 - how SQLAlchemy hands out a row by its names


def _encounter(row: Any) -> Encounter:
    function = Function(row.function) if row.function else None
    return Encounter(**{**row._mapping, "function": function})  # noqa: SLF001 - how SQLAlchemy hands out a row by its names
