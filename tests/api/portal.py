"""The machine face on the real floor and the real server, over a real queue whose workers rest."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from litestar import Request, Response, types
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.by_plex import ByPlex
from medianest.accounts.service import Accounts
from medianest.accounts.types import Client, Scope, SessionRules, User
from medianest.admin.backups import Backups
from medianest.admin.types import Fact
from medianest.api.errors import Problems
from medianest.api.routes import BODIES, openapi_document, router
from medianest.core import clock
from medianest.core.config import DownloadsSettings, PathsSettings, PlexSettings, ServerSettings, Settings
from medianest.core.db import Database
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Catalogues, Message, msg
from medianest.core.jobs import Job
from medianest.core.journal import Dispatcher, Entry, Listener
from medianest.core.journal_tables import DeadLetterRow
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.scheduler import Scheduler
from medianest.core.security import load_or_create_key
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.models import DownloadRow
from medianest.downloads.queue import Queue
from medianest.downloads.types import State
from medianest.http import csrf, faces
from medianest.http.ground import Ground, lay
from medianest.http.services import Services
from medianest.http.serving import Server
from medianest.media_requests.overseerr import Overseerr
from medianest.notifications import building as notification_building
from medianest.pictures import building as picture_building
from medianest.plex.service import Plex
from medianest.status.service import Status
from tests.fakes.package_index import NO_INDEX
from tests.media_requests.named import Named
from tests.people import PASSWORD, Cast, cheap_passwords, move_in
from tests.plex.linked import Linked

SITE = "127.0.0.1:9"
BROWSER = Client(address="127.0.0.1", user_agent="tests")
CATALOGUES = Catalogues()


def link(name: str = "harbour.mp4") -> str:
    """A link that may be queued; nobody answers there."""
    return f"http://{SITE}/{name}"


@dataclass
class Errands:
    """A job and a listener that do as they are told."""

    hold: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False

    async def work(self) -> Message:
        await self.hold.wait()
        self.done.set()
        return msg("core.job_running")

    async def listen(self, _session: AsyncSession, _entry: Entry) -> None:
        if self.broken:
            raise RuntimeError("cannot take it")


class Pages:
    """The other face: it tells people."""

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        return Response("a page", status_code=400, media_type="text/html")

    async def refuse(self, scope: types.Scope, receive: types.Receive, send: types.Send, error: MediaNestError) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        await self(request, error).to_asgi_response(app=None, request=request)(scope, receive, send)


@dataclass
class Portal:
    """The face while it runs, with what stands under it."""

    services: Services
    ground: Ground
    live: Live
    cast: Cast
    workspace: Workspace
    errands: Errands
    linked: Linked
    named: Named
    server: Server
    clients: AsyncExitStack

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.addresses[0][1]}"

    async def nobody(self, **fields: str) -> httpx.AsyncClient:
        return await self.clients.enter_async_context(
            httpx.AsyncClient(base_url=self.url, headers=fields, trust_env=False)
        )

    async def browser(self, user: User) -> httpx.AsyncClient:
        """A browser in which this person has just signed in, on a page of ours."""
        opened = await self.services.accounts.sign_in(user.name, PASSWORD, BROWSER)
        return await self.nobody(
            **{"cookie": f"medianest={opened.secret}", "x-csrf-token": csrf.token_of(opened.secret)}
        )

    async def program(self, user: User, *scopes: Scope) -> httpx.AsyncClient:
        """A program with a token of this person's."""
        _, actor = await self._actor(user)
        _, secret = await self.services.accounts.create_token(actor, "tests", frozenset(scopes))
        return await self.nobody(authorization=f"Bearer {secret}")

    async def queued(self, client: httpx.AsyncClient, name: str = "harbour.mp4", **more: Any) -> str:
        """The id of a link that this client queued, or follows now."""
        answer = await client.post("/api/v1/downloads", json={"url": link(name), **more})
        assert answer.status_code in (200, 201), answer.text
        id: str = answer.json()["id"]
        return id

    async def finished(self, id: str, content: bytes = b"0123456789") -> None:
        """The download with this id, as if a worker had fetched it."""
        (self.workspace.media_dir / f"{id}.mp4").write_bytes(content)
        done = {"state": State.COMPLETED, "file_path": f"{id}.mp4", "size_bytes": len(content)}
        await self.set(id, **done, finished_at=clock.now())

    async def set(self, id: str, **values: Any) -> None:
        async with self.services.db.transaction() as session:
            await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(**values))

    async def park(self, entry: Entry, *, error: str = "cannot take it") -> None:
        """The entry among the dead letters, as if the listener had failed on it."""
        letter = {"listener": "errands", "entry_id": entry.id, "error": error, "at": clock.now()}
        async with self.services.db.transaction() as session:
            await session.execute(insert(DeadLetterRow).values(letter))

    async def _actor(self, user: User) -> Any:
        opened = await self.services.accounts.sign_in(user.name, PASSWORD, BROWSER)
        return opened, await self.services.accounts.identities.of_session(opened.secret, BROWSER.address)


