"""What a part of the portal could not take from the journal."""

from datetime import datetime
from typing import Annotated

from litestar.params import FromPath
from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.v1.journal import Entry, entry
from medianest.api.wire import Input, List, Output, Paged
from medianest.core import dead_letters, journal_pages


class DeadLetter(Output, frozen=True, kw_only=True):
    """An entry that `listener` failed on, and how."""

    id: int
    listener: str
    entry: Entry
    error: str
    at: datetime


class DeadLetterCause(Output, frozen=True, kw_only=True):
    """The kind of error on which `listener` gave up so many entries."""

    listener: str
    error: str
    count: int
    newest_at: datetime


class DeadLetterRetry(Input, frozen=True, kw_only=True):
    """Which are handed over again: all of this cause."""

    listener: Annotated[str, Meta(min_length=1, max_length=200)]
    error: Annotated[str, Meta(min_length=1, max_length=500)]


class DeadLetterOutcome(Output, frozen=True, kw_only=True):
    """How many were taken; `left` fail again, or are too many for once."""

    done: int
    left: int


async def listing(services: Served, asked: Given[Paged]) -> Answer:
    """The dead letters, newest first."""
    page = await services.db.read(journal_pages.dead_letters, cursor=asked.cursor, limit=asked.limit)
    items = [
        DeadLetter(id=known.id, listener=known.listener, entry=entry(known.entry), error=known.error, at=known.at)
        for known in page.items
    ]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def causes(services: Served) -> Answer:
    """Why there are dead letters, the most frequent cause first."""
    found = await services.db.read(dead_letters.causes)
    items = [
        DeadLetterCause(listener=one.listener, error=one.error, count=one.count, newest_at=one.newest_at)
        for one in found
    ]
    return answers.json(List(items=items, next_cursor=None))


async def retry_all(services: Served, given: Given[DeadLetterRetry]) -> Answer:
    """Hand all dead letters of one cause to their listener once more."""
    told = await dead_letters.retry(services.db, services.dispatcher, listener=given.listener, error=given.error)
    return answers.json(DeadLetterOutcome(done=told.done, left=told.left))


async def retry(services: Served, id: FromPath[int]) -> Answer:
    """Hand a dead letter to its listener once more; it is gone if that works."""
    await services.dispatcher.retry(id)
    return answers.nothing()
