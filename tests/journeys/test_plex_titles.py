"""From the home page to what plays in Plex: shelves, search, a show; and a download that Plex finds at once."""

import pytest
from playwright.async_api import expect

from tests.browser import PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.media_site import MediaSite
from tests.fakes.plex import Plex, Scan
from tests.portal import Portal, Queue
from tests.portal.fixtures import NewPortal, connected, title_in_plex

pytestmark = pytest.mark.slow


@pytest.fixture
def portal(new_portal: NewPortal, media_site: MediaSite, plex: Plex) -> Portal:
    """A portal with a Plex server, whose films lie where ours arrive."""
    settings = {"plex": connected(plex)}
    made: Portal = new_portal(allow=[media_site.address], settings=settings)
    plex.server.shelves.sections["1"].folder = str(made.media_dir)
    made.start()
    return made


async def test_from_the_home_page_to_an_episode_in_plex(visitors: Visitors, portal: Portal, plex: Plex) -> None:
    title_in_plex(portal, "harbour lights")
    page = await visitors.page(PHONE, storage_state=portal.browser_state())
    await page.goto(portal.url("/"), wait_until="load")
    with plex.server.lock:
        film = plex.server.shelves.add("1", "movie", "Glass Tide", year=2026)
    plex.server.events.timeline(film)
    await expect(page.locator("#plex-new").get_by_role("link", name="Glass Tide")).to_be_visible()
    await page.get_by_role("link", name="See all: New in Plex").click()
    await page.get_by_role("searchbox", name="Search in Plex").fill("harbor")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_role("heading", name="Nothing is called like that")).to_be_visible()
    await page.get_by_role("searchbox", name="Search in Plex").fill("Härbour")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Harbour Lights").click()
    await expect(page.get_by_role("heading", name="Season 2")).to_be_visible()
    way = page.get_by_role("link", name="Watch “Episode 2” in Plex").first
    assert f"/desktop/#!/server/{plex.server.machine}/details?key=" in (await way.get_attribute("href") or "")
    await assert_fits(page)
    await assert_accessible(page)


async def test_what_came_in_is_scanned_by_plex_at_once(portal: Portal, plex: Plex, media_site: MediaSite) -> None:
    title_in_plex(portal, "paper boats")
    queue = Queue(portal.admin())
    download = queue.add(media_site.url("/files/clip.mp4", key="plex"))
    file = queue.until(download["id"], "completed")["file"]["path"]
    plex.server.wait_for("/library/sections/1/refresh")
    assert plex.server.scans == [Scan("1", str((portal.media_dir / file).parent))]
    with portal.program("metrics") as program:
        figures = program.get("/metrics").text
    assert [f'medianest_upstream_up{{upstream="{name}"}} 1.0' in figures for name in ("Plex", "plex.tv")] == [True] * 2
