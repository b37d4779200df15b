"""The HTML face over real services, on the real floor and server; what the queue fetches comes from a local site."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from sqlalchemy import update

from medianest.accounts.by_plex import ByPlex
from medianest.accounts.models import SessionRow
from medianest.accounts.service import Accounts
from medianest.accounts.types import SessionRules, User
from medianest.admin.backups import Backups
from medianest.admin.types import Fact, Group, Verdict
from medianest.core import clock
from medianest.core.config import (
    DownloadsSettings,
    PathsSettings,
    PicturesSettings,
    PlexSettings,
    ServerSettings,
    Settings,
)
from medianest.core.db import Database
from medianest.core.i18n import Catalogues, Message, msg
from medianest.core.jobs import Job
from medianest.core.journal import Dispatcher
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.outbound import AddressPolicy
from medianest.core.resilience import Retry
from medianest.core.scheduler import Scheduler
from medianest.core.security import load_or_create_key
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.lists.expander import Expander
from medianest.downloads.service import Downloads
from medianest.downloads.sites.cookie_jars import CookieJars
from medianest.downloads.spawn import find_tools
from medianest.downloads.workers import Workers
from medianest.downloads.workshop import Workshop
from medianest.downloads.ytdlp import updates
from medianest.downloads.ytdlp.updates import Ytdlp
from medianest.http import authorisation
from medianest.http.ground import Ground, lay
from medianest.http.services import Services
from medianest.http.serving import Server
from medianest.media_requests.overseerr import Overseerr
from medianest.notifications import building as notification_building
from medianest.pictures import building as picture_building
from medianest.pictures.places import Where
from medianest.plex.service import Plex
from medianest.status.service import Status
from medianest.web import routes
from medianest.web.errors import Pages
from medianest.web.templating import Templates
from tests.fakes.package_index import NO_INDEX
from tests.gallery.openapi import OPENAPI
from tests.people import PASSWORD, Cast, cheap_passwords, move_in
from tests.plex.linked import Linked

TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
NOWHERE = "http://127.0.0.1:9"
NOTHING_WRONG = Fact(
    id="media_dir", group=Group.PATHS, verdict=Verdict.FINE, title=msg("doctor.media_dir"), finding=Message("fine")
)


async def at_once(_seconds: float) -> None:
    """Nobody waits between tries."""


@dataclass(kw_only=True)
class House:
    """The face while it runs, with what stands under it."""

    services: Services
    templates: Templates
    live: Live
    ground: Ground
    workers: Workers
    expander: Expander
    linked: Linked
    people: Cast | None
    folder: Path
    settings: Settings = field(default_factory=Settings)
    ran: list[str] = field(default_factory=list)
    examined: list[Exception] = field(default_factory=list)
    server: Server = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.addresses[0][1]}"

    @property
    def cast(self) -> Cast:
        assert self.people
        return self.people

    async def age_sign_in(self, user: User) -> None:
        """Everybody's sign-in of this person lies an hour back."""
        async with self.services.db.transaction() as session:
            back = clock.now() - timedelta(hours=1)
            await session.execute(update(SessionRow).where(SessionRow.user_id == user.id).values(authenticated_at=back))

    def browser(self) -> httpx.AsyncClient:
        """A browser without script: keeps cookies, follows redirects by hand."""
        return httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30, verify=_tls())


async def token(browser: httpx.AsyncClient, path: str) -> str:
    """The token of the first form of a page."""
    page = await browser.get(path, follow_redirects=True)
    found = TOKEN.search(page.text)
    assert found, page.text
    return found[1]


async def submit(browser: httpx.AsyncClient, path: str, *, on: str, **fields: Any) -> httpx.Response:
    """Send a form of the page `on`, as a browser without script does."""
    data = {"csrf_token": await token(browser, on), **fields}
    return await browser.post(path, data=data, headers={"referer": f"{browser.base_url}{on}"})


async def enter(browser: httpx.AsyncClient, user: User) -> None:
    """Sign in at the door."""
    answer = await submit(browser, "/sign-in", on="/sign-in", name=user.name, password=PASSWORD)
    assert answer.status_code == 303, answer.text


async def by_htmx(browser: httpx.AsyncClient, method: str, path: str, *, on: str, **fields: Any) -> httpx.Response:
    """Ask as htmx on the page `on` does."""
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": f"{browser.base_url}{on}",
        "X-CSRF-Token": await token(browser, on),
    }
    return await browser.request(method, path, data=fields or None, headers=headers)


