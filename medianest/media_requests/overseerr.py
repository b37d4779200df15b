"""Overseerr as a whole: what the portal builds, starts and ends."""

from collections.abc import Awaitable, Callable, Sequence

from medianest.accounts.rights import require_admin
from medianest.core.actor import Actor
from medianest.core.config import Settings
from medianest.core.db import Database
from medianest.core.event import HOUSEHOLD
from medianest.core.i18n import Message, msg
from medianest.core.jobs import Job
from medianest.core.journal import Listener
from medianest.core.live import Live, Signal
from medianest.core.metrics import Metrics
from medianest.core.resilience import Health, Retry
from medianest.core.security import new_id
from medianest.media_requests import jobs, listeners, problem_queries, queries, rights
from medianest.media_requests.connection import Connection, Standing
from medianest.media_requests.decision_links import DecisionLinks
from medianest.media_requests.discovery import Discovery
from medianest.media_requests.errand_book import ErrandBook
from medianest.media_requests.errands import Errands
from medianest.media_requests.errors import NoServer
from medianest.media_requests.hints import Hints
from medianest.media_requests.people import People
from medianest.media_requests.problems import Problems
from medianest.media_requests.reach.looking import look
from medianest.media_requests.reach.types import Look
from medianest.media_requests.service import Requests
from medianest.media_requests.types import Fetcher, MediaType
from medianest.media_requests.webhook import Webhook
from medianest.media_requests.whom import Whom
from medianest.plex import people

STANDING = "requests.standing"


class Overseerr:
    """What people ask of the server, and what it tells by itself; `settings` are those that hold at that moment."""

    def __init__(
        self,
        db: Database,
        live: Live,
        metrics: Metrics,
        settings: Callable[[], Settings],
        *,
        retry: Retry | None = None,
    ) -> None:
        self._db = db
        self._live = live
        self._settings = settings
        self.connection = Connection(lambda: settings().overseerr, self._changed, retry=retry)
        self.whom = Whom(db, self._plex_id_of, lambda: settings().overseerr.household_user_id)
        errands = Errands(ErrandBook(db), self._said)
        self.requests = Requests(db, self.connection, self.whom, new_id(), errands)
        self.decisions = DecisionLinks(db, settings, self.requests)
        self.people = People(db, self.connection, self.whom)
        self.problems = Problems(db, self.connection, self.whom, errands)
        self.hints = Hints(self.requests.look_again, self.problems.look_again)
        self.discovery = Discovery(self.connection.asking, self.people)
        self.webhook = Webhook(settings, self.connection, self.hints)
        metrics.gauge_of("overseerr_away", "Whether Overseerr does not answer", lambda: self.standing.is_away)
        metrics.gauge_of("overseerr_refused", "Whether Overseerr refuses the key", lambda: self.standing.is_refused)
        metrics.gauge_of("overseerr_turned_away", "Calls not made while it is away", lambda: self.health.turned_away)

    @property
    def standing(self) -> Standing:
        """How it stands with the server, as far as is known without asking."""
        return self.connection.standing

    @property
    def health(self) -> Health:
        return self.connection.health

    async def look(self, actor: Actor) -> Look:
        """Test the connection that the settings name. Raises Forbidden and NoServer."""
        require_admin(actor)
        settings = self._settings().overseerr
        if not settings.url:
            raise NoServer(msg("requests.no_server"))
        return await look(settings.url, settings.api_key.get_secret_value())

    async def fetchers(self, actor: Actor, kind: MediaType) -> Sequence[Fetcher]:
        """The servers that fetch films or series, with what may be chosen there. Raises Forbidden and Unavailable."""
        rights.require_decider(actor)
        return await self.discovery.fetchers(kind)

    def runs(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs by itself, by its name."""
        return {**self.requests.runs(), "overseerr hints": self.hints.run}

    def jobs(self) -> Sequence[Job]:
        return jobs.jobs(self._look)

    def listeners(self) -> Sequence[Listener]:
        return listeners.listeners()

    async def start(self) -> None:
        await self.requests.start()

    async def stop(self) -> None:
        await self.requests.stop()
        await self.discovery.stop()
        await self.connection.close()

    async def _look(self) -> Message | None:
        if not self.standing.is_set_up:
            return None
        changed = await self.requests.reconcile()
        await self.problems.reconcile()
        return msg("requests.reconciled", n=changed) if changed else None

    def _changed(self) -> None:
        """Whoever watches hears when the server goes or comes; what waits for it goes out when it comes."""
        self._tell()
        if not self.standing.is_away:
            self.requests.nudge()

    def _said(self) -> None:
        """What shows requests and problems tells what is on its way, too."""
        self._db.versions.advance(frozenset((*queries.TABLES, *problem_queries.TABLES)))
        self._tell()

    def _tell(self) -> None:
        self._live.publish(Signal(kind=STANDING, subject_id=STANDING, audience=HOUSEHOLD, data=None))

    async def _plex_id_of(self, user_id: str) -> int | None:
        identity = await self._db.read(people.identity, user_id)
        return identity.plex_id if identity else None
