"""Everything that pictures need, put together as the portal has it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from medianest.core.config import Settings
from medianest.core.metrics import Metrics
from medianest.core.outbound import AddressPolicy
from medianest.core.resilience import CircuitBreaker, Health
from medianest.pictures.artwork import Artwork, Find
from medianest.pictures.decoders import Decoders
from medianest.pictures.paths import as_it_is, tmdb_target
from medianest.pictures.places import Place, Where
from medianest.pictures.service import Origin, Pictures
from medianest.pictures.shelf import Shelf
from medianest.pictures.types import Size, Source

if TYPE_CHECKING:
    from medianest.pictures.client import Upstream

TMDB = "https://image.tmdb.org"


def build(settings: Callable[[], Settings], metrics: Metrics, *, plex: Where, artwork: Find) -> Pictures:
    """`plex` says where the household's server is now, `artwork` where the picture of a download lies."""
    paths = settings().paths
    folder = paths.data_dir / "cache" / "pictures"
    shelf = Shelf(
        folder,
        most_bytes=lambda: settings().pictures.cache_bytes,
        least_free_bytes=lambda: settings().downloads.min_free_data_bytes,
    )
    tmdb = tmdb_place(settings().pictures.tmdb_url)

    async def tmdb_always() -> Place:
        return tmdb

    at_plex = _WhenAsked(plex, "Plex (pictures)", as_it_is)
    at_tmdb = _WhenAsked(tmdb_always, "TMDB (pictures)", tmdb_target)
    origins: dict[Source, Origin] = {
        Source.PLEX: at_plex,
        Source.TMDB: at_tmdb,
        Source.ARTWORK: Artwork(artwork),
    }
    for upstream in (at_plex, at_tmdb):
        metrics.upstream(upstream.health)
    return Pictures(origins, shelf, Decoders(folder), paths.key_file, metrics)


class _WhenAsked:
    """An upstream that is made, and brings httpx, when it is asked for the first time."""

    def __init__(self, where: Where, name: str, target: Callable[[str, Size], str]) -> None:
        self._where, self._target = where, target
        self._breaker = CircuitBreaker(name)
        self._upstream: Upstream | None = None

    def health(self) -> Health:
        return self._breaker.health

    async def fetch(self, path: str, size: Size) -> bytes:
        kind = await asyncio.to_thread(_upstream)
        self._upstream = self._upstream or kind(self._where, self._breaker, target=self._target)
        return await self._upstream.fetch(path, size)

    async def stop(self) -> None:
        if self._upstream:
            await self._upstream.stop()


def _upstream() -> "type[Upstream]":
    from medianest.pictures.client import Upstream

    return Upstream


def tmdb_place(url: str) -> Place:
    """The public host, wherever its name leads; one that was configured in its place may be private."""
    return Place(base_url=url, policy=AddressPolicy.typed()) if url == TMDB else Place.configured(url)
