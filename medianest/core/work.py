"""What makes a table a durable queue: claim, lease, retry later, bury, requeue what was abandoned.

A row is claimed by a conditional UPDATE that counts its rows, so two claimants never get the same one. A claim is a
lease of its owner (one life of the process); whoever dies leaves leases that `abandoned` finds. The feature owns the
states; these verbs own the columns.
"""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, UpdateBase, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from medianest.core import clock
from medianest.core.db import UtcDateTime


class WorkColumns:
    """Columns of a row that is also a piece of work; the table has a text key `id`."""

    id: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)


def is_due(table: type[WorkColumns], now: datetime) -> ColumnElement[bool]:
    """Rows that nobody holds and whose time has come."""
    return table.lease_owner.is_(None) & or_(table.due_at.is_(None), table.due_at <= now)


async def claim(
    session: AsyncSession, table: type[WorkColumns], id: str, *, owner: str, lease: timedelta, **values: Any
) -> bool:
    """Take the row for `owner`, count an attempt and set `values`; False if somebody else was faster."""
    now = clock.now()
    held = {"lease_owner": owner, "lease_until": now + lease, "due_at": None, "attempts": table.attempts + 1}
    return await _one(session, update(table).where(table.id == id, is_due(table, now)).values(**held, **values))


async def claim_several(
    session: AsyncSession, table: type[WorkColumns], ids: Collection[str], *, owner: str, lease: timedelta
) -> frozenset[str]:
    """`claim` of each of these rows at once; those that are taken."""
    now = clock.now()
    held = {"lease_owner": owner, "lease_until": now + lease, "due_at": None, "attempts": table.attempts + 1}
    statement = update(table).where(table.id.in_(ids), is_due(table, now)).values(**held).returning(table.id)
    return frozenset(await session.scalars(statement.execution_options(synchronize_session=False)))


async def renew(
    session: AsyncSession, table: type[WorkColumns], id: str, *, owner: str, lease: timedelta, **values: Any
) -> bool:
    """Go on holding the row; False if the lease was lost."""
    until = clock.now() + lease
    return await _one(session, update(table).where(_held(table, id, owner)).values(lease_until=until, **values))


async def release(session: AsyncSession, table: type[WorkColumns], id: str, *, owner: str, **values: Any) -> bool:
    """Give the row back, done or not, with `values`; False if the lease was lost, and then nothing is written."""
    freed = {"lease_owner": None, "lease_until": None}
    return await _one(session, update(table).where(_held(table, id, owner)).values(**freed, **values))


async def abandoned(session: AsyncSession, table: type[WorkColumns], *, owner: str) -> list[str]:
    """The rows that another life of the process holds, or whose lease has run out."""
    lost = or_(table.lease_owner != owner, table.lease_until < clock.now())
    return list(await session.scalars(select(table.id).where(table.lease_owner.is_not(None), lost)))


async def take_back(session: AsyncSession, table: type[WorkColumns], id: str, **values: Any) -> bool:
    """Free a row whoever holds it, with `values`."""
    freed = {"lease_owner": None, "lease_until": None}
    return await _one(session, update(table).where(table.id == id).values(**freed, **values))


def pause_before(attempt: int, *, base: timedelta, most: timedelta) -> timedelta:
    """How long to wait after the failed `attempt` (1 is the first): doubling, with full jitter over the upper half."""
    whole: timedelta = min(base * 2 ** (attempt - 1), most)
    return whole * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing


def _held(table: type[WorkColumns], id: str, owner: str) -> ColumnElement[bool]:
    return (table.id == id) & (table.lease_owner == owner)


async def _one(session: AsyncSession, statement: UpdateBase) -> bool:
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]  # a DML result has it
