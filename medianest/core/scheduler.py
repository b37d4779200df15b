"""Runs the declared jobs: APScheduler 3.11 with its memory store, since what is due lives in the run log."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from medianest.core import clock, jobs, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict, NotFound
from medianest.core.event import ADMINS, Event
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job, JobRun

log = logging.getLogger(__name__)

_SETTLE = timedelta(seconds=20)
_JITTER_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job as its page shows it."""

    job: Job
    last: JobRun | None
    next_at: datetime | None
    running: bool


class Scheduler:
    """Starts each job when it is due, never twice at once; what was missed while off runs soon after a start."""

    def __init__(self, db: Database, declared: Sequence[Job]) -> None:
        self._db = db
        self._jobs = {job.name: job for job in declared}
        self._running: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._clockwork = AsyncIOScheduler()

    async def start(self) -> None:
        last = await self._db.read(jobs.last_runs)
        now = clock.now()
        for job in self._jobs.values():
            trigger = _trigger(job)
            due = _first_due(job, last.get(job.name), now)
            first = now + _SETTLE if due is not None and due <= now else due
            timing = {"next_run_time": first} if first else {}
            self._clockwork.add_job(
                self._run,
                trigger,
                args=[job],
                id=job.name,
                coalesce=True,
                misfire_grace_time=None,
                max_instances=1,
                **timing,
            )
        self._clockwork.start()

    async def stop(self) -> None:
        """Start no more; cancel what runs and wait until it has ended."""
        if self._clockwork.running:
            self._clockwork.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def run_now(self, actor: Actor, name: str) -> None:
        """Begin the job in the background. Raises NotFound, and Conflict while it is running."""
        job = self._job(name)
        if name in self._running:
            raise Conflict(msg("core.job_running"), code="already_running")
        async with self._db.transaction() as session:
            await journal.record(session, jobs.JobAskedFor(actor=actor, subject_id=name, audience=ADMINS))
        task = asyncio.create_task(self._run(job), name=f"job-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def status(self) -> list[JobStatus]:
        last = await self._db.read(jobs.last_runs)
        return [
            JobStatus(job=job, last=last.get(name), next_at=self._next(name), running=name in self._running)
            for name, job in self._jobs.items()
        ]

    def _job(self, name: str) -> Job:
        if name not in self._jobs:
            raise NotFound(msg("core.no_job"))
        return self._jobs[name]

    def _next(self, name: str) -> datetime | None:
        scheduled = self._clockwork.get_job(name)
        return scheduled.next_run_time if scheduled else None

    async def _run(self, job: Job) -> None:
        if job.name in self._running:
            return
        self._running.add(job.name)
        try:
            async with self._db.transaction() as session:
                run_id = await jobs.begin(session, job.name)
            await self._finish(job, run_id)
        finally:
            self._running.discard(job.name)

    async def _finish(self, job: Job, run_id: int) -> None:
        try:
            told = await job.run()
        except Exception as error:
            log.exception("job %s failed", job.name)
            async with self._db.transaction() as session:
                await jobs.end(session, run_id, ok=False, summary=_dump(None, error=str(error)))
                await journal.record(session, _failure(job, str(error)[:300]))
            return
        async with self._db.transaction() as session:
            await jobs.end(session, run_id, ok=True, summary=_dump(told))


def summary_message(run: JobRun) -> Message | None:
    """What a run told, as a message; None where it told nothing."""
    if not run.summary:
        return None
    kept = json.loads(run.summary)
    return Message(kept["id"], kept["values"])


def _failure(job: Job, error: str) -> Event:
    if job.failed:
        return job.failed(error)
    return jobs.JobFailed(actor=SYSTEM, subject_id=job.name, audience=ADMINS, error=error)


def _dump(told: Message | None, *, error: str = "") -> str:
    if error:
        told = msg("core.job_failed", error=error[:300])
    return json.dumps({"id": told.id, "values": dict(told.values)}) if told else ""


def _trigger(job: Job) -> CronTrigger | IntervalTrigger:
    if job.daily_at is not None:
        return CronTrigger(hour=job.daily_at.hour, minute=job.daily_at.minute, jitter=_JITTER_S)
    if job.every is None:
        raise ValueError(f"job {job.name} says neither how often nor when")
    return IntervalTrigger(
        seconds=round(job.every.total_seconds()), jitter=min(_JITTER_S, job.every.total_seconds() / 10)
    )


def _first_due(job: Job, last: JobRun | None, now: datetime) -> datetime | None:
    """When the job is due by its run log; None leaves it to the trigger."""
    period = job.every or timedelta(days=1)
    if last is None:
        return None if job.daily_at else now + min(period, _SETTLE)
    due = last.started_at + period
    return due if due <= now or job.every else None
