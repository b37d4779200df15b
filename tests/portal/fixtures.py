"""Fixtures of the running portal."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import pytest

from medianest.core.actor import Role
from tests.fakes.media_site import MediaSite
from tests.fakes.overseerr import Overseerr
from tests.fakes.plex import OWNER, Plex
from tests.portal import at_rest
from tests.portal.portal import Portal

NewPortal = Callable[..., Portal]
PEOPLE = {"Mia": Role.MEMBER, "Kim": Role.CHILD}
"""Who lives with the administrator where tests share a portal; their password is the portal's."""
NOWHERE = "http://127.0.0.1:9"
_BUSY = {"workers": 4, "per_site": 4, "min_free_bytes": 0}


def connected(plex: Plex) -> dict[str, str]:
    """The settings by which a portal has the stand-in's server."""
    return {"server_url": plex.server.base, "token": plex.server.token_for(OWNER), "tv_url": plex.tv.base}


def title_in_plex(portal: Portal, text: str, *, patience_s: float = 30.0) -> str:
    """The id of the first title that is called so, as soon as the portal has read of it."""
    deadline = monotonic() + patience_s
    while not (found := portal.admin().get("/api/v1/plex/search", params={"q": text}).json()["items"]):
        assert monotonic() < deadline, f"{text} is not in Plex\n{portal.log}"
        sleep(0.05)
    return str(found[0]["id"])


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
    """A portal that is ready, in which nobody was before, and may fetch from the media site."""
    started = new_portal(allow=[media_site.address])
    at_rest.furnish(started.data_dir)
    started.start()
    return started


@pytest.fixture(scope="session")
def shared_portal(
    tmp_path_factory: pytest.TempPathFactory, _media_site: MediaSite, _plex: Plex, _overseerr: Overseerr
) -> Iterator[Portal]:
    """One portal, with `PEOPLE`, for all tests that leave it running and only add downloads of their own to it.

    A Plex server is connected that has the titles of the stand-in's first day, and Overseerr, where everybody asks as
    one; pictures of its titles are nowhere.
    """
    folder = tmp_path_factory.mktemp("shared-portal")
    named = {"url": _overseerr.base, "api_key": _overseerr.key, "household_user_id": 2}
    settings = {"downloads": _BUSY, "plex": connected(_plex), "overseerr": named, "pictures": {"tmdb_url": NOWHERE}}
    with Portal(folder, people=PEOPLE, allow=[_media_site.address], settings=settings) as portal:
        portal.admin()
        yield portal
