"""What changes on open pages when somebody is told something: the count at the top, and the inbox itself."""

from collections.abc import Hashable, Mapping
from typing import Protocol

from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.live import Signal
from medianest.http import sse
from medianest.http.hub import News
from medianest.notifications import queries
from medianest.notifications.inbox import SIGNAL


class Say(Protocol):
    """Renders a fragment for somebody."""

    def __call__(self, actor: Actor, template: str, values: Mapping[str, object]) -> str:
        """In their language."""


def is_told(news: News) -> bool:
    return isinstance(news, Signal) and news.kind == SIGNAL


def view(actor: Actor) -> Hashable:
    """Everybody's count is their own."""
    return SIGNAL, actor.id


async def written(db: Database, actor: Actor, say: Say) -> bytes:
    """The count, and that an open inbox reads itself anew."""
    unread = await db.read(queries.unread, actor)
    count = sse.message(say(actor, "inbox/_count.html", {"unread": unread}))
    return count + sse.message(SIGNAL, event=SIGNAL)
