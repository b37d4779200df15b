"""A studio over the stand-ins."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes.image_host import ImageHost
from tests.fakes.plex import Plex
from tests.fakes.plex.messages import Reply
from tests.pictures.samples import picture
from tests.pictures.studio import Studio, at, open_studio


@pytest.fixture
def host() -> Iterator[ImageHost]:
    """TMDB's image host, with one poster."""
    with ImageHost() as running:
        running.pictures["/poster.jpg"] = Reply(body=picture("JPEG"), media_type="image/jpeg")
        yield running


@pytest.fixture
async def studio(tmp_path: Path, host: ImageHost) -> AsyncIterator[Studio]:
    async with open_studio(tmp_path, host) as running:
        yield running


@pytest.fixture
async def plex_studio(tmp_path: Path, host: ImageHost, plex: Plex) -> AsyncIterator[Studio]:
    """The same, and the household has a Plex server."""
    async with open_studio(tmp_path, host, plex=at(plex.server)) as running:
        yield running
