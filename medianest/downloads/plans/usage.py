"""What people used of their quotas: counted and written down here, so that it outlives the downloads themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Session

from medianest.accounts import plan_queries as plans
from medianest.accounts.plans import WINDOW_DAYS_MOST
from medianest.core import clock
from medianest.downloads.models import COUNTS, DownloadRow, UsageRow
from medianest.downloads.plans import quotas
from medianest.downloads.plans.meters import Meter
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import Quota, Standing

TABLES = (*plans.TABLES, DownloadRow.__tablename__, UsageRow.__tablename__)
KEPT = timedelta(days=WINDOW_DAYS_MOST)

_COUNTED: dict[Quota, InstrumentedAttribute[int]] = {Quota.DOWNLOADS: UsageRow.downloads, Quota.BYTES: UsageRow.bytes}


def standings(session: Session, user_id: str) -> tuple[Standing, ...]:
    """How somebody stands with each quota of the plan that holds for them; none where nothing is limited."""
    plan = plans.plan_of(session, user_id)
    if plan is None:
        return ()
    limits, days = quotas.limited(plan.quotas), plan.quotas.window_days
    return tuple(_standing(session, user_id, quota, limit, days) for quota, limit in limits.items())


def standing_of(session: Session, user_id: str, quota: Quota) -> Standing | None:
    """How somebody stands with one quota; None where it is not limited."""
    plan = plans.plan_of(session, user_id)
    limit = quotas.limited(plan.quotas).get(quota) if plan else None
    return _standing(session, user_id, quota, limit, plan.quotas.window_days) if plan and limit is not None else None


async def begin(session: AsyncSession, user_id: str, download_id: str) -> None:
    """Count a download as begun by its owner; begun again within the window, it counts once. Raises QuotaExceeded."""
    known = await session.run_sync(standings, user_id)
    is_counted = await session.run_sync(_is_counted, user_id, download_id, known)
    if full := quotas.in_the_way(known, is_counted=is_counted):
        raise QuotaExceeded(full, now=clock.now())
    if not is_counted:
        await session.execute(insert(UsageRow).values(_row(user_id, download_id, downloads=1)))


async def record(session: AsyncSession, meter: Meter, received: int) -> int:
    """Write down what a run received so far; returns the entry, which is the same one the next time."""
    known = update(UsageRow).where(UsageRow.id == meter.entry).values(bytes=received, at=clock.now())
    if meter.entry is not None and (await session.execute(known)).rowcount:  # type: ignore[attr-defined]  # as of DML
        return meter.entry
    row = _row(meter.owner_id, meter.download_id) | {"bytes": received}
    made = await session.execute(insert(UsageRow).values(row).returning(UsageRow.id))
    return made.scalar_one()


async def count(session: AsyncSession, user_id: str, download_ids: Sequence[str]) -> None:
    """Count new downloads as begun by their owner, who has room for them (`quotas.room`)."""
    await session.execute(insert(UsageRow), [_row(user_id, id, downloads=1) for id in download_ids])


async def take_back(session: AsyncSession, download_id: str) -> None:
    """Count a download as never begun; what it received stays counted."""
    await session.execute(update(UsageRow).where(UsageRow.download_id == download_id).values(downloads=0))


async def purge(session: AsyncSession) -> int:
    """Forget what no window reaches back to; returns how many entries."""
    result = await session.execute(delete(UsageRow).where(UsageRow.at <= clock.now() - KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


def _standing(session: Session, user_id: str, quota: Quota, limit: int, days: int) -> Standing:
    if quota is Quota.ACTIVE:
        return Standing(quota=quota, limit=limit, used=active(session, user_id), window_days=days)
    window = timedelta(days=days)
    inside, counted = _inside(user_id, clock.now() - window), _COUNTED[quota]
    used = int(session.scalar(select(func.coalesce(func.sum(counted), 0)).where(*inside)) or 0)
    last = _last_in_the_way(session, inside, counted, surplus=used - limit)
    return Standing(quota=quota, limit=limit, used=used, window_days=days, resets_at=last + window if last else None)


def active(session: Session, user_id: str) -> int:
    """How many downloads of this person are under way."""
    theirs = (COUNTS.c.owner_id == user_id, COUNTS.c.state.in_(ACTIVE))
    return session.scalar(select(func.sum(COUNTS.c.number)).where(*theirs)) or 0


def _last_in_the_way(
    session: Session, inside: list[ColumnElement[bool]], counted: InstrumentedAttribute[int], *, surplus: int
) -> datetime | None:
    """When that was counted which must leave the window for less to be used than is allowed."""
    so_far = func.sum(counted).over(order_by=(UsageRow.at, UsageRow.id)).label("so_far")
    entries = select(UsageRow.at, so_far).where(*inside, counted > 0).subquery()
    last: datetime | None = session.scalar(select(func.min(entries.c.at)).where(entries.c.so_far > surplus))
    return last


def _is_counted(session: Session, user_id: str, download_id: str, known: tuple[Standing, ...]) -> bool:
    """Whether this download was begun by the same person within the window."""
    days = max((standing.window_days for standing in known), default=WINDOW_DAYS_MOST)
    inside = _inside(user_id, clock.now() - timedelta(days=days))
    begun = select(UsageRow.id).where(*inside, UsageRow.download_id == download_id, UsageRow.downloads > 0)
    return session.scalar(begun.limit(1)) is not None


def _inside(user_id: str, since: datetime) -> list[ColumnElement[bool]]:
    return [UsageRow.user_id == user_id, UsageRow.at > since]


def _row(user_id: str, download_id: str, *, downloads: int = 0) -> dict[str, Any]:
    return {"user_id": user_id, "download_id": download_id, "at": clock.now(), "downloads": downloads, "bytes": 0}
