"""A link in, a finished file out, in Chromium: set up, paste, watch it come in, play it, let it go."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser import DESK, PHONE, Look, Visitors, assert_accessible, assert_fits
from tests.fakes.media_site import MediaSite
from tests.portal import PASSWORD, Portal

pytestmark = pytest.mark.slow
PATIENCE_MS = 30_000
PLAYS_TO = """(second) => new Promise((done, failed) => {
  const video = document.querySelector("video");
  video.addEventListener("error", () => failed(video.error.message));
  video.addEventListener("timeupdate", () => video.currentTime >= second && done(video.currentTime));
  video.muted = true;
  video.play();
  video.currentTime = second;
})"""
expect.set_options(timeout=PATIENCE_MS)


async def set_up(page: Page, portal: Portal) -> None:
    """Become the first administrator by the link that the portal printed."""
    await page.goto(portal.setup_url)
    await page.get_by_label("Name").fill("Robin")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go in").click()
    await page.get_by_role("link", name="Not now").click()
    await expect(page).to_have_url(portal.url("/"))


async def queue(page: Page, link: str) -> None:
    """Look at a link and queue it; script or not."""
    await page.get_by_role("searchbox", name="Title or link").fill(link)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Download", exact=True).click()


@pytest.mark.parametrize("look", [DESK, PHONE.but(dark=True)], ids=str)
async def test_a_link_becomes_a_film_that_plays(
    visitors: Visitors, portal: Portal, media_site: MediaSite, look: Look
) -> None:
    page = await visitors.page(look)
    await set_up(page, portal)
    await page.goto(portal.url("/queue"))
    await queue(page, media_site.url("/files/padded-3000000.mp4", slow=400_000))
    row = page.locator("#queue-running .job")
    await expect(row).to_contain_text(
        re.compile(r"Downloading\s+[1-9]\d?%\s+\d+ kB/s\s+\d+ s left\s+[\d.]+ [kM]B of 3 MB")
    )
    await expect(row.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^[1-9]"))
    await expect(page.locator("#queue-count")).to_be_visible()
    await assert_fits(page)
    finished = page.locator("#queue-done .job")
    await expect(finished).to_contain_text("Here")
    await expect(page.locator("#toasts")).to_contain_text("is here")
    await expect(page.locator("#queue-running .job")).to_have_count(0)
    await assert_accessible(page)
    await finished.get_by_role("link", name=re.compile("^Play")).first.click()
    assert await page.evaluate(PLAYS_TO, 2) >= 2
    await assert_accessible(page)


async def test_every_step_goes_without_script(visitors: Visitors, portal: Portal, media_site: MediaSite) -> None:
    page = await visitors.page(PHONE.but(javascript=False))
    await set_up(page, portal)
    await queue(page, media_site.url("/files/clip.mp4"))
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    while not await page.get_by_text("Here", exact=True).first.is_visible() or await page.locator("video").count() == 0:
        await page.reload()
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save to this device").click()
    assert (await (await saved.value).path()).stat().st_size > 100_000
    await page.get_by_role("link", name="Delete").click()
    await page.get_by_role("button", name="Delete it and its file").click()
    await expect(page).to_have_url(portal.url("/queue"))
    await expect(page.get_by_role("heading", name="Nothing is on its way")).to_be_visible()
    assert not list(portal.media_dir.rglob("*.mp4"))


async def test_all_of_it_by_keyboard(visitors: Visitors, portal: Portal, media_site: MediaSite) -> None:
    page = await visitors.page(DESK)
    await set_up(page, portal)
    await page.goto(portal.url("/queue"))
    await page.keyboard.press("/")
    await page.keyboard.type(media_site.url("/files/padded-3000000.mp4", slow=300_000, key="keys"))
    await page.keyboard.press("Enter")
    download = page.get_by_role("button", name="Download", exact=True)
    await expect(download).to_be_focused()
    await page.keyboard.press("Enter")
    quick = page.locator(".quick")
    await expect(quick).to_have_accessible_name(re.compile("^Pause"))
    await expect(page.locator("#queue-running .job")).to_have_count(1)
    await quick.focus()
    await page.keyboard.press("Enter")
    await expect(quick).to_have_accessible_name(re.compile("^Go on"))
    await expect(quick).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    menu = page.locator(".menu.drop:popover-open")
    await expect(menu).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(page.get_by_role("button", name=re.compile("^More for"))).to_be_focused()
    await page.keyboard.press("Enter")
    await menu.get_by_role("button", name="Cancel").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#queue-done .job")).to_contain_text("Cancelled")
    await page.get_by_role("button", name=re.compile("^More for")).focus()
    await page.keyboard.press("Enter")
    await menu.get_by_role("link", name="Delete").focus()
    await page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Delete this download?")
    await expect(sheet).to_be_visible()
    await assert_accessible(page)
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await expect(page.get_by_role("button", name=re.compile("^More for"))).to_be_focused()

    await page.keyboard.press("Enter")
    await menu.get_by_role("link", name="Delete").focus()
    await page.keyboard.press("Enter")
    await expect(sheet).to_be_visible()
    other = await page.context.new_page()
    await other.goto(portal.url("/queue"))
    await other.locator("#queue-done .quick").click()
    await expect(page.locator("#queue-done .job")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=re.compile("^More for"))).to_be_focused()


async def test_what_cannot_be_fetched_says_why_and_what_to_do(
    visitors: Visitors, portal: Portal, media_site: MediaSite
) -> None:
    page = await visitors.page(PHONE)
    await set_up(page, portal)
    await page.get_by_role("searchbox", name="Title or link").fill(media_site.url("/status/404"))
    await page.keyboard.press("Enter")
    await expect(page.locator("#preview")).to_contain_text("The site says that this video does not exist.")
    await assert_accessible(page)
    await queue(page, media_site.url("/files/clip.mp4", fail=403, after=1))
    await page.goto(portal.url("/queue"))
    await expect(page.locator("#queue")).to_contain_text(re.compile("another try|would not hand over"))


async def test_two_people_see_the_same_at_once(visitors: Visitors, portal: Portal, media_site: MediaSite) -> None:
    context = await visitors.context(DESK, storage_state=portal.browser_state())
    one, two = await context.new_page(), await context.new_page()
    await one.goto(portal.url("/queue"))
    await two.goto(portal.url("/"))
    await expect(two.get_by_role("heading", name="The nest is empty")).to_be_visible()
    await queue(one, media_site.url("/files/padded-3000000.mp4", slow=400_000, key="two"))
    await expect(two.locator("#under-way .way")).to_have_count(1)
    await expect(two.get_by_role("heading", name="The nest is empty")).to_be_hidden()
    await expect(two.locator("#under-way progress")).to_have_attribute("value", re.compile(r"^[1-9]"))


async def test_a_page_finds_back_after_the_portal_was_away(
    visitors: Visitors, portal: Portal, media_site: MediaSite
) -> None:
    page = await visitors.page(DESK, storage_state=portal.browser_state())
    async with page.expect_response(re.compile("/live")):
        await page.goto(portal.url("/queue"))
    portal.stop()
    portal.start()
    portal.admin().post("/api/v1/downloads", json={"url": media_site.url("/files/clip.mp4", key="back")})
    await expect(page.locator("#queue .job")).to_have_count(1)
