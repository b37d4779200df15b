"""Fixtures of the fakes, for every test."""

from collections.abc import Iterator

import pytest

from tests.fakes.canary import Canary
from tests.fakes.media_site import MediaSite
from tests.fakes.overseerr import May, Overseerr
from tests.fakes.package_index import PackageIndex
from tests.fakes.plex import Plex
from tests.fakes.uptime_kuma import NEW, OLD, UptimeKuma


@pytest.fixture(scope="session")
def _media_site() -> Iterator[MediaSite]:
    with MediaSite.in_thread() as site:
        yield site


@pytest.fixture
def media_site(_media_site: MediaSite) -> MediaSite:
    """The media site in a thread beside the tests, with nothing in its log."""
    _media_site.forget()
    return _media_site


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A port on loopback that nothing may reach."""
    with Canary() as listener:
        yield listener


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    """A package index that has yt-dlp-ejs and, so far, no yt-dlp."""
    with PackageIndex() as offering:
        yield offering


@pytest.fixture(scope="session")
def _plex() -> Iterator[Plex]:
    """The same for portals that many tests share, which leave it as it is."""
    with Plex() as running:
        yield running


@pytest.fixture
def plex() -> Iterator[Plex]:
    """plex.tv and two media servers, as they are on the first day."""
    with Plex() as running:
        yield running


@pytest.fixture(scope="session")
def _overseerr() -> Iterator[Overseerr]:
    """The same for portals that many tests share, with its administrator and one account for everybody."""
    with Overseerr() as running:
        running.add("owner", plex_id=1001)
        running.add("house", plex_id=1002, permissions=May.REQUEST | May.CREATE_ISSUES)
        yield running


@pytest.fixture
def overseerr() -> Iterator[Overseerr]:
    """Overseerr with its administrator, and Alice and Bob, who may ask."""
    with Overseerr() as running:
        for number, name in enumerate(("owner", "alice", "bob"), 1001):
            running.add(name, plex_id=number)
        yield running


@pytest.fixture(params=[OLD, NEW], ids=lambda dialect: dialect.version)
def either_kuma(request: pytest.FixtureRequest) -> Iterator[UptimeKuma]:
    """Uptime Kuma with the ten monitors of the recording, in each of its dialects."""
    with UptimeKuma(request.param) as running:
        yield running


@pytest.fixture
def kuma() -> Iterator[UptimeKuma]:
    """The newer one."""
    with UptimeKuma() as running:
        yield running
