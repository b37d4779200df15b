"""Inboxes of a household over a real database, filled by the real dispatcher."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from medianest.accounts.service import Accounts
from medianest.accounts.types import SessionRules, User
from medianest.core import journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.db import Database
from medianest.core.event import HOUSEHOLD, Event, people
from medianest.core.journal import Dispatcher
from medianest.core.live import Live, Signal
from medianest.downloads.events import DownloadEvent, DownloadFinished
from medianest.notifications import models, queries  # noqa: F401 - its tables
from medianest.notifications.inbox import Inbox
from medianest.notifications.queries import Note
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.sending import Telling
from tests.people import Cast, cheap_passwords, move_in, sign_in

_PATIENCE_S = 10.0


@dataclass(kw_only=True)
class Inboxes:
    """Everybody's, and what is published of them."""

    db: Database
    accounts: Accounts
    cast: Cast
    live: Live = field(default_factory=Live)
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.db, self.live)

    async def happen(self, *events: Event) -> None:
        """Write these down, and have everybody told who is to be."""
        async with self.db.transaction() as session:
            for event in events:
                await journal.record(session, event)
        async with self.dispatching():
            pass

    @asynccontextmanager
    async def dispatching(self) -> AsyncIterator[asyncio.Event]:
        """The dispatcher runs; at the end it has brought everything to everybody. Set after each commit."""
        dispatcher = Dispatcher(self.db, self.inbox.listeners())
        changed = asyncio.Event()
        self.db.after_commit(lambda _tables: changed.set())
        task = asyncio.create_task(dispatcher.run())
        try:
            yield changed
            async with asyncio.timeout(_PATIENCE_S):
                while not await self.db.read(_all_heard):
                    await changed.wait()
                    changed.clear()
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def actor(self, user: User) -> Actor:
        return (await sign_in(self.accounts, user))[1]

    async def notes(self, user: User, **wish: Any) -> list[Note]:
        """What this person reads, the newest first."""
        page = await self.db.read(queries.listing, await self.actor(user), **wish)
        return list(page.items)

    async def kinds(self, user: User) -> list[str]:
        return [note.entry.kind for note in await self.notes(user)]

    def told(self, signals: "asyncio.Queue[Signal]") -> list[frozenset[str]]:
        """Whom the signals so far are for."""
        return [signals.get_nowait().audience for _ in range(signals.qsize())]


def _all_heard(session: Any) -> bool:
    newest = journal.newest_id(session)
    return all((journal._cursor(session, name) or 0) >= newest for name in ("inbox", "inbox_of_who_left"))


def about_download(
    owner: User, *followers: User, kind: type[DownloadEvent] = DownloadFinished, actor: Actor = SYSTEM, **facts: Any
) -> DownloadEvent:
    """Something that happened to a download of these people; the whole household sees it on its pages."""
    audience = HOUSEHOLD | people([owner.id, *(one.id for one in followers)])
    own = {"size_bytes": 1, "warnings": []} if kind is DownloadFinished else {}
    told = {"subject_id": "d1", "title": "Harbour lights", "owner_id": owner.id} | own | facts
    return kind(actor=actor, audience=audience, **told)


@pytest.fixture
async def inboxes(db: Database) -> Inboxes:
    accounts = Accounts(db, SessionRules(), passwords=cheap_passwords())
    made = Inboxes(db=db, accounts=accounts, cast=await move_in(accounts))
    await Dispatcher(db, made.inbox.listeners()).prepare()
    return made


@pytest.fixture
async def telling(db: Database, tmp_path: Path) -> Telling:
    accounts = Accounts(db, SessionRules(), passwords=cheap_passwords())
    return Telling(db=db, accounts=accounts, cast=await move_in(accounts), folder=tmp_path)


@pytest.fixture
def sink() -> Iterator[WebhookSink]:
    with WebhookSink() as sink:
        yield sink
