"""A list as a row: how far it is in a bar and words, and what somebody may do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.downloads.lists.rights import controls_list
from medianest.downloads.lists.types import ListState, ListWait, Playlist

_SETTLED = {ListState.STOPPED: "paused", ListState.FAILED: "down"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """What the line of a list says; `value` of `most` entries are done, None of them where nobody knows how many."""

    stage: Message
    icon: str | None
    state_icon: str | None
    warns: bool
    value: int | None
    most: int | None
    moves: bool
    parts: tuple[Message, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A list among others, or on its own page; `stop` leads to the question, None where there is nothing to stop."""

    id: str
    path: str
    title: str
    site: str
    owner: Message
    line: ListLine
    stop: str | None


def list_row(playlist: Playlist, actor: Actor) -> ListRow:
    """The list as somebody sees it."""
    path = f"/playlists/{playlist.id}"
    mine = actor.id == playlist.owner.id
    is_over = playlist.state is ListState.STOPPED or not playlist.is_under_way
    may_stop = controls_list(actor, playlist) and not is_over
    return ListRow(
        id=playlist.id,
        path=path,
        title=playlist.title,
        site=playlist.site,
        owner=msg("web.row.yours") if mine else msg("web.row.owner", name=playlist.owner.name),
        line=line(playlist),
        stop=f"{path}/stop" if may_stop else None,
    )


def line(playlist: Playlist) -> ListLine:
    waits = playlist.state is ListState.WAITING
    expands = playlist.state is ListState.EXPANDING
    is_done = playlist.state is ListState.COMPLETED and not playlist.is_under_way
    return ListLine(
        stage=_stage(playlist),
        icon="clock" if waits else None,
        state_icon="up" if is_done else _SETTLED.get(playlist.state),
        warns=waits,
        value=_done(playlist),
        most=playlist.total,
        moves=expands or playlist.downloads.running > 0,
        parts=tuple(_parts(playlist)),
        until=playlist.next_attempt_at,
    )


def _stage(playlist: Playlist) -> Message:
    match playlist.state:
        case ListState.EXPANDING:
            return msg("web.playlist.expanding" if playlist.read else "web.playlist.reading")
        case ListState.WAITING:
            return msg(f"web.playlist.waits_{playlist.waits_for or ListWait.RETRY}", site=playlist.site)
        case ListState.COMPLETED:
            return msg("web.playlist.under_way" if playlist.is_under_way else "web.playlist.done")
        case ListState.STOPPED:
            return msg("web.playlist.stopped")
        case ListState.FAILED:
            return msg("web.playlist.failed")


def _done(playlist: Playlist) -> int | None:
    """While it expands, what was looked at; then, what is settled one way or another."""
    if not playlist.total:
        return None
    if playlist.state in (ListState.EXPANDING, ListState.WAITING):
        return min(playlist.queued + playlist.skipped, playlist.total)
    return min(playlist.total, max(0, playlist.total - playlist.downloads.under_way))


def _parts(playlist: Playlist) -> Iterator[Message]:
    total, counts = playlist.total, playlist.downloads
    if total and playlist.queued + playlist.skipped < total:
        yield msg("web.playlist.queued_of", n=playlist.queued, total=total)
    else:
        yield msg("web.playlist.queued", n=playlist.queued)
    figures = {
        "arrived": counts.completed,
        "here": playlist.here,
        "unavailable": playlist.unavailable,
        "went_wrong": counts.failed,
    }
    for name, number in figures.items():
        if number:
            yield msg(f"web.playlist.{name}", n=number)
    if playlist.is_cut:
        yield msg("web.playlist.cut", n=playlist.read)
