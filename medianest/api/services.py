"""What the machine face calls."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from medianest.accounts.service import Accounts
from medianest.admin.backups import Backups
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.journal import Dispatcher
from medianest.core.metrics import Metrics
from medianest.core.scheduler import Scheduler
from medianest.downloads.service import Downloads

Check = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The portal's parts as this face needs them.

    `settings` are those that hold at that moment; `ready` names what must hold before requests are sent here.
    """

    db: Database
    accounts: Accounts
    downloads: Downloads
    scheduler: Scheduler
    dispatcher: Dispatcher
    backups: Backups
    metrics: Metrics
    catalogues: Catalogues
    settings: Callable[[], Settings]
    ready: Mapping[str, Check] = field(default_factory=dict)
    base_path: str = ""
