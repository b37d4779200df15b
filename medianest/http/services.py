"""What both faces are made from: the features' verbs and the services that `app` started."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medianest.accounts.by_plex import ByPlex
from medianest.accounts.service import Accounts
from medianest.admin.backups import Backups
from medianest.admin.types import Fact
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.journal import Dispatcher
from medianest.core.metrics import Metrics
from medianest.core.readiness import Checks
from medianest.core.scheduler import Scheduler
from medianest.downloads.service import Downloads
from medianest.downloads.ytdlp.updates import Ytdlp
from medianest.media_requests.discovery import Discovery
from medianest.media_requests.overseerr import Overseerr
from medianest.media_requests.service import Requests
from medianest.notifications.inbox import Inbox
from medianest.notifications.service import Notifications
from medianest.pictures.service import Pictures
from medianest.plex.titles.service import Titles
from medianest.status.service import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`app` makes one; each handler takes from it what it needs.

    `titles` are those of the Plex server, `status` how the services of the house are, `telling` what people are told
    and how; `settings` are those that hold at that moment; `examine` has the doctor look at everything; `ready` names
    what must hold before requests are sent here; `openapi` is the document of the machine face.
    """

    db: Database
    accounts: Accounts
    by_plex: ByPlex
    downloads: Downloads
    ytdlp: Ytdlp
    pictures: Pictures
    titles: Titles
    overseerr: Overseerr
    status: Status
    telling: Notifications
    dispatcher: Dispatcher
    scheduler: Scheduler
    backups: Backups
    metrics: Metrics
    catalogues: Catalogues
    settings: Callable[[], Settings]
    examine: Callable[[], Awaitable[Sequence[Fact]]]
    ready: Checks
    openapi: Callable[[], Mapping[str, Any]]

    @property
    def requests(self) -> Requests:
        return self.overseerr.requests

    @property
    def inbox(self) -> Inbox:
        return self.telling.inbox

    @property
    def base_path(self) -> str:
        return self.settings().server.base_path

    @property
    def discovery(self) -> Discovery:
        return self.overseerr.discovery
