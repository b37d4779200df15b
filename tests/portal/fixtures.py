"""Fixtures of the running portal."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fakes.media_site import MediaSite
from tests.portal.portal import Portal

NewPortal = Callable[..., Portal]


@pytest.fixture
def new_portal(tmp_path: Path) -> Iterator[NewPortal]:
    """Makes portals that are not started yet, each in a folder of its own."""
    with ExitStack() as portals:

        def make(**options: object) -> Portal:
            folder = tmp_path / f"portal-{len(list(tmp_path.iterdir()))}"
            portal = Portal(folder, **options)  # type: ignore[arg-type] # as Portal takes them
            portals.callback(portal.close)
            return portal

        yield make


@pytest.fixture
def portal(new_portal: NewPortal, media_site: MediaSite) -> Portal:
    """A fresh portal that is ready, and may fetch from the media site."""
    started = new_portal(allow=[media_site.address])
    started.start()
    return started
