"""What a site does to harm the house, through the portal's API: no forbidden visit, no file outside the folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.canary import Canary
from tests.fakes.media_site import LEADING_KINDS, PRIVATE_ADDRESSES, MediaSite
from tests.portal import Download, Portal, Queue

SIDE_ISSUES = {"poster", "track"}
"""These lead astray only what a download can do without."""
TITLES = ("traversal", "backslashes", "absolute", "dots", "nul", "hidden", "leading-dash", "template", "lines", "long")


@pytest.fixture(scope="module")
def watched() -> Iterator[Canary]:
    """A port beside the media site that is not in `allow_private_hosts`."""
    with Canary() as canary:
        yield canary


@pytest.fixture(scope="module")
def led(shared_portal: Portal, _media_site: MediaSite, watched: Canary) -> dict[str, str]:
    """The ids of links of all kinds that lead to the canary, queued in one go."""
    queue = Queue(shared_portal.admin())
    return {kind: queue.add(_media_site.leading_to(kind, watched.url()))["id"] for kind in LEADING_KINDS}


@pytest.fixture(scope="module")
def titled(shared_portal: Portal, _media_site: MediaSite) -> dict[str, str]:
    """The ids of links whose pages have hostile titles."""
    queue = Queue(shared_portal.admin())
    return {name: queue.add(f"{_media_site.base}/hostile/title/{name}")["id"] for name in TITLES}


def over(portal: Portal, id: str) -> Download:
    return Queue(portal.admin()).until(id, patience_s=120)


@pytest.mark.parametrize("kind", LEADING_KINDS)
def test_nothing_leads_to_a_private_address(
    shared_portal: Portal, led: dict[str, str], watched: Canary, kind: str
) -> None:
    ended = over(shared_portal, led[kind])

    if kind in SIDE_ISSUES:
        assert (ended["state"], ended["error"]) == ("completed", None)
    else:
        assert ended["state"] == "failed"
        assert ended["error"]["code"] in ("blocked_address", "unsupported_url")
        assert ended["file"] is None
    assert watched.connections == 0


def test_a_preview_leads_there_no_more_than_a_download(
    shared_portal: Portal, media_site: MediaSite, watched: Canary
) -> None:
    admin = shared_portal.admin()
    for kind in ("redirect", "source-redirect", "poster"):
        admin.post("/api/v1/downloads/preview", json={"url": media_site.leading_to(kind, watched.url("/preview"))})

    assert watched.connections == 0


@pytest.mark.parametrize("address", [*PRIVATE_ADDRESSES, "http://localhost:1/", "ftp://198.51.100.1/x", "javascript:1"])
@pytest.mark.parametrize("call", ["/api/v1/downloads", "/api/v1/downloads/preview"])
def test_a_private_address_is_refused_at_once(shared_portal: Portal, call: str, address: str) -> None:
    answer = shared_portal.admin().post(call, json={"url": address})

    assert answer.status_code == 422
    assert answer.json()["code"] == ("blocked_address" if address.startswith("http") else "unsupported_url")


@pytest.mark.parametrize("name", TITLES)
def test_no_title_leads_out_of_the_media_folder(shared_portal: Portal, titled: dict[str, str], name: str) -> None:
    done = over(shared_portal, titled[name])
    assert done["error"] is None
    file = (shared_portal.media_dir / done["file"]["path"]).resolve()

    assert file.is_file()
    assert file.is_relative_to(shared_portal.media_dir.resolve())
    assert file.suffix == ".mp4"
    assert file.name.isprintable()
    assert not file.name.startswith((".", "-"))
    assert done["title"].isprintable()


def test_nothing_was_written_beside_the_folders(shared_portal: Portal, titled: dict[str, str]) -> None:
    for id in titled.values():
        over(shared_portal, id)

    assert {path.name for path in shared_portal.folder.iterdir()} == {"config.toml", "data", "media", "portal.log"}
    assert not Path("/etc/cron.d/evil").exists()
