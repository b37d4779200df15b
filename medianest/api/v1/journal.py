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
from medianest.core import journal


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
    """Which entries: of these kinds, by this person, about this subject (`type:id`)."""

    many: ClassVar[frozenset[str]] = frozenset({"kind"})

    kind: tuple[Word, ...] = ()
    actor: Word | None = None
    subject: Annotated[str, Meta(pattern="^[a-z_]+:.+$", max_length=128)] | None = None


async def listing(services: Served, asked: Given[Entries]) -> Answer:
    """The journal, newest first."""
    subject_type, _, subject_id = (asked.subject or "").partition(":")
    page = await services.db.read(
        journal.page,
        kinds=frozenset(asked.kind),
        actor_id=asked.actor,
        subject=(subject_type, subject_id) if asked.subject else None,
        cursor=asked.cursor,
        limit=asked.limit,
    )
    return answers.json(List(items=[entry(known) for known in page.items], next_cursor=page.next_cursor))


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
