"""How far a download is, in a bar and words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from medianest.core import clock
from medianest.core.i18n import Message, msg
from medianest.downloads.types import Download, Progress, Stage, State, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a line says; what is None is not said."""

    id: str
    title: str
    stage: Message
    has_bar: bool = False
    moves: bool = False
    icon: str | None = None
    state_icon: str | None = None
    warns: bool = False
    percent: float | None = None
    speed: float | None = None
    left_s: int | None = None
    bytes: int | None = None
    bytes_of: int | None = None
    recorded_s: float | None = None
    begins_at: datetime | None = None
    until: datetime | None = None
    note: Message | None = None
    took_s: float | None = None
    finished_at: datetime | None = None


def line(download: Download) -> Line:
    return _LINES[download.state](download)


def moving(id: str, title: str, stage: Stage | None, progress: Progress) -> Line:
    """The line of a download that runs; only fetching has a measure, the other stages are busy."""
    fetching = stage is Stage.FETCHING
    recording = fetching and progress.recorded_s is not None
    return Line(
        id=id,
        title=title,
        stage=msg("web.stage.recording" if recording else f"web.stage.{stage or 'starting'}"),
        has_bar=True,
        moves=True,
        recorded_s=progress.recorded_s if recording else None,
        percent=progress.percent if fetching else None,
        speed=progress.speed_bytes_per_s if fetching else None,
        left_s=(progress.eta_s or None) if fetching else None,
        bytes=progress.downloaded_bytes if fetching and (progress.downloaded_bytes or progress.total_bytes) else None,
        bytes_of=progress.total_bytes if fetching else None,
    )


def _running(download: Download) -> Line:
    return moving(download.id, download.title, download.stage, download.progress)


def _queued(download: Download) -> Line:
    return Line(
        id=download.id,
        title=download.title,
        stage=msg("web.stage.queued"),
        icon="clock",
        percent=download.progress.percent,
        has_bar=download.progress.percent is not None,
    )


def _paused(download: Download) -> Line:
    return Line(
        id=download.id,
        title=download.title,
        stage=msg("web.stage.paused"),
        icon="pause",
        percent=download.progress.percent,
        has_bar=download.progress.percent is not None,
        note=msg("web.line.kept"),
    )


def _waiting(download: Download) -> Line:
    why = download.waits_for or Wait.RETRY
    cools = why is Wait.SITE
    begins_at = _beginning(download) if why is Wait.PREMIERE else None
    return Line(
        id=download.id,
        title=download.title,
        stage=msg(f"web.stage.{'held' if cools and download.failure is None else why}", site=download.site),
        icon="cool" if cools else "clock",
        warns=why not in (Wait.PREMIERE, Wait.WINDOW),
        percent=download.progress.percent,
        has_bar=download.progress.percent is not None,
        begins_at=begins_at,
        until=None if begins_at else download.next_attempt_at,
    )


def _beginning(download: Download) -> datetime | None:
    """When it begins, if that is still to come when the site is asked again."""
    begins_at, due = download.begins_at, download.next_attempt_at
    return begins_at if begins_at and due and begins_at > clock.now() else None


def _completed(download: Download) -> Line:
    return Line(
        id=download.id,
        title=download.title,
        stage=msg("web.stage.completed"),
        state_icon="up",
        bytes=download.file.size_bytes if download.file else None,
        took_s=_took_s(download),
        finished_at=download.finished_at,
    )


def _over(download: Download) -> Line:
    return Line(
        id=download.id,
        title=download.title,
        stage=msg(f"web.stage.{download.state}"),
        state_icon="paused" if download.state is State.CANCELLED else "down",
        finished_at=download.finished_at,
    )


_LINES: dict[State, Callable[[Download], Line]] = {
    State.QUEUED: _queued,
    State.RUNNING: _running,
    State.PAUSED: _paused,
    State.WAITING: _waiting,
    State.COMPLETED: _completed,
    State.FAILED: _over,
    State.CANCELLED: _over,
}


def _took_s(download: Download) -> float | None:
    if download.started_at is None or download.finished_at is None:
        return None
    return (download.finished_at - download.started_at).total_seconds()
