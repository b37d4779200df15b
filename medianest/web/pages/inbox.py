"""The inbox: what somebody was told, the newest first, with what they can do about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from litestar.params import FromQuery

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.core.paging import Page
from medianest.http.services import Services
from medianest.media_requests.errand import Errand
from medianest.notifications import queries, retrying
from medianest.notifications.queries import Note
from medianest.notifications.retrying import Retried
from medianest.notifications.standings import Standing, standings
from medianest.notifications.types import Topic
from medianest.web import forms, htmx
from medianest.web.frame import Chip, Frame, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader, Toast
from medianest.web.inbox_way import PATH, note_of
from medianest.web.note_rows import NoteRow, note_row

_PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """The page; `address` is its own, which it reads again when somebody is told something.

    `told` is what came of what was just done.
    """

    chips: tuple[Chip, ...]
    notes: tuple[NoteRow, ...]
    unread: int
    topic: str
    address: str
    older: str | None
    newest: str | None
    told: Message | None = None


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    topic: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Html:
    """Everything, or what is about one topic."""
    chosen = Topic(topic) if topic in list(Topic) else None
    return _page(reader, frame, await _view(reader, services, chosen, cursor, unread=frame.unread))


async def _view(
    reader: Reader, services: Services, chosen: Topic | None, cursor: str | None = None, *, unread: int
) -> InboxView:
    actor, topics = reader.asking.actor, (chosen,) if chosen else tuple(Topic)
    found = await services.db.read(queries.listing, actor, topics=topics, cursor=cursor, limit=_PAGE)
    now = await services.db.read(standings, actor, found.items)
    said = services.requests.errands.about
    return inbox_view(actor, found, now, topic=chosen, cursor=cursor, unread=unread, said=said)


def _page(reader: Reader, frame: Frame, view: InboxView) -> Html:
    return htmx.page(reader, replace(frame, place=Place.INBOX), "inbox/page.html", view)


async def read(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Mark one as read, all of a topic, or all."""
    form = await forms.read(request)
    topic, note = form.text("topic"), note_of(form)
    topics = (Topic(topic),) if topic in list(Topic) else ()
    ids = [note] if note is not None else None
    await services.inbox.read(reader.asking.actor, ids=ids, topics=topics)
    return htmx.go(reader, _address(Topic(topic) if topics else None))


async def retry_all(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Have all tried again that failed together; says how many go on, and how many do not."""
    form = await forms.read(request)
    note, actor = note_of(form), reader.asking.actor
    if note is None:
        return htmx.go(reader, PATH)
    done = await retrying.retry_all(services.db, services.downloads, actor, note)
    unread = await services.inbox.read(actor, ids=[note])
    if reader.by_htmx:
        return htmx.told(reader, "acted", Toast(sentence=told_of(done), good=not done.stayed))
    chosen = Topic(form.text("topic")) if form.text("topic") in list(Topic) else None
    view = replace(await _view(reader, services, chosen, unread=unread), told=told_of(done))
    return _page(reader, replace(frame, unread=unread), view)


def told_of(done: Retried) -> Message:
    if done.why is not None:
        return msg("web.inbox.retried_some", went=done.went, stayed=done.stayed, reason=done.why)
    return msg("web.inbox.retried", went=done.went) if done.went else msg("web.inbox.retried_none")


def inbox_view(
    actor: Actor,
    page: Page[Note],
    now: Mapping[int, Standing],
    *,
    topic: Topic | None = None,
    cursor: str | None = None,
    unread: int,
    said: Callable[[str], Iterable[Errand]] = lambda _id: (),
) -> InboxView:
    """`said` is what was decided about a request and is not heard at the server yet."""
    return InboxView(
        chips=_chips(actor, topic),
        notes=tuple(note_row(note, actor, now[note.id], said) for note in page.items),
        unread=unread,
        topic=topic or "",
        address=_address(topic, cursor),
        older=_address(topic, page.next_cursor) if page.next_cursor else None,
        newest=_address(topic) if cursor else None,
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
