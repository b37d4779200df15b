"""What a list is, before it is queued: how many, how long, how large, and its first entries to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from medianest.core.i18n import Message, msg
from medianest.downloads.types import Preview, PreviewEntry
from medianest.web.presets import PresetChoice
from medianest.web.quotas import Meter

NEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChoice:
    """One entry to choose; `note` says why it cannot or need not be."""

    number: int
    title: str
    duration_s: float | None
    state: str | None
    note: Message | None

    @property
    def may_choose(self) -> bool:
        return self.note is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """A list; `entries` are its first, `is_longer` says that there are more."""

    id: str
    url: str
    address: str
    title: str
    site: str
    picture: str | None
    tone: int | None
    number: Message
    duration_s: float | None
    estimated_bytes: int | None
    here: Message | None
    entries: tuple[EntryChoice, ...]
    is_longer: bool
    newest: int
    presets: tuple[PresetChoice, ...]
    room: tuple[Meter, ...]
    no_room: Message | None


def list_preview(
    preview: Preview,
    *,
    address: str,
    presets: Sequence[PresetChoice],
    room: tuple[Meter, ...],
    no_room: Message | None,
) -> ListPreview:
    """`room` is what the reader's plan leaves."""
    shown, here = len(preview.entries), sum(entry.is_here for entry in preview.entries)
    count = preview.entry_count
    return ListPreview(
        id=preview.id,
        url=preview.url,
        address=address,
        title=preview.title,
        site=preview.site,
        picture=f"/previews/{preview.id}/picture" if preview.has_picture else None,
        tone=preview.tone,
        number=msg("web.playlist.at_least", n=shown) if count is None else msg("web.playlist.videos", n=count),
        duration_s=preview.duration_s,
        estimated_bytes=preview.estimated_bytes,
        here=msg("web.playlist.here", n=here) if here else None,
        entries=tuple(_choice(entry) for entry in preview.entries),
        is_longer=count is None or count > shown,
        newest=min(NEWEST, count or NEWEST),
        presets=tuple(presets),
        room=room,
        no_room=no_room,
    )


def _choice(entry: PreviewEntry) -> EntryChoice:
    note = None
    if entry.trouble:
        note = msg(f"downloads.error.{entry.trouble}")
    elif entry.is_here:
        note = msg("web.playlist.entry_here")
    return EntryChoice(
        number=entry.number,
        title=entry.title,
        duration_s=entry.duration_s,
        state="down" if entry.trouble else "up" if entry.is_here else None,
        note=note,
    )