@asynccontextmanager
async def run_portal(db: Database, folder: Path, **server: Any) -> AsyncIterator[Portal]:
    """The face, served on a free port of 127.0.0.1."""
    live, errands = Live(), Errands()
    accounts = Accounts(db, SessionRules(), passwords=cheap_passwords())
    ground = lay(db, live, accounts, ServerSettings(**server), build="test", languages=("en",), bodies=BODIES)
    await ground.hub.prepare()
    paths = PathsSettings(data_dir=folder, media_dir=folder / "media")
    host, _, port = SITE.partition(":")
    settings = DownloadsSettings(allow_private_hosts=frozenset({(host, int(port))}), min_free_bytes=0)
    queue = Queue(db, live, Metrics(), settings, paths, NO_INDEX)
    workspace = Workspace(media_dir=paths.media_dir, data_dir=paths.data_dir)
    workspace.prepare()
    dispatcher = Dispatcher(db, [Listener(name="errands", kinds=frozenset({"token.created"}), handle=errands.listen)])
    await dispatcher.prepare()
    linked, named = Linked(), Named(paths)
    services = _services(db, live, accounts, queue, linked, named, dispatcher, errands)
    await services.pictures.start()
    asgi = faces.join([router(services)], ground, machine=Problems(CATALOGUES), people=Pages())
    served = Server(asgi, host="127.0.0.1", port=0, before_stop=ground.leases.end_all)
    runs = (ground.leases.run, ground.hub.run, dispatcher.run, served._serve)
    tasks = [asyncio.create_task(run()) for run in runs]
    await served.ready.wait()
    cast = await move_in(accounts)
    try:
        async with AsyncExitStack() as clients:
            yield Portal(services, ground, live, cast, workspace, errands, linked, named, served, clients)
    finally:
        errands.hold.set()
        served.stop()
        await tasks.pop()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await services.scheduler.stop()
        await services.titles.stop()
        await services.overseerr.stop()
        await services.pictures.stop()
        await services.ytdlp.stop()


async def no_server() -> None:
    """No Plex server is connected."""


def _services(
    db: Database,
    live: Live,
    accounts: Accounts,
    queue: Queue,
    linked: Linked,
    named: Named,
    dispatcher: Dispatcher,
    errands: Errands,
) -> Services:
    paths = named.paths
    load_or_create_key(paths.key_file)

    async def holds() -> bool:
        return not errands.broken

    async def examine() -> Sequence[Fact]:
        return []

    overseerr = Overseerr(db, live, Metrics(), named.settings)
    titles, base = linked.titles(db, paths.key_file), (db, live, Metrics(), named.settings, CATALOGUES)
    return Services(
        db=db,
        accounts=accounts,
        by_plex=ByPlex(db, SessionRules(), Plex(db, PlexSettings(), paths.key_file)),
        downloads=queue.downloads,
        ytdlp=queue.ytdlp,
        pictures=picture_building.build(
            lambda: Settings(paths=paths), Metrics(), plex=no_server, artwork=queue.downloads.artwork
        ),
        titles=titles,
        overseerr=overseerr,
        status=Status(db, live, named.settings, ()),
        scheduler=Scheduler(db, [Job(name="errand", every=timedelta(days=1), run=errands.work)]),
        telling=notification_building.build(*base, overseerr.decisions, titles),
        dispatcher=dispatcher,
        backups=Backups(db, paths, release="1", revision="0001"),
        metrics=Metrics(),
        catalogues=CATALOGUES,
        settings=named.settings,
        examine=examine,
        ready={"database": holds},
        openapi=openapi_document,
    )
