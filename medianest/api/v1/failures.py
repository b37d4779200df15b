"""What failed, by its cause: tried again or dismissed all together."""

from datetime import datetime

from litestar.params import FromPath

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import CurrentReader, Served
from medianest.api.wire import List, Output
from medianest.downloads import failed
from medianest.downloads.failed import Handled
from medianest.downloads.types import Action, ErrorCode


class Cause(Output, frozen=True, kw_only=True):
    """Why so many downloads failed that you decide about; `action` is what may mend it."""

    code: ErrorCode
    count: int
    newest_at: datetime
    retryable: bool
    action: Action


class Outcome(Output, frozen=True, kw_only=True):
    """How many were dealt with; `left` failed for the same cause and stay: a plan has no room, or they are too many."""

    done: int
    left: int


async def listing(services: Served, reader: CurrentReader) -> Answer:
    """The causes, the most frequent first: yours, and everybody's for an administrator."""
    found = await services.db.read(failed.causes, reader.actor)
    items = [
        Cause(code=one.code, count=one.count, newest_at=one.newest_at, retryable=one.retryable, action=one.action)
        for one in found
    ]
    return answers.json(List(items=items, next_cursor=None))


async def retry(services: Served, reader: CurrentReader, code: FromPath[str]) -> Answer:
    """Try all again that failed for this cause."""
    return _outcome(await services.downloads.failed.retry(reader.actor, failed.code_of(code)))


async def dismiss(services: Served, reader: CurrentReader, code: FromPath[str]) -> Answer:
    """Take all off the list that failed for this cause."""
    return _outcome(await services.downloads.failed.dismiss(reader.actor, failed.code_of(code)))


def _outcome(handled: Handled) -> Answer:
    return answers.json(Outcome(done=handled.done, left=handled.left))
