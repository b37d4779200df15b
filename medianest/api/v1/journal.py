"""What happened here: who did what, when, from where."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.v1.people import Person
from medianest.api.v1.subjects import Subject
from medianest.api.wire import List, Output, Paged, Word
from medianest.core import journal, journal_pages
from medianest.core.actor import Via
from medianest.core.errors import FieldError, Invalid
from medianest.core.event import topics
from medianest.core.i18n import msg
from medianest.core.journal_pages import Sought

_Subject = Annotated[str, Meta(pattern="^[a-z_]+:.+$", max_length=128)]
_Moment = Annotated[datetime, Meta(tz=True)]


class Entry(Output, frozen=True, kw_only=True):
    """One thing that happened; `version` is that of its data's shape."""

    id: int
    at: datetime
    kind: str
    version: int
    actor: Person
    via: str
    address: str | None
    subject: Subject
    data: Mapping[str, Any]
    request_id: str | None


class Entries(Paged, frozen=True, kw_only=True):
    """Which entries; what is not given does not matter."""

    many: ClassVar[frozenset[str]] = frozenset({"kind", "topic"})

    kind: Annotated[tuple[Word, ...], Meta(max_length=50, description="Of these kinds, as `download.finished`.")] = ()
    topic: Annotated[tuple[Word, ...], Meta(description="Of the kinds of these topics, as `sign_in`.")] = ()
    actor: Annotated[Word | None, Meta(description="By this person, an id, or by the portal itself, `portal`.")] = None
    via: Annotated[Via | None, Meta(description="Through this door; `system` is what happens by itself.")] = None
    subject: Annotated[_Subject | None, Meta(description="About this, as `download:ID`.")] = None
    since: Annotated[_Moment | None, Meta(description="At this time or later.")] = None
    until: Annotated[_Moment | None, Meta(description="Before this time.")] = None


async def listing(services: Served, asked: Given[Entries]) -> Answer:
    """The journal, newest first."""
    page = await services.db.read(journal_pages.page, _sought(asked), cursor=asked.cursor, limit=asked.limit)
    return answers.json(List(items=[entry(known) for known in page.items], next_cursor=page.next_cursor))


def _sought(asked: Entries) -> Sought:
    subject_type, _, subject_id = (asked.subject or "").partition(":")
    return Sought(
        kinds=_kinds(asked),
        actor_id=asked.actor,
        via=asked.via,
        subject=(subject_type, subject_id) if asked.subject else None,
        since=asked.since,
        until=asked.until,
    )


def _kinds(asked: Entries) -> frozenset[str] | None:
    """The kinds that are asked for, of the topics that are asked for. Raises Invalid."""
    known = topics()
    if not known.keys() >= set(asked.topic):
        message = msg("api.field.not_one_of", words=", ".join(sorted(known)))
        raise Invalid(msg("api.invalid", n=1), fields=(FieldError(field="topic", message=message),))
    of_topics = frozenset[str]().union(*(known[topic] for topic in asked.topic))
    kinds = frozenset(asked.kind)
    if asked.topic and asked.kind:
        return of_topics & kinds
    return of_topics | kinds or None


def entry(known: journal.Entry) -> Entry:
    return Entry(
        id=known.id,
        at=known.at,
        kind=known.kind,
        version=known.version,
        actor=Person(id=known.actor_id, name=known.actor_name),
        via=known.via,
        address=known.address,
        subject=Subject(type=known.subject_type, id=known.subject_id),
        data=known.data,
        request_id=known.request_id,
    )
