"""Admin: periodic jobs, and what listeners could not take."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from litestar.params import FromPath, FromQuery

from medianest.core import dead_letters, journal_pages
from medianest.core.dead_letters import LetterCause
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.core.journal import DeadLetter
from medianest.core.scheduler import JobStatus, summary_message
from medianest.notifications import channel_queries
from medianest.notifications.types import ChannelKind, GivenUp
from medianest.web import forms, htmx
from medianest.web.channel_rows import kind_name
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.admin import Room, RoomChip, rooms

_LETTERS = 20
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job: how it went, and when it goes again; `state` is the shape before the result."""

    name: str
    title: Message
    rhythm: Message
    state: str
    result: Message
    ran_at: datetime | None
    took_s: float | None
    next_at: datetime | None
    runs: bool
    run_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """Something that could not be delivered."""

    id: int
    title: Message
    reason: str
    at: datetime
    retry_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCauseRow:
    """Why several could not be delivered."""

    listener: str
    error: str
    title: Message
    count: int
    newest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUpRow:
    """Why messages to people's channels were given up."""

    channel: str
    name: Message
    error: str
    count: int
    newest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsView:
    """The page of the jobs."""

    places: tuple[RoomChip, ...]
    jobs: tuple[JobRow, ...]
    dead_letters: tuple[LetterRow, ...]
    causes: tuple[LetterCauseRow, ...] = ()
    given_up: tuple[GivenUpRow, ...] = ()
    newest: str | None = None
    older: str | None = None


async def show(
    reader: CurrentReader, services: TheServices, frame: PageFrame, cursor: FromQuery[str | None] = None
) -> Html:
    """The jobs, and above them what waits for somebody."""
    alarms = await services.db.read(journal_pages.dead_letter_count)
    letters = await services.db.read(journal_pages.dead_letters, cursor=cursor, limit=_LETTERS)
    view = JobsView(
        places=rooms(Room.JOBS, alarms=alarms),
        jobs=tuple(job_row(status) for status in await services.scheduler.status()),
        dead_letters=tuple(letter_row(letter) for letter in letters.items),
        causes=cause_rows(await services.db.read(dead_letters.causes)),
        given_up=tuple(given_up_row(one) for one in await services.db.read(channel_queries.given_up)),
        newest="/admin/jobs" if cursor else None,
        older=f"/admin/jobs?cursor={letters.next_cursor}" if letters.next_cursor else None,
    )
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/jobs.html", view)


async def lead(reader: CurrentReader) -> Html:
    """The admin place begins with the people."""
    return htmx.go(reader, "/admin/people")


async def run(reader: CurrentReader, services: TheServices, name: FromPath[str]) -> Html:
    """Begin a job now."""
    await services.scheduler.run_now(reader.asking.actor, name)
    return htmx.go(reader, "/admin/jobs")


async def retry_letter(reader: CurrentReader, services: TheServices, id: FromPath[int]) -> Html:
    """Hand over once more what could not be delivered."""
    await services.dispatcher.retry(id)
    return htmx.go(reader, "/admin/jobs")


async def retry_letters(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Hand over once more all that could not be delivered for one cause."""
    form = await forms.read(request)
    listener, error = form.text("listener"), form.text("error")
    await dead_letters.retry(services.db, services.dispatcher, listener=listener, error=error)
    return htmx.go(reader, "/admin/jobs")


async def send_again(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Send once more what people's channels did not take for one reason."""
    form = await forms.read(request)
    kind = form.choice("channel", ChannelKind)
    if kind is not None:
        await services.telling.again(reader.asking.actor, kind, form.raw("error"))
    return htmx.go(reader, "/admin/jobs")


def given_up_row(one: GivenUp) -> GivenUpRow:
    return GivenUpRow(
        channel=one.kind, name=kind_name(one.kind), error=one.error, count=one.count, newest_at=one.newest_at
    )


def cause_rows(causes: Iterable[LetterCause]) -> tuple[LetterCauseRow, ...]:
    """Those of which there is more than one."""
    return tuple(
        LetterCauseRow(
            listener=cause.listener,
            error=cause.error,
            title=msg("web.letters.letter", listener=cause.listener, kind=cause.error),
            count=cause.count,
            newest_at=cause.newest_at,
        )
        for cause in causes
        if cause.count > 1
    )


def job_row(status: JobStatus) -> JobRow:
    state, result = _result(status)
    last = status.last
    took = last.finished_at - last.started_at if last and last.finished_at else None
    return JobRow(
        name=status.job.name,
        title=msg(f"jobs.{status.job.name}"),
        rhythm=rhythm(status.job),
        state=state,
        result=result,
        ran_at=last.started_at if last else None,
        took_s=took.total_seconds() if took is not None else None,
        next_at=status.next_at,
        runs=status.running,
        run_path=f"/admin/jobs/{status.job.name}/run",
    )


def letter_row(letter: DeadLetter) -> LetterRow:
    return LetterRow(
        id=letter.id,
        title=msg("web.letters.letter", listener=letter.listener, kind=letter.entry.kind),
        reason=letter.error,
        at=letter.at,
        retry_path=f"/admin/dead-letters/{letter.id}/retry",
    )


def rhythm(job: Job) -> Message:
    """How often a job runs, in words."""
    if job.daily_at is not None:
        return msg("web.jobs.daily", time=f"{job.daily_at:%H:%M}")
    if job.every is None:
        return msg("web.jobs.on_demand")
    if job.every % _DAY == timedelta(0):
        return msg("web.jobs.every_days", n=job.every // _DAY)
    if job.every % _HOUR == timedelta(0):
        return msg("web.jobs.every_hours", n=job.every // _HOUR)
    return msg("web.jobs.every_minutes", n=max(1, round(job.every.total_seconds() / 60)))


def _result(status: JobStatus) -> tuple[str, Message]:
    """The shape and the words of how a job stands."""
    last = status.last
    if status.running:
        return "waiting", msg("web.jobs.runs")
    if last is None:
        return "unknown", msg("web.jobs.never")
    if last.ok is None:
        return "pending", msg("web.jobs.cut_off")
    told = summary_message(last)
    return ("up", told or msg("web.jobs.done")) if last.ok else ("down", told or msg("web.jobs.failed"))
