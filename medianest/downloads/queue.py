"""The queue as a whole: what the portal builds, starts and ends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from medianest.core import clock
from medianest.core.config import DownloadsSettings, PathsSettings
from medianest.core.db import Database
from medianest.core.jobs import Job
from medianest.core.journal import Listener
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.outbound import AddressPolicy
from medianest.core.security import new_id
from medianest.downloads import jobs, listeners, queries
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


class Queue:
    """The verbs, the workers and the expander, and the proxy by which children go out."""

    def __init__(
        self,
        db: Database,
        live: Live,
        metrics: Metrics,
        settings: DownloadsSettings,
        paths: PathsSettings,
        environ: Mapping[str, str],
    ) -> None:
        """`environ` is where pip, which brings newer versions of yt-dlp, finds its settings."""
        self.tools = find_tools()
        policy = AddressPolicy.typed(settings.private_endpoints)
        self.egress = Egress(policy, metrics=metrics, rate=lambda: self._shop.rate_at(clock.now()))
        workspace = Workspace(media_dir=paths.media_dir, data_dir=paths.data_dir)
        copies = updates.copies(paths.data_dir, workspace)
        self._shop = Workshop(
            settings=settings,
            egress=self.egress,
            tools=self.tools,
            workspace=workspace,
            copies=copies,
            cookies=CookieJars(db, paths.key_file),
        )
        self.ytdlp = Ytdlp(db, copies, lambda: self.tools, lambda: self._shop.settings, environ)
        life = new_id()
        self.workers = Workers(db, live, self._shop, owner=life)
        self.expander = Expander(db, live, self._shop, owner=life)
        self.downloads = Downloads(db, live, self._shop, self.workers, self.expander)
        self._db, self._media_dir = db, paths.media_dir
        metrics.gauge_of("downloads_running", "Downloads under way", lambda: self.workers.running)
        metrics.gauge_of("downloads_warm", "Processes that wait for a download", lambda: self._shop.reserve.ready)

    def runs(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs by itself, by its name."""
        return {"workers": self.workers.run, "lists": self.expander.run}

    def jobs(self) -> Sequence[Job]:
        return jobs.jobs(self._db, self.ytdlp)

    def listeners(self) -> Sequence[Listener]:
        return listeners.listeners(self._media_dir)

    async def start(self) -> None:
        """Make the folders and open the way out; the workers begin with their `run`."""
        await asyncio.to_thread(self._shop.workspace.prepare)
        await asyncio.to_thread(self._shop.workspace.keep_only, await self._db.read(queries.all_ids))
        await self.egress.start()
        self.ytdlp.start()

    async def stop(self) -> None:
        await self.ytdlp.stop()
        await self._shop.reserve.stop()
        await self.egress.stop()

    async def is_working(self) -> bool:
        """Whether what an earlier life left was recovered."""
        return self.workers.recovered.is_set()

    def take_over(self, settings: DownloadsSettings) -> None:
        """Let reloaded settings hold for what begins from now on."""
        self._shop.settings = settings
        self.egress.policy = AddressPolicy.typed(settings.private_endpoints)
