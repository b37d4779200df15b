"""Everything that pictures need, put together as the portal has it."""

from collections.abc import Callable

from medianest.core.config import Settings
from medianest.core.metrics import Metrics
from medianest.core.outbound import AddressPolicy
from medianest.core.resilience import CircuitBreaker
from medianest.pictures.artwork import Artwork, Find
from medianest.pictures.client import Upstream
from medianest.pictures.decoders import Decoders
from medianest.pictures.paths import as_it_is, tmdb_target
from medianest.pictures.places import Place, Where
from medianest.pictures.service import Origin, Pictures
from medianest.pictures.shelf import Shelf
from medianest.pictures.types import Source

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

    async def at_tmdb() -> Place:
        return tmdb

    origins: dict[Source, Origin] = {
        Source.PLEX: Upstream(plex, CircuitBreaker("Plex (pictures)"), target=as_it_is),
        Source.TMDB: Upstream(at_tmdb, CircuitBreaker("TMDB (pictures)"), target=tmdb_target),
        Source.ARTWORK: Artwork(artwork),
    }
    return Pictures(origins, shelf, Decoders(folder), paths.key_file, metrics)


def tmdb_place(url: str) -> Place:
    """The public host, wherever its name leads; one that was configured in its place may be private."""
    return Place(base_url=url, policy=AddressPolicy.typed()) if url == TMDB else Place.configured(url)
