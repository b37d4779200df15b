"""Fixtures of the running portal."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from medianest.core.actor import Role
from tests.fakes.media_site import MediaSite
from tests.portal.portal import Portal

NewPortal = Callable[..., Portal]
PEOPLE = {"Mia": Role.MEMBER, "Kim": Role.CHILD}
"""Who lives with the administrator where tests share a portal; their password is the portal's."""
_BUSY = {"workers": 4, "per_site": 4, "min_free_bytes": 0}


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


@pytest.fixture(scope="session")
def shared_portal(tmp_path_factory: pytest.TempPathFactory, _media_site: MediaSite) -> Iterator[Portal]:
    """One portal, with `PEOPLE`, for all tests that leave it running and only add downloads of their own to it."""
    folder = tmp_path_factory.mktemp("shared-portal")
    with Portal(folder, people=PEOPLE, allow=[_media_site.address], settings={"downloads": _BUSY}) as portal:
        portal.admin()
        yield portal
