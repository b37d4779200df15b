"""Periodic work: what there is, how it went, and running it now."""

from datetime import datetime
from http import HTTPStatus

from litestar.params import FromPath

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.windows import window
from medianest.api.wire import List, Output, Paged, to_json
from medianest.core import jobs, scheduler
from medianest.core.i18n import msg


class Run(Output, frozen=True, kw_only=True):
    """One run; `ok` is null while it is under way, or if the portal stopped in it."""

    started_at: datetime
    finished_at: datetime | None
    ok: bool | None
    summary: str | None


class Job(Output, frozen=True, kw_only=True):
    """A job: it runs every `every_s` seconds, or each day at `daily_at` (local time)."""

    name: str
    title: str
    every_s: int | None
    daily_at: str | None
    running: bool
    next_at: datetime | None
    last: Run | None


async def listing(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[Paged]) -> Answer:
    """The jobs, and how each last went."""
    page = window(await services.scheduler.status(), asked, lambda status: status.job.name)
    items = [_job(reader, status) for status in page.items]
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))


async def run(services: Served, reader: CurrentReader, name: FromPath[str]) -> Answer:
    """Begin a job now, in the background."""
    await services.scheduler.run_now(reader.actor, name)
    status = next(status for status in await services.scheduler.status() if status.job.name == name)
    return answers.json(_job(reader, status), status=HTTPStatus.ACCEPTED)


def _job(reader: Reader, status: scheduler.JobStatus) -> Job:
    job = status.job
    return Job(
        name=job.name,
        title=reader.say(msg(f"jobs.{job.name}")),
        every_s=round(job.every.total_seconds()) if job.every else None,
        daily_at=job.daily_at.strftime("%H:%M") if job.daily_at else None,
        running=status.running,
        next_at=status.next_at,
        last=_run(reader, status.last) if status.last else None,
    )


def _run(reader: Reader, known: jobs.JobRun) -> Run:
    told = scheduler.summary_message(known)
    return Run(
        started_at=known.started_at,
        finished_at=known.finished_at,
        ok=known.ok,
        summary=reader.say(told) if told else None,
    )
