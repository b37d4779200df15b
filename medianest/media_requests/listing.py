"""Lists of requests: whose, in which states, called what; the newest first, or the oldest for who decides."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.orm import Session

from medianest.core.actor import Actor
from medianest.core.paging import Page, decode_cursor, encode_cursor
from medianest.media_requests import queries, rights
from medianest.media_requests.models import RequestFollowerRow, RequestRow
from medianest.media_requests.types import MediaType, Request, State
from medianest.plex.titles.folding import folded

_row = RequestRow
_WORDS_MOST = 12


class Sort(StrEnum):
    """How lists are ordered."""

    NEWEST = "-created_at"
    OLDEST = "created_at"


def listing(
    session: Session,
    actor: Actor,
    *,
    states: frozenset[State] = frozenset(State),
    mine: bool = False,
    media_type: MediaType | None = None,
    called: str = "",
    sort: Sort = Sort.NEWEST,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Request]:
    """Requests that this actor may see; each word of `called` begins a word of the name, accents do not count."""
    wanted = [_row.state.in_(states), *_whose(actor, mine=mine), *_behind(sort, cursor)]
    if media_type:
        wanted.append(_row.media_type == media_type)
    wanted += [(" " + _row.folded).like(f"% {word}%") for word in folded(called).split()[:_WORDS_MOST]]
    order = (_row.created_at.desc(), _row.id.desc()) if sort is Sort.NEWEST else (_row.created_at, _row.id)
    found = queries.requests(session, select(*queries.COLUMNS).where(*wanted).order_by(*order).limit(limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=encode_cursor(last.created_at, last.id) if last else None)


def fulfilled(session: Session, actor: Actor, *, since: datetime, limit: int = 50) -> Sequence[Request]:
    """What this actor asked for or follows and has got; what came last is first."""
    got = (_row.state == State.AVAILABLE, _row.changed_at >= since, *_whose(actor, mine=True))
    query = select(*queries.COLUMNS).where(*got).order_by(_row.changed_at.desc(), _row.id.desc())
    return queries.requests(session, query.limit(limit))


def _whose(actor: Actor, *, mine: bool) -> list[ColumnElement[bool]]:
    if rights.sees_all(actor) and not mine:
        return []
    return [or_(_row.owner_id == actor.id, _row.asked_by_id == actor.id, _row.id.in_(_followed(actor)))]


def _followed(actor: Actor) -> Select[str]:
    return select(RequestFollowerRow.request_id).where(RequestFollowerRow.user_id == actor.id)


def _behind(sort: Sort, cursor: str | None) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    place = decode_cursor(cursor, datetime, str)
    here = tuple_(_row.created_at, _row.id)
    return [here < place if sort is Sort.NEWEST else here > place]
