"""Jobs run when due, never twice at once, and the run log tells how it went."""

import asyncio
from collections.abc import AsyncIterator
from datetime import time, timedelta

import pytest

from medianest.core import clock, jobs, journal
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.errors import Conflict, NotFound
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job, JobRun
from medianest.core.scheduler import Scheduler, _first_due, summary_message


class Work:
    """A job's work that waits to be let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.times = 0
        self.error: Exception | None = None

    async def __call__(self) -> Message | None:
        self.times += 1
        self.begun.set()
        await self.go.wait()
        if self.error:
            raise self.error
        return msg("core.interval", n=5)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
async def scheduler(db: Database, work: Work) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(db, [Job(name="sweep", run=work, every=timedelta(hours=1))])
    await scheduler.start()
    yield scheduler
    await scheduler.stop()


async def finished(db: Database) -> JobRun:
    changed = asyncio.Event()
    db.after_commit(lambda tables: changed.set())
    async with asyncio.timeout(5):
        while True:
            run = (await db.read(jobs.last_runs)).get("sweep")
            if run and run.finished_at:
                return run
            await changed.wait()
            changed.clear()


async def test_a_run_is_logged_with_what_it_told(db: Database, scheduler: Scheduler, work: Work) -> None:
    work.go.set()
    await scheduler.run_now(SYSTEM, "sweep")
    run = await finished(db)
    assert run.ok is True
    told = summary_message(run)
    assert told is not None
    assert (told.id, dict(told.values)) == ("core.interval", {"n": 5})


async def test_a_failure_is_logged_and_recorded_for_the_admins(db: Database, scheduler: Scheduler, work: Work) -> None:
    work.error = ValueError("no broom")
    work.go.set()
    await scheduler.run_now(SYSTEM, "sweep")
    assert (await finished(db)).ok is False
    asked, failed = await db.read(journal.after, 0)
    assert (asked.kind, asked.subject_id) == ("job.asked_for", "sweep")
    assert (failed.kind, failed.subject_id, failed.data) == ("job.failed", "sweep", {"error": "no broom"})


async def test_a_running_job_is_not_started_again(scheduler: Scheduler, work: Work) -> None:
    await scheduler.run_now(SYSTEM, "sweep")
    await work.begun.wait()
    with pytest.raises(Conflict):
        await scheduler.run_now(SYSTEM, "sweep")
    assert (await scheduler.status())[0].running
    work.go.set()
    assert work.times == 1


async def test_an_unknown_job_is_not_found(scheduler: Scheduler) -> None:
    with pytest.raises(NotFound):
        await scheduler.run_now(SYSTEM, "dance")


async def test_only_the_latest_runs_are_kept(db: Database) -> None:
    for _ in range(jobs.RUNS_KEPT + 5):
        async with db.transaction() as session:
            run = await jobs.begin(session, "sweep")
            await jobs.end(session, run, ok=True, summary="")
    assert len(await db.read(jobs.runs, "sweep", limit=1000)) == jobs.RUNS_KEPT


def test_what_was_missed_while_off_is_due_at_once() -> None:
    async def nothing() -> None:
        return None

    now = clock.now()
    hourly = Job(name="h", run=nothing, every=timedelta(hours=1))
    daily = Job(name="d", run=nothing, daily_at=time(3))

    def ran(ago: timedelta) -> JobRun:
        return JobRun(job="x", started_at=now - ago, finished_at=now, ok=True, summary="")

    assert _first_due(hourly, ran(timedelta(minutes=10)), now) == now + timedelta(minutes=50)
    assert _first_due(hourly, ran(timedelta(hours=3)), now) == now - timedelta(hours=2)
    assert _first_due(daily, ran(timedelta(hours=30)), now) == now - timedelta(hours=6)
    assert _first_due(daily, ran(timedelta(hours=3)), now) is None
    assert _first_due(daily, None, now) is None
