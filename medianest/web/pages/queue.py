"""The queue: what is under way, waits, needs somebody or has come in, and what a pasted link is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from medianest.core.i18n import Message, msg
from medianest.downloads.types import Preset, Preview, State
from medianest.web.frame import Chip
from medianest.web.rows import Row, Section, Tally

PRESETS = tuple(Preset)


class Shows(StrEnum):
    """Which downloads the page lists."""

    ALL = "all"
    MINE = "mine"
    FAILED = "failed"
    FINISHED = "finished"

    @property
    def states(self) -> frozenset[State]:
        return _STATES.get(self, frozenset(State))


_STATES = {
    Shows.FAILED: frozenset({State.FAILED}),
    Shows.FINISHED: frozenset({State.COMPLETED, State.CANCELLED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One quality to choose."""

    name: Preset
    label: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """What a link is; `duplicate` is the page of the download that brought it already."""

    id: str
    url: str
    address: str
    title: str
    site: str
    picture: str | None
    tone: int | None
    duration_s: float | None
    estimated_bytes: int | None
    is_live: bool
    entry_count: int | None
    duplicate: str | None
    presets: tuple[Choice, ...]

    @property
    def may_queue(self) -> bool:
        return self.entry_count is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a link is not taken."""

    address: str
    sentence: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One part of the queue."""

    name: Section
    title: Message
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The page of the queue."""

    shows: Shows
    counts: Tally
    chips: tuple[Chip, ...]
    sections: tuple[SectionView, ...]
    more: str | None = None
    preview: PreviewView | None = None
    refusal: Refusal | None = None

    @property
    def empty_title(self) -> Message:
        return msg(f"web.queue.empty_{self.shows}")


def preview_view(preview: Preview, *, chosen: Preset) -> PreviewView:
    return PreviewView(
        id=preview.id,
        url=preview.url,
        address=preview.url.partition("://")[2],
        title=preview.title,
        site=preview.site,
        picture=f"/previews/{preview.id}/picture" if preview.has_picture else None,
        tone=preview.tone,
        duration_s=preview.duration_s,
        estimated_bytes=preview.estimated_bytes,
        is_live=preview.is_live,
        entry_count=(preview.entry_count or 0) if preview.is_playlist else None,
        duplicate=f"/downloads/{preview.duplicate_of}" if preview.duplicate_of else None,
        presets=tuple(
            Choice(name=preset, label=msg(f"web.preset.{preset}"), chosen=preset is chosen) for preset in PRESETS
        ),
    )


def chips(shows: Shows, counts: Tally) -> tuple[Chip, ...]:
    figures = {Shows.MINE: counts.mine, Shows.FAILED: counts.failed, Shows.FINISHED: counts.completed}
    return tuple(
        Chip(
            name=choice,
            path="/queue" if choice is Shows.ALL else f"/queue?show={choice}",
            label=msg(f"web.queue.show_{choice}"),
            here=choice is shows,
            n=figures.get(choice),
        )
        for choice in Shows
    )


def sections(rows: Iterable[Row]) -> tuple[SectionView, ...]:
    """The rows under their headings; a part without rows is there all the same, for what a live update brings."""
    listed = tuple(rows)
    return tuple(
        SectionView(
            name=section,
            title=msg(f"web.queue.section_{section}"),
            rows=tuple(row for row in listed if row.section is section),
        )
        for section in Section
    )
