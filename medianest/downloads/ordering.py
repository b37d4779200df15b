"""What comes first in a list of downloads: of each line only as many are looked at as are shown, however long it is.

A line is a state, or what somebody has in a state; each has an index in each order, and a cursor is a place in it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_, union_all

from medianest.core.actor import Actor
from medianest.core.paging import decode_cursor, encode_cursor
from medianest.downloads import rights
from medianest.downloads.models import DownloadRow, FollowerRow
from medianest.downloads.types import Download, State

_row = DownloadRow
Where: TypeAlias = list[ColumnElement[bool]]


class Sort(StrEnum):
    """How lists are ordered (contract.md)."""

    POSITION = "position"
    CREATED = "-created_at"
    FINISHED = "-finished_at"


_ORDERS: dict[Sort, Sequence[Any]] = {
    Sort.POSITION: (_row.priority.desc(), _row.position, _row.id),
    Sort.CREATED: (_row.created_at.desc(), _row.id.desc()),
    Sort.FINISHED: (_row.finished_at.desc(), _row.id.desc()),
}


def first(
    query: Select[Any],
    actor: Actor,
    *,
    states: Iterable[State],
    mine: bool,
    sort: Sort,
    cursor: str | None,
    most: int,
) -> Select[Any]:
    """Of what this actor may see in these states, the first behind the cursor."""
    order, behind = _ORDERS[sort], _behind(sort, cursor)
    sees_all = rights.sees_all(actor) and not mine
    whose = [] if sees_all else [_row.owner_id == actor.id]
    found = [
        select(_row.id).where(*whose, _row.state == state, *place).order_by(*order).limit(most)
        for state in sorted(states)
        for place in behind
    ]
    ids = [select(one.subquery().c.id) for one in found]
    if not sees_all:
        ids.append(_followed(actor, states, behind))
    return query.where(_row.id.in_(union_all(*ids))).order_by(*order).limit(most)


def cursor_of(download: Download, sort: Sort) -> str:
    """The place of a download in this order."""
    if sort is Sort.POSITION:
        return encode_cursor(download.priority, download.position, download.id)
    moment = download.created_at if sort is Sort.CREATED else download.finished_at
    return encode_cursor(moment or download.created_at, download.id)


def _behind(sort: Sort, cursor: str | None) -> list[Where]:
    """Where to look for what comes after the cursor: each is one stretch of an index."""
    if sort is Sort.POSITION:
        return _behind_position(cursor)
    moment = _row.created_at if sort is Sort.CREATED else _row.finished_at
    if cursor is None:
        return [[moment.is_not(None)]]
    then, id = decode_cursor(cursor, datetime, str)
    return [[tuple_(moment, _row.id) < (then, id)]]


def _behind_position(cursor: str | None) -> list[Where]:
    if cursor is None:
        return [[]]
    priority, position, id = decode_cursor(cursor, int, int, str)
    beside = [_row.priority == priority, tuple_(_row.position, _row.id) > (position, id)]
    return [beside, [_row.priority < priority]]


def _followed(actor: Actor, states: Iterable[State], behind: Iterable[Where]) -> Select[Any]:
    """What others queued and this actor follows."""
    theirs = select(_row.id).join(FollowerRow, FollowerRow.download_id == _row.id)
    places = or_(*(and_(True, *place) for place in behind))
    return theirs.where(FollowerRow.user_id == actor.id, _row.state.in_(states), places)
