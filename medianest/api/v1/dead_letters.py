"""What a part of the portal could not take from the journal."""

from datetime import datetime

from litestar.params import FromPath

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.v1.journal import Entry, entry
from medianest.api.wire import List, Output, Paged
from medianest.core import journal_pages


class DeadLetter(Output, frozen=True, kw_only=True):
    """An entry that `listener` failed on, and how."""

    id: int
    listener: str
    entry: Entry
    error: str
    at: datetime


async def listing(services: Served, asked: Given[Paged]) -> Answer:
    """The dead letters, newest first."""
    page = await services.db.read(journal_pages.dead_letters, cursor=asked.cursor, limit=asked.limit)
    items = [
        DeadLetter(id=known.id, listener=known.listener, entry=entry(known.entry), error=known.error, at=known.at)
        for known in page.items
    ]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def retry(services: Served, id: FromPath[int]) -> Answer:
    """Hand a dead letter to its listener once more; it is gone if that works."""
    await services.dispatcher.retry(id)
    return answers.nothing()
