"""Writing the rows of stretches and incidents, and letting go of what is old."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.status.incidents import Incident
from medianest.status.models import IncidentRow, StretchRow
from medianest.status.stretches import Stretch


async def write_stretches(session: AsyncSession, found: Iterable[Stretch]) -> None:
    """Write each as it is now, known or not."""
    for one in found:
        values = {"state": one.state.value, "ended_at": one.ended_at}
        row = insert(StretchRow).values(monitor=one.monitor, began_at=one.began_at, **values)
        await session.execute(row.on_conflict_do_update(index_elements=["monitor", "began_at"], set_=values))


async def write_incidents(session: AsyncSession, found: Iterable[Incident]) -> None:
    """Write each as it is now, known or not."""
    for one in found:
        values = {name: getattr(one, name) for name in IncidentRow.__table__.c.keys()}  # noqa: SIM118 - not a mapping
        row = insert(IncidentRow).values(**values)
        await session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))


async def prune(session: AsyncSession, before: datetime) -> int:
    """Forget what ended before; returns how many incidents that were."""
    await session.execute(delete(StretchRow).where(StretchRow.ended_at < before))
    gone = await session.execute(delete(IncidentRow).where(IncidentRow.closed_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DML result has it
