"""The way to the server that is connected now: one client, kept until the server or its token is another."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from medianest.core import clock
from medianest.core.circuit import State
from medianest.core.i18n import msg
from medianest.core.outbound.calls import Guards
from medianest.core.resilience import Bulkhead, CircuitBreaker, Health, Retry
from medianest.plex.titles.errors import NoServer
from medianest.plex.types import ServerConnection

if TYPE_CHECKING:
    from medianest.plex.titles.client import Asking

NAME = "Plex"
CurrentServer = Callable[[], Awaitable[ServerConnection | None]]
ClientId = Callable[[], Awaitable[str]]


class Connection:
    """Asks for the current server at each use, so that another one counts from the next call on."""

    def __init__(
        self, current: CurrentServer, client_id: ClientId, on_change: Callable[[], None] = lambda: None
    ) -> None:
        """`on_change` is told when the server is away, and when it is back."""
        self._current = current
        self._client_id = client_id
        self._server: ServerConnection | None = None
        self._asking: Asking | None = None
        self._breaker = CircuitBreaker(NAME)
        self._on_change = on_change
        self._was_away = False
        self._away_since: datetime | None = None

    async def server(self) -> ServerConnection | None:
        """The household's server; None where none is connected, or none is known yet."""
        return await self._current()

    async def asking(self) -> "tuple[ServerConnection, Asking]":
        """The server and the calls to it. Raises NoServer."""
        server = await self._current()
        if server is None:
            raise NoServer(msg("titles.not_connected"))
        if self._asking is None or server != self._server:
            await self._turn_to(server)
        assert self._asking
        return server, self._asking

    @property
    def is_made(self) -> bool:
        """Whether a server has been there to be asked since the portal started."""
        return self._server is not None

    @property
    def health(self) -> Health:
        return self._breaker.health

    @property
    def is_away(self) -> bool:
        """Whether the last that was heard of the server is that it does not answer."""
        health = self.health
        good, bad = health.last_good_at, health.last_bad_at
        return bad is not None and (health.state is not State.CLOSED or good is None or good < bad)

    @property
    def away_since(self) -> datetime | None:
        """When it was first seen that it does not answer."""
        return self._away_since if self.is_away else None

    def look_soon(self) -> None:
        """There is reason to believe that it is back: the next call may find out."""
        self._breaker.look_soon()

    async def close(self) -> None:
        if self._asking:
            await self._asking.close()
        self._server, self._asking = None, None

    async def _turn_to(self, server: ServerConnection) -> None:
        # it brings httpx, of which a portal without Plex has no need
        from medianest.plex.titles.client import Asking

        before, old = self._server, self._asking
        if before is None or before.url != server.url:
            self._breaker = CircuitBreaker(NAME)
        guards = Guards(breaker=self._breaker, retry=Retry(), bulkhead=Bulkhead(NAME), called=self._notice)
        headers = {"X-Plex-Client-Identifier": await self._client_id(), "X-Plex-Product": "MediaNest"}
        self._server, self._asking = server, Asking(server.url, server.token, guards, headers)
        if old:
            await old.close()

    def _notice(self) -> None:
        if self.is_away is not self._was_away:
            self._was_away = not self._was_away
            self._away_since = clock.now() if self._was_away else None
            self._on_change()
