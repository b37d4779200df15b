"""Writing the rows of stretches, of incidents and of who ran into them, and letting go of what is old."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.status.encounters import Encounter
from medianest.status.incidents import Incident
from medianest.status.models import EncounterRow, IncidentRow, StretchRow
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


async def write_encounters(session: AsyncSession, found: Iterable[Encounter]) -> None:
    """Write each as it is now, known or not; their incidents are written first."""
    for one in found:
        values = {name: getattr(one, name) for name in EncounterRow.__table__.c.keys()}  # noqa: SIM118 - not a mapping
        row = insert(EncounterRow).values(**values)
        known = ["incident_id", "user_id"]
        await session.execute(row.on_conflict_do_update(index_elements=known, set_={"told_at": one.told_at}))


async def forget_person(session: AsyncSession, user_id: str) -> None:
    """Forget what somebody ran into who is gone."""
    await session.execute(delete(EncounterRow).where(EncounterRow.user_id == user_id))


async def prune(session: AsyncSession, before: datetime) -> int:
    """Forget what ended before; returns how many incidents that were."""
    await session.execute(delete(StretchRow).where(StretchRow.ended_at < before))
    gone = await session.execute(delete(IncidentRow).where(IncidentRow.closed_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DML result has it
