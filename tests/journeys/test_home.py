"""The home page in a real browser while Plex is silent, away and back, and while a download comes in: nothing jumps."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser import DESK, PHONE, Look, Visitors, assert_accessible, assert_fits, assert_stood_still
from tests.fakes.media_site import MediaSite
from tests.fakes.plex import FRIEND, OWNER, Person, Plex
from tests.journeys.test_plex_sign_in import expect_inside, say_yes, set_out
from tests.portal import Portal, Queue
from tests.portal.fixtures import title_in_plex

pytestmark = pytest.mark.slow
BEGUN = "/hubs/continueWatching/items"
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
def standing_plex() -> Iterator[Plex]:
    with Plex() as running:
        for person in (OWNER, FRIEND):
            running.server.watch(person, running.server.shelves.items["5"], until_ms=1_350_000)
        yield running


@pytest.fixture
def plex(standing_plex: Plex) -> Iterator[Plex]:
    """The stand-in, in order again after each test."""
    yield standing_plex
    standing_plex.server.calm()
    standing_plex.server.back()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, standing_plex: Plex, _media_site: MediaSite) -> Iterator[Portal]:
    """A portal whose settings name the server and its owner's token, and that has read what is on it."""
    tv = standing_plex.tv
    named = {"server_url": standing_plex.server.base, "token": tv.token_of(OWNER), "tv_url": tv.base, "app_url": tv.app}
    folder = tmp_path_factory.mktemp("home")
    with Portal(folder, allow=[_media_site.address], settings={"plex": named}) as portal:
        title_in_plex(portal, "harbour lights")
        yield portal


async def signed_in(visitors: Visitors, house: Portal, plex: Plex, person: Person, look: Look) -> Page:
    page = await visitors.page(look)
    await set_out(page, house, plex, "/sign-in?next=/queue")
    await say_yes(page, person)
    await expect_inside(page, house, "/queue")
    return page


async def test_a_silent_plex_holds_up_its_own_shelf_alone_which_says_so_and_fills_by_itself(
    visitors: Visitors, house: Portal, plex: Plex
) -> None:
    page = await signed_in(visitors, house, plex, FRIEND, DESK)
    plex.server.trouble(BEGUN, wait=600)
    await page.goto(house.url("/"), wait_until="load")
    await expect(page.locator("#plex-new").get_by_role("link", name="Harbour Lights")).to_be_visible()
    shelf = page.locator("#plex-continue")
    await expect(shelf).to_have_attribute("aria-busy", "true")
    await expect(shelf.get_by_text("Plex takes longer than usual.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(shelf).to_have_attribute("aria-busy", "true")
    await assert_accessible(page)
    plex.server.calm()
    await expect(shelf.get_by_role("link", name="Paper Boats")).to_be_visible(timeout=PATIENCE_MS)
    await expect(shelf).not_to_have_attribute("aria-busy", "true")
    await assert_stood_still(page)
    await assert_fits(page)
    await page.reload(wait_until="load")
    await expect(shelf.get_by_role("link", name="Paper Boats")).to_be_visible()
    await assert_stood_still(page)


async def test_a_shelf_of_a_plex_that_is_away_says_since_when_and_fills_by_itself_when_it_is_back(
    visitors: Visitors, house: Portal, plex: Plex
) -> None:
    page = await signed_in(visitors, house, plex, OWNER, PHONE)
    plex.server.away()
    await page.goto(house.url("/"), wait_until="load")
    shelf, new = page.locator("#plex-continue"), page.locator("#plex-new")
    await expect(new.get_by_role("heading", name="Plex has not answered since")).to_be_visible(timeout=PATIENCE_MS)
    await expect(shelf.get_by_role("heading", name="Plex has not answered since")).to_be_visible(timeout=PATIENCE_MS)
    await shelf.get_by_role("link", name="Try again").click()
    await expect(shelf.get_by_role("heading", name="Plex has not answered since")).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page)
    plex.server.back()
    await expect(shelf.get_by_role("link", name="Paper Boats")).to_be_visible(timeout=PATIENCE_MS)
    await expect(new.get_by_role("link", name="Harbour Lights")).to_be_visible(timeout=PATIENCE_MS)
    await assert_stood_still(page)


async def test_without_script_a_shelf_that_waits_leads_to_its_page(
    visitors: Visitors, house: Portal, plex: Plex
) -> None:
    page = await signed_in(visitors, house, plex, FRIEND, PHONE)
    state = await page.context.storage_state()
    plain = await visitors.page(PHONE.but(javascript=False), storage_state=state)
    await plain.goto(house.url("/"))
    await plain.get_by_role("link", name=re.compile("^(Show “Go on in Plex”|See all: Go on in Plex)$")).first.click()
    await expect(plain.get_by_role("heading", name="Go on in Plex")).to_be_visible()
    await expect(plain.get_by_role("link", name="Paper Boats")).to_be_visible()


async def test_a_download_that_comes_in_moves_from_what_is_on_its_way_to_what_is_here(
    visitors: Visitors, house: Portal, media_site: MediaSite
) -> None:
    page = await visitors.page(DESK, storage_state=house.browser_state())
    async with page.expect_response(lambda answer: "/live" in answer.url):
        await page.goto(house.url("/"), wait_until="load")
    queue = Queue(house.admin())
    ids = []
    for key in ("one", "two"):
        link = f"{media_site.base}/@slow=2000000/@key=home-{key}/files/padded-3000000.mp4"
        ids.append(queue.add(link)["id"])
        await expect(page.locator(f"#just-here a[href$='/downloads/{ids[-1]}']")).to_be_visible(timeout=PATIENCE_MS)
        await expect(page.locator(f"#under-way #download-{ids[-1]}")).to_have_count(0)
    await expect(page.locator(f"#arrived #media-{ids[0]}")).to_be_visible()
    await expect(page.locator(f"#arrived #media-{ids[1]}")).to_have_count(0)
    await expect(page.get_by_text("Nothing is on its way")).to_be_visible()
    await assert_accessible(page)
