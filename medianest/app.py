"""The composition root: settings in, the running portal out. `Portal.living` lists all that lives, in order."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from litestar.types import ASGIApp

from medianest import __version__
from medianest.accounts import jobs as accounts_jobs
from medianest.accounts.by_plex import ByPlex
from medianest.accounts.service import Accounts
from medianest.accounts.types import SessionRules
from medianest.admin import jobs as admin_jobs
from medianest.admin import reloads
from medianest.admin.backups import Backups
from medianest.admin.commands import Commands
from medianest.admin.examination import Examination
from medianest.api import routes as api
from medianest.api.errors import Problems
from medianest.core import log, readiness
from medianest.core.config import Settings, Sources
from medianest.core.config.reload import Reload, Reloader
from medianest.core.control import ControlServer
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.journal import Dispatcher
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.scheduler import Scheduler
from medianest.core.supervisor import Supervisor, in_time
from medianest.downloads.queue import Queue
from medianest.http import faces, ground, idempotency
from medianest.http.services import Services
from medianest.media_requests.overseerr import Overseerr
from medianest.migrations import upgrade
from medianest.notifications import building as telling
from medianest.pictures import building as picture_building
from medianest.pictures.places import Place
from medianest.plex.service import Plex
from medianest.plex.titles import building as plex_titles
from medianest.plex.titles import jobs as plex_jobs
from medianest.status import building as status_building
from medianest.web import routes as web
from medianest.web.errors import Pages
from medianest.web.templating import Templates


class Portal:
    """Everything that runs, built but not started."""

    def __init__(self, settings: Settings, sources: Sources) -> None:
        self.settings, paths, current = settings, settings.paths, partial(upgrade.is_current, settings.paths.database)
        self.db = Database(paths.database)
        self.live, self.metrics, self.catalogues, self.supervisor = Live(), Metrics(), Catalogues(), Supervisor()
        self.templates = Templates(self.catalogues, base_path=settings.server.base_path)
        base = (self.db, self.live, self.metrics, lambda: self.settings)
        rules = SessionRules(idle=settings.accounts.session_idle, absolute=settings.accounts.session_absolute)
        self.plex = Plex(self.db, settings.plex, paths.key_file, self.metrics)
        self.titles = plex_titles.build(*base, self.plex.installation)
        self.accounts, self.by_plex = Accounts(self.db, rules), ByPlex(self.db, rules, self.plex)
        self.queue = Queue(self.db, self.live, self.metrics, settings.downloads, paths, sources.environ)
        self.overseerr, here, works = Overseerr(*base), self.queue.downloads.artwork, self.queue.is_working
        self.pictures = picture_building.build(lambda: self.settings, self.metrics, plex=self._at_plex, artwork=here)
        self.ready: readiness.Checks = {"database": self.db.answers, "migrations": current, "workers": works}
        self.status = status_building.build(*base, self.ready)
        self.telling = telling.build(*base, self.catalogues, self.overseerr.decisions, self.titles)
        self.backups = Backups(self.db, paths, release=__version__, revision=upgrade.newest())
        asked = (self.queue, self.plex, self.overseerr, self.status, self.telling.mail_trouble)
        self.examine = Examination(self.db, lambda: self.settings, *asked)
        jobs = [*accounts_jobs.jobs(self.db, rules), *accounts_jobs.of_circle(self.by_plex.circle)]
        jobs += [*self.queue.jobs(), *plex_jobs.jobs(self.titles), *self.status.jobs(), *self.examine.jobs()]
        jobs += [*self.pictures.jobs(), *self.overseerr.jobs(), *self.telling.jobs(), *idempotency.jobs(self.db)]
        self.scheduler = Scheduler(self.db, [*jobs, *admin_jobs.jobs(self.db, self.backups, lambda: self.settings)])
        heard = [one for part in (self.queue, self.overseerr, self.status, self.telling) for one in part.listeners()]
        self.dispatcher, self.reloader = Dispatcher(self.db, heard), Reloader(sources, settings)
        heart, bodies = (self.db, self.live, self.accounts, settings.server), api.BODIES | web.BODIES
        self.ground = ground.lay(*heart, build=self.templates.build, languages=self.catalogues.languages, bodies=bodies)
        commands = Commands(self.accounts, self.backups, self.queue.ytdlp, self.examine)
        self.control = ControlServer(paths.data_dir, commands.handlers())
        self.reloader.subscribe(self.take_over)
        self.asgi = self._faces()

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Everything runs inside, started in this order and stopped in the reverse one."""
        async with AsyncExitStack() as stack:
            await upgrade.run(self.settings.paths.database, self.settings.paths.backups_dir)
            await self.db.open()
            stack.push_async_callback(in_time, self.db.close, limit=timedelta(seconds=15))
            await self.dispatcher.prepare()
            await self.ground.hub.prepare()
            stack.push_async_callback(in_time, self.plex.stop)
            for part in (self.queue, self.pictures, self.titles, self.overseerr, self.scheduler):
                await part.start()
                stack.push_async_callback(in_time, part.stop)
            spine = {"journal": self.dispatcher.run, "presence": self.accounts.presence.run}
            floor = {"leases": self.ground.leases.run, "events": self.ground.hub.run, "settings": self.reloader.run}
            features = self.queue.runs() | self.titles.runs() | self.overseerr.runs() | self.status.runs()
            for name, run in (spine | floor | features | self.telling.runs()).items():
                self.supervisor.add(name, run)
            self.supervisor.start()
            stack.push_async_callback(self.supervisor.stop, timedelta(seconds=8))
            await self.control.start()
            stack.push_async_callback(in_time, self.control.stop)
            await self.queue.workers.recovered.wait()
            yield

    async def take_over(self, reload: Reload) -> None:
        """Let reloaded settings hold from now on, and write down what was changed or wrong."""
        self.settings = reload.settings
        self.queue.take_over(reload.settings.downloads)
        log.configure(reload.settings.log)
        await reloads.write_down(self.db, reload)

    async def _at_plex(self) -> Place | None:
        """Where the pictures of the household's server are."""
        server = await self.plex.installation.current_server()
        return Place.configured(server.url, {"X-Plex-Token": server.token}) if server else None

    def _faces(self) -> ASGIApp:
        services = Services(
            db=self.db,
            accounts=self.accounts,
            by_plex=self.by_plex,
            downloads=self.queue.downloads,
            ytdlp=self.queue.ytdlp,
            pictures=self.pictures,
            titles=self.titles,
            overseerr=self.overseerr,
            status=self.status,
            telling=self.telling,
            dispatcher=self.dispatcher,
            scheduler=self.scheduler,
            backups=self.backups,
            metrics=self.metrics,
            catalogues=self.catalogues,
            settings=lambda: self.settings,
            examine=self.examine,
            ready=self.ready,
            openapi=partial(api.openapi_document, self.settings.server.base_path),
        )
        routers = [api.router(services), web.router(services, self.templates)]
        return faces.join(routers, self.ground, machine=Problems(self.catalogues), people=Pages(self.templates))


def create_app(settings: Settings, sources: Sources) -> Portal:
    """The portal of these settings, built but not started."""
    return Portal(settings, sources)
