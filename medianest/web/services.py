"""What the pages are made from: the features' verbs and the services that `app` started."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medianest.accounts.service import Accounts
from medianest.admin.backups import Backups
from medianest.admin.types import Fact
from medianest.core.db import Database
from medianest.core.i18n import Catalogues
from medianest.core.journal import Dispatcher
from medianest.core.scheduler import Scheduler
from medianest.downloads.service import Downloads
from medianest.web.templating import Templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """`app` makes one; each handler takes from it what it needs.

    `examine` has the doctor look at everything; `openapi` is the document of the machine face.
    """

    db: Database
    accounts: Accounts
    downloads: Downloads
    dispatcher: Dispatcher
    scheduler: Scheduler
    catalogues: Catalogues
    templates: Templates
    backups: Backups
    examine: Callable[[], Awaitable[Sequence[Fact]]]
    openapi: Callable[[], Mapping[str, Any]]
