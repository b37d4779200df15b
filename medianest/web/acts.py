"""What somebody is to a download, and what they may do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.downloads.types import Broadcast, Download, State


class Relation(StrEnum):
    """What somebody is to a download; everyone of one relation sees the same."""

    OWNER = "owner"
    ADMIN = "admin"
    FOLLOWER = "follower"
    OTHER = "other"

    @property
    def decides(self) -> bool:
        return self in (Relation.OWNER, Relation.ADMIN)

    @property
    def has_file(self) -> bool:
        return self is not Relation.OTHER


class Way(StrEnum):
    """How an act is done: posted, followed as a link, asked about in a sheet first, or saved as a file."""

    POST = "post"
    LINK = "link"
    SHEET = "sheet"
    SAVE = "save"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing to do about a download; `of` is its label with the title, for who does not see the row."""

    name: str
    path: str
    way: Way
    icon: str
    label: Message
    of: Message
    danger: bool


_ACTS = {
    "play": ("play", Way.LINK, ""),
    "save": ("phone", Way.SAVE, "/file?save=1"),
    "pause": ("pause", Way.POST, "/pause"),
    "resume": ("play", Way.POST, "/resume"),
    "retry": ("retry", Way.POST, "/retry"),
    "finish": ("check", Way.POST, "/finish"),
    "first": ("top", Way.POST, "/first"),
    "up": ("up", Way.POST, "/up"),
    "down": ("down", Way.POST, "/down"),
    "log": ("list", Way.LINK, "#log"),
    "cancel": ("x", Way.POST, "/cancel"),
    "delete": ("trash", Way.SHEET, "/delete"),
}
_DANGER = frozenset({"cancel", "delete"})
_MOVES = ("first", "up", "down")
_DECIDED = {
    State.QUEUED: ("pause", *_MOVES, "log", "cancel"),
    State.RUNNING: ("pause", "log", "cancel"),
    State.PAUSED: ("resume", *_MOVES, "log", "cancel"),
    State.WAITING: ("retry", "pause", *_MOVES, "log", "cancel"),
    State.COMPLETED: ("log", "delete"),
    State.FAILED: ("retry", "log", "delete"),
    State.CANCELLED: ("retry", "log", "delete"),
}
_HOPELESS = ("log", "retry", "delete")


def relation(actor: Actor, download: Download) -> Relation:
    if actor.id == download.owner.id:
        return Relation.OWNER
    if actor.is_admin:
        return Relation.ADMIN
    is_follower = any(person.id == actor.id for person in download.followers)
    return Relation.FOLLOWER if is_follower else Relation.OTHER


def acts(download: Download, who: Relation) -> Iterator[Act]:
    """What may be done in this state, the most likely thing first."""
    if download.state is State.COMPLETED and who.has_file:
        yield from (_act(download, name) for name in ("play", "save"))
    if who.decides:
        hopeless = download.failure is not None and not download.failure.retryable
        names = _HOPELESS if hopeless and download.state is State.FAILED else _DECIDED[download.state]
        if download.state is State.RUNNING and download.broadcast is Broadcast.LIVE:
            names = ("finish", *names)
        yield from (_act(download, name) for name in names)


def _act(download: Download, name: str) -> Act:
    icon, way, end = _ACTS[name]
    return Act(
        name=name,
        path=f"/downloads/{download.id}{end}",
        way=way,
        icon=icon,
        label=msg(f"web.act.{name}"),
        of=msg(f"web.act.{name}_of", title=download.title),
        danger=name in _DANGER,
    )
