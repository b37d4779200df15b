"""Reading problems."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.core.actor import Actor
from medianest.core.paging import Page, decode_cursor, encode_cursor
from medianest.media_requests import rights
from medianest.media_requests.errors import NoProblem
from medianest.media_requests.models import ProblemRow, RequestFollowerRow, RequestRow
from medianest.media_requests.types import MediaType, ProblemComment, ProblemKind, Reported, TitleKey

TABLES = (ProblemRow.__tablename__, *accounts.NAME_TABLES)
OPEN_MOST = 50
_COLUMNS = tuple(ProblemRow.__table__.c)
_row = ProblemRow


def one(session: Session, actor: Actor, id: str) -> Reported:
    """The problem, if this actor may know of it. Raises NoProblem."""
    found = _reported(session, select(*_COLUMNS).where(_row.id == id))
    if not found or not rights.sees_problem(actor, found[0]):
        raise NoProblem
    return found[0]


def by_upstream_id(session: Session, upstream_id: int) -> Reported | None:
    return next(iter(_reported(session, select(*_COLUMNS).where(_row.upstream_id == upstream_id))), None)


def listing(
    session: Session,
    actor: Actor,
    *,
    is_resolved: bool | None = None,
    title: TitleKey | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Reported]:
    """Problems that this actor may see, the newest first."""
    wanted = [] if rights.sees_all(actor) else [_row.reporter_id == actor.id]
    if is_resolved is not None:
        wanted.append(_row.is_resolved.is_(is_resolved))
    if title:
        wanted += [_row.tmdb_id == title.tmdb_id, _row.media_type == title.media_type]
    if cursor:
        wanted.append(tuple_(_row.created_at, _row.id) < decode_cursor(cursor, datetime, str))
    order = (_row.created_at.desc(), _row.id.desc())
    found = _reported(session, select(*_COLUMNS).where(*wanted).order_by(*order).limit(limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=encode_cursor(last.created_at, last.id) if last else None)


def standings(session: Session, upstream_ids: Collection[int]) -> Mapping[int, bool]:
    """Those of the server's numbers that are known here, and whether they are resolved."""
    query = select(_row.upstream_id, _row.is_resolved).where(_row.upstream_id.in_(upstream_ids))
    return {row.upstream_id: row.is_resolved for row in session.execute(query)}


def numbers(session: Session, upstream_ids: Collection[int]) -> Mapping[int, str]:
    """Those of the server's numbers that are known here, and the ids of their problems."""
    query = select(_row.upstream_id, _row.id).where(_row.upstream_id.in_(upstream_ids))
    return {row.upstream_id: row.id for row in session.execute(query)}


def open_there(session: Session) -> Sequence[int]:
    """The server's numbers of what is not resolved, what was looked at longest ago first."""
    query = select(_row.upstream_id).where(_row.is_resolved.is_(False)).order_by(_row.heard_at).limit(OPEN_MOST)
    return session.scalars(query).all()


def concerned(session: Session, problem: Reported) -> frozenset[str]:
    """Who reported it, and who asked for the title or follows that."""
    same = (RequestRow.tmdb_id == problem.title.tmdb_id) & (RequestRow.media_type == problem.title.media_type)
    owners = session.scalars(select(RequestRow.owner_id).where(same))
    followers = select(RequestFollowerRow.user_id).join(RequestRow, RequestRow.id == RequestFollowerRow.request_id)
    people = {problem.reporter_id, *owners, *session.scalars(followers.where(same))}
    return frozenset(id for id in people if id)


def _reported(session: Session, query: Any) -> Sequence[Reported]:
    return [_one(row) for row in session.execute(query)]


def _one(row: Any) -> Reported:
    comments = tuple(
        ProblemComment(by=told["by"], text=told["text"], at=datetime.fromisoformat(told["at"]) if told["at"] else None)
        for told in row.comments
    )
    same = ("id", "upstream_id", "name", "season", "episode", "reporter_id", "reporter", "is_resolved")
    rest = {name: getattr(row, name) for name in (*same, "created_at", "heard_at")}
    title = TitleKey(media_type=MediaType(row.media_type), tmdb_id=row.tmdb_id)
    return Reported(title=title, kind=ProblemKind(row.kind), comments=comments, **rest)
