"""Pictures as the portal has them, over stand-ins of their sources."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from medianest.core.config import DownloadsSettings, PathsSettings, PicturesSettings, Settings
from medianest.core.metrics import Metrics
from medianest.pictures import building
from medianest.pictures.places import Place, Where
from medianest.pictures.service import Pictures
from medianest.pictures.types import Size, Source
from tests.fakes.image_host import ImageHost
from tests.fakes.plex import OWNER, MediaServer


@dataclass
class Studio:
    """What the portal builds, and the fake of TMDB's image host."""

    pictures: Pictures
    host: ImageHost
    folder: Path
    metrics: Metrics
    held: list[Settings]
    """The settings, of which the last hold."""

    async def get(self, path: str, size: Size = Size.POSTER_154, source: Source = Source.TMDB) -> bytes:
        """What the address of this picture answers with."""
        address = self.pictures.address_of(source, path, size)
        assert address
        return await self.pictures.get(self.pictures.asked(address))

    @property
    def kept(self) -> list[Path]:
        return sorted((self.folder / "cache" / "pictures").glob("??/*"))

    def counted(self, outcome: str, source: Source = Source.TMDB) -> float:
        line = f'medianest_pictures_total{{outcome="{outcome}",source="{source}"}} '
        found = [text for text in self.metrics.render().decode().splitlines() if text.startswith(line)]
        return float(found[0].removeprefix(line)) if found else 0.0


@asynccontextmanager
async def open_studio(
    folder: Path, host: ImageHost, *, cache_bytes: int = 1 << 26, plex: Where | None = None
) -> AsyncIterator[Studio]:
    settings = Settings(
        paths=PathsSettings(data_dir=folder),
        pictures=PicturesSettings(tmdb_url=host.base, cache_bytes=cache_bytes),
        downloads=DownloadsSettings(min_free_data_bytes=0),
    )
    metrics, held = Metrics(), [settings]
    pictures = building.build(
        lambda: held[-1], metrics, plex=plex or no_server, artwork=lambda name: folder / "artwork" / name
    )
    await pictures.start()
    try:
        yield Studio(pictures, host, folder, metrics, held)
    finally:
        await pictures.stop()


async def no_server() -> None:
    """No Plex server is connected."""


def at(server: MediaServer) -> Where:
    """Where the household's Plex server is, with its owner's token."""
    token = server.token_for(OWNER)

    async def where() -> Place:
        return Place.configured(server.base, {"X-Plex-Token": token})

    return where
