"""A download on its own page: the steps on its way, every fact, its log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from medianest.core.i18n import Message, msg
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import Download, Stage, State
from medianest.web.acts import Act, Relation, Way
from medianest.web.presets import preset_name
from medianest.web.rows import Row, row

_LINES_MOST = 500


class Word(StrEnum):
    """Where a step is: behind, here, or to come."""

    DONE = "done"
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One station on the way from link to file."""

    label: Message
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label and one value, in the shape that it is written in."""

    label: Message
    text: str | None = None
    message: Message | None = None
    at: datetime | None = None
    size: int | None = None
    number: int | None = None
    address: str | None = None
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """What happened so far, in lines; while it `moves`, the page asks for more."""

    text: str
    path: str
    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadView:
    """The page of a download; `log` is None for who may not read it."""

    row: Row
    buttons: tuple[Act, ...]
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...]
    warnings: tuple[Message, ...]
    file: str
    log: LogView | None


def download_view(
    download: Download, who: Relation, *, log: LogView | None, in_plex: str | None = None
) -> DownloadView:
    shown = row(download, who, in_plex)
    return DownloadView(
        row=shown,
        buttons=tuple(act for act in shown.menu if act.way is not Way.LINK),
        steps=tuple(_steps(download)),
        facts=tuple(_facts(download, who)),
        warnings=tuple(msg(f"downloads.warning.{code}") for code in download.warnings),
        file=f"/downloads/{download.id}/file",
        log=log,
    )


def log_view(download: Download, whole: str) -> LogView:
    """The end of the log, as much as somebody reads."""
    lines = whole.splitlines()[-_LINES_MOST:]
    return LogView(
        text="\n".join(lines), path=f"/downloads/{download.id}/log", moves=download.state in ACTIVE - {State.PAUSED}
    )


_STATIONS = ("asked", "fetched", "finished", "here")
_STATION_OF_STAGE = {
    Stage.PROBING: 0,
    Stage.FETCHING: 1,
    Stage.MERGING: 2,
    Stage.EMBEDDING: 2,
    Stage.MOVING: 2,
}


def _steps(download: Download) -> Iterator[Step]:
    here = _station(download)
    for place, name in enumerate(_STATIONS):
        word = Word.DONE if place < here else Word.NOW if place == here else Word.LATER
        yield Step(label=msg(f"web.step.{name}"), word=word)


def _station(download: Download) -> int:
    if download.state is State.COMPLETED:
        return len(_STATIONS)
    if download.stage is not None:
        return _STATION_OF_STAGE[download.stage]
    return 1 if download.progress.downloaded_bytes else 0


def _facts(download: Download, who: Relation) -> Iterator[Fact]:
    yield Fact(label=msg("web.fact.added"), at=download.created_at)
    yield Fact(label=msg("web.fact.quality"), message=preset_name(download.preset, download.preset_label))
    if download.begins_at and download.state in ACTIVE:
        yield Fact(label=msg("web.fact.begins"), at=download.begins_at)
    if download.finished_at and download.state is State.COMPLETED:
        yield Fact(label=msg("web.fact.finished"), at=download.finished_at)
    if who.has_file:
        yield Fact(label=msg("web.fact.link"), text=download.site, address=download.url)
    if download.file and who.has_file:
        yield Fact(label=msg("web.fact.size"), size=download.file.size_bytes)
    if download.attempts > 1:
        yield Fact(label=msg("web.fact.attempts"), number=download.attempts)
    if download.followers:
        yield Fact(label=msg("web.fact.followers"), text=", ".join(person.name for person in download.followers))
    if download.file and who.has_file:
        yield Fact(label=msg("web.fact.file"), text=download.file.path, is_wide=True)
