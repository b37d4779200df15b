"""The order of the line: a download is put beside another, and all others keep their places.

Positions are numbers with room between them, so that a move writes one row; where a place was halved too often, the
few rows behind it spread out anew. Who moves first is served first: each move is one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict
from medianest.core.i18n import msg
from medianest.downloads import events, queries, rights, subjects
from medianest.downloads.models import DownloadRow
from medianest.downloads.states import ACTIVE, IN_LINE
from medianest.downloads.types import Download

GAP = 2**20
_ROOM_LEAST = 2**10
_SPREAD = 16
_row = DownloadRow
_IN_ORDER = (_row.priority.desc(), _row.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Among those of a priority, behind all that stand before `at`, and before what stands there."""

    priority: int
    at: int


Find: TypeAlias = Callable[[Session, Download], Spot | None]


class Order:
    """What the faces call. All raise NoDownload and Forbidden; moves of what is not in line, Conflict `wrong_state`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def change(
        self, actor: Actor, id: str, *, priority: int | None = None, position: int | None = None
    ) -> Download:
        """Give it another priority (-10 to 10, higher first) or position among those of its priority.

        Where another has that position already, it comes directly before that one.
        """
        async with self._db.transaction() as session:
            download = await subjects.controlled(session, actor, id)
            values: dict[str, int] = {}
            if priority is not None:
                values |= {"priority": priority, "rank": rights.rank(actor, priority)}
            if position is not None:
                spot = Spot(priority=values.get("priority", download.priority), at=position)
                values["position"] = await _place(session, id, spot, exactly=True)
            if values:
                await _write(session, actor, download, values)
            return await subjects.known(session, id)

    async def first(self, actor: Actor, id: str) -> Download:
        """Let it come before all others of its owner."""
        return await self._move(actor, id, _front)

    async def up(self, actor: Actor, id: str) -> Download:
        """Let it come before the one of its owner that is before it; the first stays the first."""
        return await self._move(actor, id, _before_the_last_one)

    async def down(self, actor: Actor, id: str) -> Download:
        """Let it come behind the one of its owner that is behind it; the last stays the last."""
        return await self._move(actor, id, _behind_the_next_one)

    async def beside(self, actor: Actor, id: str, other_id: str, *, behind: bool) -> Download:
        """Put it directly before or behind another one that this actor sees, with that one's priority."""

        def find(session: Session, download: Download) -> Spot | None:
            return _beside(session, actor, download, other_id, behind=behind)

        return await self._move(actor, id, find)

    async def _move(self, actor: Actor, id: str, find: Find) -> Download:
        async with self._db.transaction() as session:
            download = await subjects.controlled(session, actor, id)
            if download.state not in IN_LINE:
                raise _not_in_line(download)
            if spot := await session.run_sync(find, download):
                values = {"position": await _place(session, id, spot)}
                if spot.priority != download.priority:
                    values |= {"priority": spot.priority, "rank": rights.rank(actor, spot.priority)}
                await _write(session, actor, download, values)
            return await subjects.known(session, id)


def between(below: int | None, above: int | None) -> int | None:
    """A place between two; None where there is no room. Either may be missing, then it is at that end of the line."""
    if above is None:
        return GAP if below is None else below + GAP
    if below is None:
        return above - GAP
    return (below + above) // 2 if above - below > 1 else None


def end(session: Session) -> int:
    """The place behind all others."""
    last = session.scalar(select(func.max(_row.position)))
    return GAP if last is None else last + GAP


async def _place(session: AsyncSession, id: str, spot: Spot, *, exactly: bool = False) -> int:
    """A free position for it at this spot: `exactly` this one where nothing stands there."""
    below, above = await session.run_sync(_neighbours, id, spot)
    if exactly and above != spot.at:
        return spot.at
    position = between(below, above)
    return await _make_room(session, id, spot, below or 0) if position is None else position


def _neighbours(session: Session, id: str, spot: Spot) -> tuple[int | None, int | None]:
    """The positions between which it comes to stand; each is one look into the index for each state."""
    before: list[int] = []
    behind: list[int] = []
    for state in sorted(ACTIVE):
        line = select(_row.position).where(_row.state == state, _row.priority == spot.priority, _row.id != id).limit(1)
        before += session.scalars(line.where(_row.position < spot.at).order_by(_row.position.desc()))
        behind += session.scalars(line.where(_row.position >= spot.at).order_by(_row.position))
    return max(before, default=None), min(behind, default=None)


async def _make_room(session: AsyncSession, id: str, spot: Spot, below: int) -> int:
    """Spread those from there on, as few as give room to each of them; returns the place before them."""
    number, step = 0, 0
    while step < _ROOM_LEAST:
        number = number * 2 or _SPREAD
        rows = (await session.execute(_from(spot, id).limit(number + 1))).all()
        moved = [row.id for row in rows[:number]]
        top = rows[number].position if len(rows) > number else below + (len(moved) + 2) * GAP
        step = (top - below) // (len(moved) + 2)
    places = [{"id": one, "position": below + step * place} for place, one in enumerate(moved, 2)]
    await session.execute(update(_row), places)
    return below + step


def _from(spot: Spot, id: str) -> Select[str, int]:
    there = (_row.state.in_(ACTIVE), _row.priority == spot.priority, _row.position >= spot.at, _row.id != id)
    return select(_row.id, _row.position).where(*there).order_by(_row.position)


async def _write(session: AsyncSession, actor: Actor, download: Download, values: dict[str, int]) -> None:
    await session.execute(update(_row).where(_row.id == download.id).values(**values))
    await subjects.record(session, actor, events.DownloadMoved, download)


def _front(session: Session, download: Download) -> Spot | None:
    first = session.execute(_others(download).where(_is_before(download)).order_by(*_IN_ORDER)).first()
    return Spot(priority=first.priority, at=first.position) if first else None


def _before_the_last_one(session: Session, download: Download) -> Spot | None:
    backwards = (_row.priority, _row.position.desc())
    last = session.execute(_others(download).where(_is_before(download)).order_by(*backwards)).first()
    return Spot(priority=last.priority, at=last.position) if last else None


def _behind_the_next_one(session: Session, download: Download) -> Spot | None:
    following = session.execute(_others(download).where(~_is_before(download)).order_by(*_IN_ORDER)).first()
    return Spot(priority=following.priority, at=following.position + 1) if following else None


def _beside(session: Session, actor: Actor, download: Download, other_id: str, *, behind: bool) -> Spot | None:
    other = queries.one(session, actor, other_id)
    if other.state not in IN_LINE:
        raise _not_in_line(other)
    if other.id == download.id:
        return None
    return Spot(priority=other.priority, at=other.position + behind)


def _others(download: Download) -> Select[int, int]:
    """The other downloads of its owner that are in line."""
    mine = (_row.owner_id == download.owner.id, _row.state.in_(IN_LINE), _row.id != download.id)
    return select(_row.priority, _row.position).where(*mine).limit(1)


def _is_before(download: Download) -> ColumnElement[bool]:
    nearer = and_(_row.priority == download.priority, _row.position < download.position)
    return or_(_row.priority > download.priority, nearer)


def _not_in_line(download: Download) -> Conflict:
    facts = {"state": download.state.value, "verb": "move"}
    return Conflict(msg("downloads.wrong_state"), code="wrong_state", facts=facts)
