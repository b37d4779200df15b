"""The inbox: what somebody was told, the newest first, with what they can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from litestar.params import FromQuery

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.core.paging import Page
from medianest.media_requests.events import RequestSent
from medianest.notifications import places, queries, sentences
from medianest.notifications.queries import Note
from medianest.notifications.types import Topic
from medianest.web import forms, htmx
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html

PATH = "/inbox"
_PAGE = 30
_ICONS: Mapping[Topic, str] = {
    Topic.READY: "check",
    Topic.TROUBLE: "error",
    Topic.DECIDE: "metoo",
    Topic.ANSWER: "chat",
    Topic.ACCOUNT: "key",
    Topic.HOUSE: "wrench",
}
_DECIDED_AT = {RequestSent.kind: "/requests/decide"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """One note; `path` is where something can be seen or done about it, `act` the word for that."""

    id: int
    icon: str
    sentence: Message
    reason: Message | None
    at: datetime
    is_unread: bool
    path: str
    act: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """The page; `address` is its own, which it reads again when somebody is told something."""

    chips: tuple[Chip, ...]
    notes: tuple[NoteRow, ...]
    unread: int
    topic: str
    address: str
    older: str | None
    newest: str | None


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    topic: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Html:
    """Everything, or what is about one topic."""
    chosen = Topic(topic) if topic in list(Topic) else None
    actor, topics = reader.asking.actor, (chosen,) if chosen else tuple(Topic)
    found = await services.db.read(queries.listing, actor, topics=topics, cursor=cursor, limit=_PAGE)
    view = inbox_view(actor, found, topic=chosen, cursor=cursor, unread=frame.unread)
    return htmx.page(reader, replace(frame, place=Place.INBOX), "inbox/page.html", view)


async def read(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Mark one as read, all of a topic, or all."""
    form = await forms.read(request)
    topic, id = form.text("topic"), form.text("id")
    topics = (Topic(topic),) if topic in list(Topic) else ()
    ids = [int(id)] if id.isdecimal() and len(id) < len(str(2**63)) else None
    await services.inbox.read(reader.asking.actor, ids=ids, topics=topics)
    return htmx.go(reader, _address(Topic(topic) if topics else None))


def inbox_view(
    actor: Actor, page: Page[Note], *, topic: Topic | None = None, cursor: str | None = None, unread: int
) -> InboxView:
    return InboxView(
        chips=_chips(actor, topic),
        notes=tuple(_row(note, actor) for note in page.items),
        unread=unread,
        topic=topic or "",
        address=_address(topic, cursor),
        older=_address(topic, page.next_cursor) if page.next_cursor else None,
        newest=_address(topic) if cursor else None,
    )


def _row(note: Note, actor: Actor) -> NoteRow:
    decided_at = _DECIDED_AT.get(note.entry.kind)
    return NoteRow(
        id=note.id,
        icon=_ICONS[note.topic],
        sentence=sentences.sentence(note),
        reason=sentences.reason(note),
        at=note.entry.at,
        is_unread=not note.is_read,
        path=decided_at or places.path(note, actor.id),
        act=msg("web.inbox.decide" if decided_at else "web.inbox.look"),
    )


def _chips(actor: Actor, here: Topic | None) -> tuple[Chip, ...]:
    shown = (None, *(topic for topic in Topic if topic is not Topic.HOUSE or actor.is_admin))
    return tuple(
        Chip(
            name=topic or "all",
            path=_address(topic),
            label=msg(f"web.inbox.topic_{topic}" if topic else "web.inbox.all"),
            here=topic is here,
        )
        for topic in shown
    )


def _address(topic: Topic | None, cursor: str | None = None) -> str:
    said = {name: value for name, value in (("topic", topic), ("cursor", cursor)) if value}
    return f"{PATH}?{urlencode(said)}" if said else PATH