@asynccontextmanager
async def open_house(
    db: Database,
    folder: Path,
    *,
    sites: Sequence[tuple[str, int]] = (),
    works: bool = False,
    inhabited: bool = True,
    server: ServerSettings | None = None,
    tmdb_url: str = NOWHERE,
    plex: Where | None = None,
    by_plex: PlexSettings | None = None,
) -> AsyncIterator[House]:
    """The face on a free port; it may fetch from `sites`, and does so if it `works`."""
    house = await _build(db, folder, sites, server or ServerSettings(), tmdb_url, plex, by_plex or PlexSettings())
    house.people = await move_in(house.services.accounts) if inhabited else None
    app = Litestar(
        [routes.router(house.services, house.templates)],
        dependencies=house.ground.dependencies(),
        exception_handlers={Exception: Pages(house.templates)},
        openapi_config=None,
    )
    authorisation.check(app)
    pages = Pages(house.templates)
    house.server = Server(
        house.ground.wrap(app, refuse=pages.refuse), host="127.0.0.1", port=0, before_stop=house.ground.leases.end_all
    )
    runs = [house.ground.leases.run, house.ground.hub.run, house.server._serve]
    tasks = [asyncio.create_task(run()) for run in ([*runs, house.workers.run] if works else runs)]
    await house.server.ready.wait()
    try:
        yield house
    finally:
        house.server.stop()
        await tasks[2]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await house.services.pictures.stop()
        await house.services.by_plex.plex.stop()
        await house.services.ytdlp.stop()
        await house.services.downloads._shop.reserve.stop()
        await house.services.titles.stop()
        await house.services.overseerr.stop()
        await house.services.downloads._shop.egress.stop()


async def no_server() -> None:
    """No Plex server is connected."""


@cache
def _catalogues() -> Catalogues:
    """All houses say the same."""
    return Catalogues()


@cache
def _templates(base_path: str) -> Templates:
    """They are read and compiled once."""
    return Templates(_catalogues(), base_path=base_path)


@cache
def _tls() -> ssl.SSLContext:
    """Nobody speaks it here, and reading all authorities takes longer than most tests."""
    return ssl.create_default_context()


async def _build(
    db: Database,
    folder: Path,
    sites: Sequence[tuple[str, int]],
    server: ServerSettings,
    tmdb_url: str,
    plex: Where | None,
    by_plex: PlexSettings,
) -> House:
    paths = PathsSettings(data_dir=folder, media_dir=folder / "media")
    load_or_create_key(paths.key_file)
    settings = DownloadsSettings(allow_private_hosts=frozenset(sites), min_free_bytes=0)
    live, catalogues = Live(), _catalogues()
    accounts = Accounts(db, SessionRules(), passwords=cheap_passwords())
    workspace = Workspace(media_dir=paths.media_dir, data_dir=paths.data_dir)
    workspace.prepare()
    egress = Egress(AddressPolicy.typed(sites))
    await egress.start()
    copies = updates.copies(folder, workspace)
    cookies = CookieJars(db, paths.key_file)
    shop = Workshop(
        settings=settings, egress=egress, tools=find_tools(), workspace=workspace, copies=copies, cookies=cookies
    )
    workers = Workers(db, live, shop, owner="house")
    expander = Expander(db, live, shop, owner="house")
    templates = _templates(server.base_path)
    ran: list[str] = []

    async def sweep() -> Message | None:
        ran.append("sweep")
        return None

    examined: list[Exception] = []

    async def examine() -> Sequence[Fact]:
        if examined:
            raise examined.pop()
        return [NOTHING_WRONG]

    metrics = Metrics()
    of_pictures = PicturesSettings(tmdb_url=tmdb_url)
    all_settings = Settings(server=server, paths=paths, downloads=settings, pictures=of_pictures, plex=by_plex)
    downloads = Downloads(db, live, shop, workers, expander)
    pictures = picture_building.build(lambda: all_settings, metrics, plex=plex or no_server, artwork=downloads.artwork)
    await pictures.start()
    linked = Linked()
    overseerr = Overseerr(db, live, metrics, lambda: house.settings, retry=Retry(sleep=at_once))
    titles, base = linked.titles(db, paths.key_file), (db, live, metrics, lambda: house.settings, catalogues)
    services = Services(
        db=db,
        accounts=accounts,
        by_plex=ByPlex(db, SessionRules(), Plex(db, by_plex, paths.key_file, retry=Retry(sleep=at_once))),
        downloads=downloads,
        ytdlp=Ytdlp(db, copies, find_tools, lambda: settings, NO_INDEX),
        pictures=pictures,
        titles=titles,
        overseerr=overseerr,
        status=Status(db, live, lambda: house.settings, ()),
        telling=notification_building.build(*base, overseerr.decisions, titles),
        dispatcher=Dispatcher(db, []),
        scheduler=Scheduler(db, [Job(name="purge_sessions", daily_at=time(4, 0), run=sweep)]),
        backups=Backups(db, paths, release="test", revision="test"),
        metrics=metrics,
        catalogues=catalogues,
        settings=lambda: house.settings,
        examine=examine,
        ready={},
        openapi=lambda: OPENAPI,
    )
    ground = lay(
        db, live, accounts, server, build=templates.build, languages=catalogues.languages, bodies=routes.BODIES
    )
    await ground.hub.prepare()
    house = House(
        services=services,
        templates=templates,
        live=live,
        ground=ground,
        workers=workers,
        expander=expander,
        linked=linked,
        people=None,
        settings=all_settings,
        folder=folder,
        ran=ran,
        examined=examined,
    )
    return house
