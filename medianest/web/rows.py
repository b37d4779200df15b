"""A download as a row of a list: the facts that somebody sees, with what they may do about it."""

from dataclasses import dataclass
from enum import StrEnum

from medianest.core.i18n import Message, msg
from medianest.downloads.states import IN_LINE
from medianest.downloads.types import Action, Broadcast, Counts, Download, State
from medianest.web.acts import Act, Relation, acts
from medianest.web.lines import Line, line


class Section(StrEnum):
    """The parts of the queue, in the order of the page."""

    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why it failed, what that means, and the one thing to do: try again, or go where it can be mended."""

    sentence: Message
    hint: Message
    retry: str | None = None
    link: str | None = None
    label: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A download in a list or on its own page; `move_path` is None where this reader cannot move it.

    `in_plex` is the page of what is the same on the Plex server.
    """

    id: str
    path: str
    title: str
    site: str
    owner: Message
    picture: str | None
    tone: int | None
    duration_s: float | None
    is_sound: bool
    is_live: bool
    section: Section
    line: Line
    why: Why | None
    quick: Act | None
    menu: tuple[Act, ...]
    may_play: bool
    move_path: str | None
    in_plex: str | None = None


SECTION_OF = {
    State.RUNNING: Section.RUNNING,
    State.QUEUED: Section.WAITING,
    State.WAITING: Section.WAITING,
    State.PAUSED: Section.WAITING,
    State.FAILED: Section.FAILED,
    State.COMPLETED: Section.DONE,
    State.CANCELLED: Section.DONE,
}


def row(download: Download, who: Relation, in_plex: str | None = None) -> Row:
    """`download` as somebody of this relation sees it."""
    menu = tuple(acts(download, who))
    return Row(
        id=download.id,
        path=f"/downloads/{download.id}",
        title=download.title,
        site=download.site,
        owner=msg("web.row.yours") if who is Relation.OWNER else msg("web.row.owner", name=download.owner.name),
        picture=f"/downloads/{download.id}/picture?v={download.picture_version}" if download.has_picture else None,
        tone=download.tone,
        duration_s=download.duration_s,
        is_sound=download.is_sound,
        is_live=download.broadcast in (Broadcast.LIVE, Broadcast.ENDING),
        section=SECTION_OF[download.state],
        line=line(download),
        why=_why(download, who),
        quick=menu[0] if menu and not menu[0].danger else None,
        menu=menu,
        may_play=download.state is State.COMPLETED and who.has_file,
        move_path=f"/downloads/{download.id}/move" if who.decides and download.state in IN_LINE else None,
        in_plex=in_plex,
    )


def _why(download: Download, who: Relation) -> Why | None:
    failure = download.failure
    if failure is None or download.state is not State.FAILED:
        return None
    retry = f"/downloads/{download.id}/retry" if who.decides and failure.retryable else None
    doctor = who is Relation.ADMIN and failure.action in (Action.UPDATE_YTDLP, Action.FREE_SPACE, Action.ASK_ADMIN)
    return Why(
        sentence=msg(f"downloads.error.{failure.code}"),
        hint=msg(f"downloads.hint.{failure.code}"),
        retry=retry,
        link="/admin/doctor" if doctor and not retry else None,
        label=msg("web.why.doctor") if doctor and not retry else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many downloads there are, in a sentence and in figures."""

    sentence: Message
    under_way: int
    failed: int
    completed: int


def tally(counts: Counts) -> Tally:
    waiting = counts.queued + counts.waiting + counts.paused
    running_words = msg("web.queue.running", n=counts.running)
    waiting_words = msg("web.queue.waiting", n=waiting)
    if counts.running and waiting:
        sentence = msg("web.queue.both", running=running_words, waiting=waiting_words)
    elif counts.running:
        sentence = msg("web.queue.only", what=running_words)
    elif waiting:
        sentence = msg("web.queue.only", what=waiting_words)
    else:
        sentence = msg("web.queue.idle")
    return Tally(
        sentence=sentence,
        under_way=counts.under_way,
        failed=counts.failed,
        completed=counts.completed,
    )
