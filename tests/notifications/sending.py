"""A household that is told outside of the portal: the real dispatcher and sender over real database and sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from medianest.accounts.service import Accounts
from medianest.accounts.types import User
from medianest.core import journal
from medianest.core.actor import Actor
from medianest.core.config import NotificationsSettings, PathsSettings, ServerSettings, Settings
from medianest.core.db import Database
from medianest.core.event import Event
from medianest.core.i18n import Catalogues
from medianest.core.journal import Dispatcher
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.resilience import Retry
from medianest.media_requests.overseerr import Overseerr
from medianest.notifications import building, channel_queries
from medianest.notifications.sends import Patience
from medianest.notifications.service import Notifications
from medianest.notifications.types import Delivery, DeliveryState
from medianest.plex.titles.service import Titles
from tests.people import Cast, sign_in
from tests.plex.linked import Linked

PATIENCE_S = 15.0
QUICK = Patience(attempts=3, first=timedelta(milliseconds=1), longest=timedelta(milliseconds=2))


@dataclass(kw_only=True)
class Telling:
    """Everybody's channels; `settings` can be changed, as by a reload; `linked` is which Plex there is.

    `patience` is that of what is `built` from then on.
    """

    db: Database
    accounts: Accounts
    cast: Cast
    folder: Path
    linked: Linked = field(default_factory=Linked)
    patience: Patience = QUICK
    settings: Settings = field(init=False)
    titles: Titles = field(init=False)
    notifications: Notifications = field(init=False)

    def __post_init__(self) -> None:
        paths = PathsSettings(data_dir=self.folder, media_dir=self.folder / "media")
        server = ServerSettings(public_url="https://nest.example")
        self.settings = Settings(paths=paths, server=server)
        self.titles = self.linked.titles(self.db, self.settings.paths.key_file)
        self.notifications = self.built()

    def built(self) -> Notifications:
        """As after a start of the process."""
        live, metrics = Live(), Metrics()
        overseerr = Overseerr(self.db, live, metrics, lambda: self.settings, retry=Retry())
        base = (self.db, live, metrics, lambda: self.settings, Catalogues())
        return building.build(*base, overseerr.decisions, self.titles, patience=self.patience)

    def allow(self, *private: tuple[str, int], **said: Any) -> None:
        """Have these settings hold from now on."""
        said = {"allow_private_hosts": frozenset(private), **said}
        notifications = NotificationsSettings(**said)
        self.settings = self.settings.model_copy(update={"notifications": notifications})

    async def actor(self, user: User) -> Actor:
        return (await sign_in(self.accounts, user))[1]

    async def record(self, *events: Event) -> None:
        async with self.db.transaction() as session:
            for event in events:
                await journal.record(session, event)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """The dispatcher runs alone: what is lined up stays."""
        dispatcher = Dispatcher(self.db, self.notifications.listeners())
        await dispatcher.prepare()
        task = asyncio.create_task(dispatcher.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """The dispatcher and the sender run."""
        dispatcher = Dispatcher(self.db, self.notifications.listeners())
        await dispatcher.prepare()
        runs = [dispatcher.run, *self.notifications.runs().values()]
        tasks = [asyncio.create_task(run()) for run in runs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def until(self, holds: Callable[[Session], bool]) -> None:
        """Wait until this holds of the database; asked again after each commit."""
        changed = asyncio.Event()
        self.db.after_commit(lambda _tables: changed.set())
        async with asyncio.timeout(PATIENCE_S):
            while not await self.db.read(holds):
                await changed.wait()
                changed.clear()

    async def deliveries(self, channel_id: str) -> list[Delivery]:
        return list(await self.db.read(channel_queries.deliveries, channel_id))

    async def until_lined_up(self, channel_id: str, *, n: int) -> None:
        """Wait until there are so many deliveries to a channel."""
        await self.until(lambda session: len(channel_queries.deliveries(session, channel_id)) >= n)

    async def until_over(self, channel_id: str, *, n: int = 1) -> list[Delivery]:
        """Wait until so many deliveries to a channel are over; the newest first."""

        def are_over(session: Session) -> bool:
            found = channel_queries.deliveries(session, channel_id)
            return sum(one.state is not DeliveryState.WAITING for one in found) >= n

        await self.until(are_over)
        return await self.deliveries(channel_id)
