"""A download as each person may see it (contract.md, "A Download" and "Who sees it")."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET, UnsetType

from medianest.api.reader import Reader
from medianest.api.v1.people import Person
from medianest.api.wire import Output
from medianest.core.i18n import msg
from medianest.downloads import rights, types
from medianest.downloads.types import Action, Broadcast, ErrorCode, Stage, State


class Progress(Output, frozen=True, kw_only=True):
    """How far it is; `percent` is 0 to 100, null where it cannot be known; `recorded_s` is of a broadcast."""

    percent: float | None
    downloaded_bytes: int
    total_bytes: int | None
    speed_bytes_per_s: float | None
    eta_s: int | None
    recorded_s: float | None


class Failure(Output, frozen=True, kw_only=True):
    """Why it failed or waits, whether another try can help, and the one thing to do."""

    code: ErrorCode
    message: str
    retryable: bool
    action: Action


class File(Output, frozen=True, kw_only=True):
    """The finished file, and what lies beside it (subtitles, picture, description); relative to the media folder."""

    path: str
    size_bytes: int
    sides: Sequence[str]
    media_id: str | None = None


class Download(Output, frozen=True, kw_only=True):
    """A download; `url` and `file` are there for the owner, followers and administrators only.

    Of what is sent at its own time, `broadcast` says how that stands, and `begins_at` when it will begin.
    """

    id: str
    url: str | UnsetType
    title: str
    site: str
    thumbnail: str | None
    duration_s: float | None
    preset: str
    priority: int
    position: int
    state: State
    stage: Stage | None
    progress: Progress
    attempts: int
    next_attempt_at: datetime | None
    error: Failure | None
    warnings: Sequence[str]
    file: File | UnsetType | None
    owner: Person
    followers: Sequence[Person]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    broadcast: Broadcast | None
    begins_at: datetime | None


def download(reader: Reader, known: types.Download) -> Download:
    """What this reader may know of a download that they may see."""
    private = rights.reads(reader.actor, known)
    return Download(
        id=known.id,
        url=known.url if private else UNSET,
        title=known.title,
        site=known.site,
        thumbnail=reader.href(f"/downloads/{known.id}/thumbnail") if known.has_picture else None,
        duration_s=known.duration_s,
        preset=known.preset,
        priority=known.priority,
        position=known.position,
        state=known.state,
        stage=known.stage,
        progress=progress(known.progress),
        attempts=known.attempts,
        next_attempt_at=known.next_attempt_at,
        error=failure(reader, known.failure),
        warnings=known.warnings,
        file=_file(known.file) if private else UNSET,
        owner=person(known.owner),
        followers=[person(one) for one in known.followers],
        created_at=known.created_at,
        started_at=known.started_at,
        finished_at=known.finished_at,
        broadcast=known.broadcast,
        begins_at=known.begins_at,
    )


class DownloadCounts(Output, frozen=True, kw_only=True):
    """How many downloads are in which state, of those of a site or of a list."""

    queued: int
    running: int
    paused: int
    waiting: int
    completed: int
    failed: int
    cancelled: int


def counts(known: types.Counts) -> DownloadCounts:
    return DownloadCounts(
        queued=known.queued,
        running=known.running,
        paused=known.paused,
        waiting=known.waiting,
        completed=known.completed,
        failed=known.failed,
        cancelled=known.cancelled,
    )


def progress(known: types.Progress) -> Progress:
    return Progress(
        percent=known.percent,
        downloaded_bytes=known.downloaded_bytes,
        total_bytes=known.total_bytes,
        speed_bytes_per_s=known.speed_bytes_per_s,
        eta_s=known.eta_s,
        recorded_s=known.recorded_s,
    )


def failure(reader: Reader, known: types.Failure | None) -> Failure | None:
    if known is None:
        return None
    message = reader.say(msg(f"downloads.error.{known.code}"))
    return Failure(code=known.code, message=message, retryable=known.retryable, action=known.action)


def _file(known: types.StoredFile | None) -> File | None:
    return File(path=known.path, size_bytes=known.size_bytes, sides=known.sides) if known else None


def person(known: types.Person) -> Person:
    return Person(id=known.id, name=known.name)
