"""Titles, pages and manifests that mean harm."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from medianest.downloads.protocol import Failed, Fetched, Probed
from medianest.downloads.spawn import Child, Tools
from medianest.downloads.types import ErrorCode
from tests.downloads.conftest import Desk, open_desk, open_egress
from tests.downloads.test_naming import assert_harmless, named
from tests.fakes.canary import Canary
from tests.fakes.media_site import HOSTILE_TITLES, LEADING_KINDS, MediaSite

HARMLESS_KINDS = {"poster", "track"}
"""These lead astray only what is not needed."""


class Met(NamedTuple):
    """A child that has looked at a link, and who speaks to it."""

    desk: Desk
    child: Child


@pytest.fixture(params=[False, True], ids=["new", "waited"])
def waited(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[False, True], ids=["new", "waited"])
async def met(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tools: Tools, _media_site: MediaSite
) -> AsyncIterator[Met]:
    folder = tmp_path_factory.mktemp("met")
    async with open_egress(_media_site) as egress, open_desk(folder, tools, egress, waited=request.param) as desk:
        child = await desk.child()
        await desk.probe(_media_site.base + "/files/clip.mp4", child=child)
        yield Met(desk, child)


def everything_below(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


async def test_every_title_becomes_a_harmless_name(
    desk: Desk, media_site: MediaSite, subtests: pytest.Subtests
) -> None:
    child = await desk.child()
    for name in HOSTILE_TITLES:
        with subtests.test(title=name):
            found = await desk.probe(f"{media_site.base}/hostile/title/{name}", child=child)
            assert isinstance(found, Probed)
            assert 0 < len(found.info.title) <= 300
            assert found.info.title.isprintable()
            assert_harmless(named(found.info.title, found.info.source_id, "mp4"))


@pytest.mark.parametrize("title", ["traversal", "nul", "surrogate", "long"])
async def test_no_title_leads_out_of_the_folder(desk: Desk, media_site: MediaSite, tmp_path: Path, title: str) -> None:
    fetched = await desk.fetch(f"{media_site.base}/hostile/title/{title}")
    assert isinstance(fetched, Fetched)
    assert_harmless(named(fetched.info.title, fetched.info.source_id, "mp4"))
    assert {path.parent for path in everything_below(tmp_path)} == {tmp_path, desk.folder, desk.folder / "out"}


@pytest.mark.parametrize("scheme", ["http", "file", "tcp"])
async def test_nothing_leads_to_an_address_that_is_not_allowed(
    desk: Desk, media_site: MediaSite, canary: Canary, subtests: pytest.Subtests, scheme: str
) -> None:
    child = await desk.child()
    target = {"http": f"http://{canary.address}/x.mp4", "file": "file:///etc/passwd", "tcp": f"tcp://{canary.address}"}
    for kind in LEADING_KINDS:
        with subtests.test(kind=kind):
            found = await desk.fetch(media_site.leading_to(kind, target[scheme]), child=child)
            if kind in HARMLESS_KINDS:
                assert isinstance(found, Fetched)
            else:
                assert isinstance(found, Failed)
    assert canary.connections == 0
    assert not [path for path in everything_below(desk.folder) if b"root:" in _bytes(path)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "kind",
    ["redirect", "source", "linked-data", "og", "hls-segment", "hls-key", "hls-map", "hls-variant", "dash-segment"],
)
async def test_a_forbidden_address_is_called_that_at_once(
    met: Met, media_site: MediaSite, canary: Canary, kind: str
) -> None:
    desk, child = met
    began = desk.now()
    failed = await desk.fetch(media_site.leading_to(kind, f"http://{canary.address}/x.mp4"), child=child)
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.BLOCKED_ADDRESS
    assert desk.now() - began < 10
    assert canary.connections == 0


async def test_a_list_without_end_is_counted_to_a_limit(desk: Desk, media_site: MediaSite) -> None:
    found = await desk.probe(media_site.base + "/feed/6000.xml")
    assert isinstance(found, Probed)
    assert found.info.is_playlist
    assert found.info.entry_count in {5000, 6000}


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
