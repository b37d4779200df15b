"""What people are told, as their inbox has it."""

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1.subjects import Subject
from medianest.api.wire import Input, List, Output, Paged
from medianest.core.paging import LIMIT_MOST
from medianest.notifications import places, queries, retrying, sentences
from medianest.notifications.queries import Note
from medianest.notifications.standings import Act, Standing, standings
from medianest.notifications.types import Topic

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Notifications(Paged, frozen=True, kw_only=True):
    """Which: all, or those of some topics, or those that are unread."""

    many: ClassVar[frozenset[str]] = frozenset({"topic"})

    topic: tuple[Topic, ...] = ()
    unread: bool = False


class Notification(Output, frozen=True, kw_only=True):
    """What you are told, in your language; several of the same kind that came together are one, `count` of them.

    `actions` are what can be done about it now, with the call of that name about its subject; `retry_all` is
    `POST /notifications/retry`.
    """

    id: int
    at: datetime
    kind: str
    topic: Topic
    text: str
    reason: str | None
    subject: Subject
    count: int
    read: bool
    path: str
    actions: tuple[Act, ...]


class ReadNotifications(Input, frozen=True, kw_only=True):
    """Which you have read: these, or all of these topics; neither is all."""

    ids: Annotated[tuple[Id, ...], Meta(max_length=LIMIT_MOST)] | None = None
    topics: Annotated[tuple[Topic, ...], Meta(max_length=len(Topic))] = ()


class RetryNotification(Input, frozen=True, kw_only=True):
    """Which: several that failed together."""

    id: Id


class Retried(Output, frozen=True, kw_only=True):
    """How many go on, and how many do not, with the reason of one of those."""

    went: int
    stayed: int
    reason: str | None


class Unread(Output, frozen=True, kw_only=True):
    """How many you have not read."""

    unread: int


async def listing(services: Served, reader: CurrentReader, asked: Given[Notifications]) -> Answer:
    """What you were told, the newest first."""
    page = await services.db.read(
        queries.listing,
        reader.actor,
        topics=asked.topic or tuple(Topic),
        is_unread=asked.unread,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    now = await services.db.read(standings, reader.actor, page.items)
    items = [_shown(reader, note, now[note.id]) for note in page.items]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def read(services: Served, reader: CurrentReader, given: Given[ReadNotifications]) -> Answer:
    """Have read what you were told."""
    left = await services.inbox.read(reader.actor, ids=given.ids, topics=given.topics)
    return answers.json(Unread(unread=left))


async def retry(services: Served, reader: CurrentReader, given: Given[RetryNotification]) -> Answer:
    """Have all tried again that failed together, as each by itself: a hundred at once at most."""
    told = await retrying.retry_all(services.db, services.downloads, reader.actor, given.id)
    return answers.json(Retried(went=told.went, stayed=told.stayed, reason=reader.say(told.why) if told.why else None))


def _shown(reader: Reader, note: Note, now: Standing) -> Notification:
    why = sentences.reason(note)
    return Notification(
        id=note.id,
        at=note.entry.at,
        kind=note.entry.kind,
        topic=note.topic,
        text=reader.say(sentences.sentence(note)),
        reason=reader.say(why) if why else None,
        subject=Subject(type=note.entry.subject_type, id=note.entry.subject_id),
        count=note.n,
        read=note.is_read,
        path=places.path(note, reader.actor.id, is_gone=now.is_gone),
        actions=now.acts,
    )
