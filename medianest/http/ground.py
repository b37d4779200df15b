"""The floor as a whole: what the application lays, starts and ends (used by `app`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar.di import Provide
from litestar.types import ASGIApp, Scope

from medianest.accounts.service import Accounts
from medianest.core.actor import Actor
from medianest.core.config import ServerSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.core.security import new_id
from medianest.http.asking import Asking, asking_in
from medianest.http.cors import CrossOrigin
from medianest.http.deadlines import Deadlines
from medianest.http.etags import Etags
from medianest.http.floor import Floor, Parts, Refuse, Rules
from medianest.http.hosts import HostRule
from medianest.http.hub import EventHub
from medianest.http.idempotency import Repetitions
from medianest.http.leases import Leases
from medianest.http.limits import Limits, Rates
from medianest.http.networks import NetworkRule
from medianest.http.proxies import Networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`leases` and `hub` have a `run` for the supervisor; `leases.end_all` comes first of all that stops."""

    rules: Rules
    parts: Parts
    leases: Leases
    hub: EventHub

    def wrap(self, app: ASGIApp, *, refuse: Refuse) -> Floor:
        """The application as it is served; `refuse` answers with an error as the face of the path does."""
        return Floor(app, self.rules, self.parts, refuse=refuse)

    def dependencies(self) -> dict[str, Provide]:
        """What a handler may name among its parameters: `actor: Actor`, `asking: Asking`, `hub: EventHub`."""

        def actor(scope: Scope) -> Actor:
            return asking_in(scope).actor

        def asking(scope: Scope) -> Asking:
            return asking_in(scope)

        def hub() -> EventHub:
            return self.hub

        return {provide.__name__: Provide(provide, sync_to_thread=False) for provide in (actor, asking, hub)}


def lay(
    db: Database,
    live: Live,
    accounts: Accounts,
    server: ServerSettings,
    *,
    build: str,
    languages: Sequence[str] = ("en",),
    bodies: Mapping[str, int] | None = None,
    rates: Rates | None = None,
    deadlines: Deadlines | None = None,
) -> Ground:
    """The floor over these services; it hears of every commit from now on."""
    process = new_id()
    leases = Leases(accounts.identities.still)
    hub = EventHub(db, live, leases)
    db.after_commit(leases.tables_changed)
    db.after_commit(hub.tables_changed)
    parts = Parts(
        identities=accounts.identities,
        limits=Limits(rates or Rates()),
        etags=Etags(made_by=(process, build), versions=db.versions, live=live),
        leases=leases,
        repetitions=Repetitions(db, process=process),
    )
    return Ground(
        rules=_rules(server, languages, bodies or {}, deadlines or Deadlines()), parts=parts, leases=leases, hub=hub
    )


def _rules(server: ServerSettings, languages: Sequence[str], bodies: Mapping[str, int], deadlines: Deadlines) -> Rules:
    return Rules(
        networks=NetworkRule(server.allowed_networks),
        hosts=HostRule(public_url=server.public_url, allowed_hosts=server.allowed_hosts),
        trusted_proxies=Networks(server.trusted_proxies),
        metrics_allow=Networks(server.metrics_allow),
        cross_origin=CrossOrigin(server.cors_origins),
        public_url=server.public_url,
        base_path=server.base_path,
        languages=tuple(languages),
        bodies=bodies,
        deadlines=deadlines,
    )
