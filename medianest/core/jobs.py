"""Periodic work as data: a feature declares its jobs, `core.scheduler` runs them, the run log says how it went."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import ClassVar

from sqlalchemy import Index, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Session, mapped_column

from medianest.core import clock
from medianest.core.db import Base, UtcDateTime
from medianest.core.event import Event
from medianest.core.i18n import Message

RUNS_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that is done `every` so often, or each day at `daily_at` (local time); it may run twice.

    `run` returns what it did in words, or None where there is nothing to tell. The catalogue names it: `jobs.NAME`.
    `failed` makes what is announced of an error, where that is not `JobFailed`.
    """

    name: str
    run: Callable[[], Awaitable[Message | None]]
    every: timedelta | None = None
    daily_at: time | None = None
    failed: Callable[[str], Event] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of a job; `ok` is None while it is under way, or if the process died in it."""

    job: str
    started_at: datetime
    finished_at: datetime | None
    ok: bool | None
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed(Event):
    """A periodic job ended with an error."""

    kind: ClassVar[str] = "job.failed"
    subject_type: ClassVar[str] = "job"
    keep: ClassVar[timedelta] = timedelta(days=90)

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAskedFor(Event):
    """Somebody had a job run before its time."""

    kind: ClassVar[str] = "job.asked_for"
    subject_type: ClassVar[str] = "job"
    keep: ClassVar[timedelta] = timedelta(days=90)


class JobRunRow(Base):
    """The run log."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_job", "job", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ok: Mapped[bool | None]
    summary: Mapped[str]


async def begin(session: AsyncSession, job: str) -> int:
    """Note that a run began, and forget runs too old to matter; returns the run's id."""
    kept = select(JobRunRow.id).where(JobRunRow.job == job).order_by(JobRunRow.id.desc()).limit(RUNS_KEPT - 1)
    await session.execute(delete(JobRunRow).where(JobRunRow.job == job, JobRunRow.id.not_in(kept)))
    new = insert(JobRunRow).values(job=job, started_at=clock.now(), summary="").returning(JobRunRow.id)
    return (await session.execute(new)).scalar_one()


async def end(session: AsyncSession, run_id: int, *, ok: bool, summary: str) -> None:
    """Note how a run ended."""
    values = {"finished_at": clock.now(), "ok": ok, "summary": summary}
    await session.execute(update(JobRunRow).where(JobRunRow.id == run_id).values(values))


def last_runs(session: Session) -> dict[str, JobRun]:
    """The newest run of each job that ever ran."""
    newest = select(func.max(JobRunRow.id)).group_by(JobRunRow.job)
    rows = session.execute(select(*JobRunRow.__table__.c).where(JobRunRow.id.in_(newest)))
    return {row.job: _run(row) for row in rows}


def runs(session: Session, job: str, *, limit: int = RUNS_KEPT) -> Sequence[JobRun]:
    """The runs of one job, newest first."""
    query = select(*JobRunRow.__table__.c).where(JobRunRow.job == job).order_by(JobRunRow.id.desc()).limit(limit)
    return [_run(row) for row in session.execute(query)]


def _run(row: object) -> JobRun:
    columns = ("job", "started_at", "finished_at", "ok", "summary")
    return JobRun(**{column: getattr(row, column) for column in columns})
