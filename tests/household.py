"""A cast of people and a queue at work on a real database, a real disk and the real child."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from medianest.accounts import permissions, users
from medianest.accounts.types import NewUser
from medianest.core import clock
from medianest.core.actor import SYSTEM, Actor, Role, Via
from medianest.core.config import DownloadsSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.core.outbound import AddressPolicy
from medianest.downloads import queries
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.lists.expander import Expander
from medianest.downloads.service import Downloads
from medianest.downloads.sites.cookie_jars import CookieJars
from medianest.downloads.spawn import find_tools
from medianest.downloads.types import Download, State
from medianest.downloads.workers import Workers
from medianest.downloads.workshop import Workshop
from medianest.downloads.ytdlp import updates

CAST = {"Ada": Role.ADMIN, "Cleo": Role.CURATOR, "Alice": Role.MEMBER, "Bob": Role.MEMBER, "Kim": Role.CHILD}


async def cast(db: Database) -> dict[str, Actor]:
    """Ada administers, Cleo curates, Alice and Bob are members, Kim is a child."""
    actors = {}
    async with db.transaction() as session:
        for name, role in CAST.items():
            user = await users.create(session, SYSTEM, NewUser(name=name, role=role), password_hash=None)
            may = permissions.OF_ROLE[role]
            actors[name] = Actor(id=user.id, name=name, role=role, permissions=may, via=Via.WEB)
    return actors


@dataclass(slots=True, kw_only=True)
class Household:
    """The queue with its workers running; `allow` names what may be fetched although it is on this machine."""

    db: Database
    folder: Path
    actors: dict[str, Actor]
    settings: DownloadsSettings
    live: Live = field(default_factory=Live)
    lives: int = 0
    workers: Workers = field(init=False)
    expander: Expander = field(init=False)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Downloads]:
        """One life of the queue, from recovery to the end of its workers."""
        self.lives += 1
        workspace = Workspace(media_dir=self.media, data_dir=self.folder / "data")
        workspace.prepare()
        policy = AddressPolicy.typed(self.settings.private_endpoints)
        egress = Egress(policy, rate=lambda: shop.rate_at(clock.now()))
        await egress.start()
        copies = updates.copies(self.folder / "data", workspace)
        cookies = CookieJars(self.db, self.folder / "secret.key")
        shop = Workshop(
            settings=self.settings,
            egress=egress,
            tools=find_tools(),
            workspace=workspace,
            copies=copies,
            cookies=cookies,
        )
        self.workers = Workers(self.db, self.live, shop, owner=f"life {self.lives}")
        self.expander = Expander(self.db, self.live, shop, owner=f"life {self.lives}")
        working = asyncio.create_task(self.workers.run())
        expanding = asyncio.create_task(self.expander.run())
        await self.workers.recovered.wait()
        try:
            yield Downloads(self.db, self.live, shop, self.workers, self.expander)
        finally:
            working.cancel()
            expanding.cancel()
            await asyncio.wait([working, expanding])
            await shop.reserve.stop()
            await egress.stop()

    @property
    def media(self) -> Path:
        return self.folder / "media"

    def files(self) -> list[Path]:
        """Every file that the queue has put into the media folder."""
        tops = [top for top in self.media.iterdir() if top.name != ".medianest"]
        return sorted(path for top in tops for path in (top, *top.rglob("*")) if path.is_file())

    def left_over(self) -> list[Path]:
        """What lies in work folders."""
        return sorted((self.media / ".medianest" / "work").rglob("*"))

    async def until(self, id: str, holds: Callable[[Download], bool], *, seconds: float = 30) -> Download:
        """The download once a condition holds of it, looked at after each commit."""
        changed = asyncio.Event()
        self.db.after_commit(lambda _tables: changed.set())
        download = None
        try:
            async with asyncio.timeout(seconds):
                while True:
                    changed.clear()
                    download = await self.db.read(queries.by_id, id)
                    if download and holds(download):
                        return download
                    await changed.wait()
        except TimeoutError:
            raise AssertionError(f"it came no further than {download}") from None

    async def until_gone(self, id: str, *, seconds: float = 30) -> None:
        changed = asyncio.Event()
        self.db.after_commit(lambda _tables: changed.set())
        async with asyncio.timeout(seconds):
            while await self.db.read(queries.by_id, id):
                await changed.wait()
                changed.clear()

    async def until_state(self, id: str, *states: State) -> Download:
        return await self.until(id, lambda download: download.state in states)


def endpoint(url: str) -> tuple[str, int]:
    """The host and port of an address, as `allow_private_hosts` takes them."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port
