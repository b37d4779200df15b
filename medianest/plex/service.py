"""Plex as a whole: what the portal builds and ends."""

from pathlib import Path
from typing import TYPE_CHECKING

from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.core.metrics import Metrics
from medianest.core.resilience import CircuitBreaker, Retry
from medianest.plex.connecting import Connecting
from medianest.plex.installation import Installation
from medianest.plex.journeys import Journeys
from medianest.plex.membership import Membership

if TYPE_CHECKING:
    from medianest.plex.tv.client import Tv


class Plex:
    """The portal's place at Plex, and the ways there."""

    def __init__(
        self,
        db: Database,
        settings: PlexSettings,
        key_file: Path,
        metrics: Metrics | None = None,
        *,
        retry: Retry | None = None,
    ) -> None:
        self.installation = Installation(db, settings, key_file)
        self._retry = retry
        self._breaker = CircuitBreaker("plex.tv")
        (metrics or Metrics()).upstream(lambda: self._breaker.health)
        self._tv: Tv | None = None
        self.journeys = Journeys(db, self.installation, self.tv)
        self.membership = Membership(self.installation, self.tv)
        self.connecting = Connecting(db, self.installation, self.tv, self.journeys)

    def tv(self) -> "Tv":
        """What asks plex.tv."""
        if self._tv is None:
            from medianest.plex.tv.client import Tv  # httpx, which a portal that asks nobody starts without

            url, client_id = self.installation.settings.tv_url, self.installation.client_id
            self._tv = Tv(url, client_id, self._breaker, retry=self._retry)
        return self._tv

    async def stop(self) -> None:
        if self._tv is not None:
            await self._tv.close()
