"""The way to the server of the settings: one client, kept until they name another server or key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from medianest.core.circuit import State
from medianest.core.config import OverseerrSettings
from medianest.core.i18n import msg
from medianest.core.outbound.calls import Guards
from medianest.core.resilience import Bulkhead, CircuitBreaker, Health, Retry, RetryLimits
from medianest.media_requests.errors import NoServer

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

NAME = "Overseerr"
_AT_ONCE, _WAITING = 4, 16
SOON = RetryLimits(pause_from_s=0.05, pause_to_s=0.2)
"""A page may wait for the second try: it comes before anybody notices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with the server; `is_refused` says that it answers and does not take the key."""

    is_set_up: bool
    is_away: bool = False
    away_since: datetime | None = None
    is_refused: bool = False


class Connection:
    """Looks at the settings at each use, so that others count from the next call on."""

    def __init__(
        self,
        settings: Callable[[], OverseerrSettings],
        on_change: Callable[[], None] = lambda: None,
        *,
        retry: Retry | None = None,
    ) -> None:
        """`on_change` is told when the server is away, and when it is back."""
        self._settings = settings
        self._on_change = on_change
        self._retry = retry or Retry(SOON)
        self._asking: Asking | None = None
        self._named: tuple[str, str] | None = None
        self._breaker = CircuitBreaker(NAME)
        self._away_since: datetime | None = None

    async def asking(self) -> "Asking":
        """The calls to the server. Raises NoServer."""
        named = self._server()
        if named is None:
            await self.close()
            raise NoServer(msg("requests.no_server"))
        if self._asking is None or named != self._named:
            await self._turn_to(named)
        assert self._asking
        return self._asking

    @property
    def standing(self) -> Standing:
        """As far as is known without asking."""
        named = self._server()
        if named is None or self._named not in (None, named):
            return Standing(is_set_up=named is not None)
        return Standing(
            is_set_up=True,
            is_away=self._away_since is not None,
            away_since=self._away_since,
            is_refused=self.health.credentials_refused,
        )

    @property
    def health(self) -> Health:
        return self._breaker.health

    async def close(self) -> None:
        old, self._asking, self._named = self._asking, None, None
        if old:
            await old.close()

    def _server(self) -> tuple[str, str] | None:
        settings = self._settings()
        key = settings.api_key.get_secret_value()
        return (settings.url, key) if settings.url and key else None

    async def _turn_to(self, named: tuple[str, str]) -> None:
        # it brings httpx, of which a portal that asks nobody has no need
        from medianest.media_requests.client import Asking

        old, before = self._asking, self._named
        if before is None or before[0] != named[0]:
            self._breaker, self._away_since = CircuitBreaker(NAME), None
        bulkhead = Bulkhead(NAME, at_once=_AT_ONCE, waiting=_WAITING)
        guards = Guards(breaker=self._breaker, retry=self._retry, bulkhead=bulkhead, called=self._notice)
        self._asking, self._named = Asking(*named, guards), named
        if old:
            await old.close()

    def _notice(self) -> None:
        health = self.health
        good, bad = health.last_good_at, health.last_bad_at
        is_away = bad is not None and (health.state is not State.CLOSED or good is None or good < bad)
        if is_away is (self._away_since is not None):
            return
        self._away_since = bad if is_away else None
        self._on_change()
