"""The portal as an app of a phone, in Chromium: installed, without a network, and given links by other apps."""

import asyncio
import json
from urllib.parse import quote

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser import PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.media_site import MediaSite
from tests.journeys.test_asking import state_of
from tests.portal import ADMIN, PASSWORD, Portal

pytestmark = pytest.mark.slow
KEPT = "caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).map(({url}) => url))"
OFFLINE = "caches.match(new URL('/offline', location)).then((found) => found?.text())"
COMES_TO_BE = """async (start) => {
  while (!(await (await caches.match(new URL("/offline", location)))?.text())?.includes(start))
    await new Promise((seen) => setTimeout(seen, 50));
}"""
PATIENCE_S = 30
WORKS = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


async def test_it_can_be_installed_and_says_so_when_there_is_no_network(
    visitors: Visitors, shared_portal: Portal
) -> None:
    page = await visitors.page(PHONE.but(dark=True), service_workers="allow")
    await page.goto(shared_portal.url("/sign-in"))
    chromium = await page.context.new_cdp_session(page)
    found = await chromium.send("Page.getAppManifest")
    assert found["errors"] == []
    assert json.loads(found["data"])["name"] == "MediaNest"
    assert (await chromium.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
    await page.wait_for_function(WORKS)
    kept = await page.evaluate(
        "caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).map(({url}) => url))"
    )
    assert len(kept) > 5
    assert all("/static/" in address or address.endswith("/offline") for address in kept)

    await page.context.set_offline(True)
    await page.goto(shared_portal.url("/queue"))
    await expect(page.get_by_role("heading", name="No network")).to_be_visible()
    await assert_accessible(page)
    await assert_fits(page)
    await page.context.set_offline(False)
    await page.get_by_role("link", name="Try again").click()
    await expect(page.get_by_role("heading", name="Welcome to the nest")).to_be_visible()
    visitors.forgive("ERR_INTERNET_DISCONNECTED")


async def test_without_a_network_it_speaks_the_language_that_somebody_chose_until_they_sign_out(
    visitors: Visitors, shared_portal: Portal
) -> None:
    """In a browser that asks for Spanish."""
    with shared_portal.sign_in("Mia", PASSWORD) as mia:
        choose(mia, "ar")
        page = await visitors.page(
            PHONE.but(language="es", dark=True), storage_state=state_of(shared_portal, mia), service_workers="allow"
        )
        await page.goto(shared_portal.url("/account"))
        await page.wait_for_function(WORKS)
        assert await manifest(page) == ("ar", "rtl")
        await expect_kept(page, "ar")
        kept = await page.evaluate(OFFLINE)
        assert [word for word in ("Mia", "csrf", "avatar", "data-theme", "/live") if word in kept] == []
        await page.context.set_offline(True)
        await page.goto(shared_portal.url("/queue"))
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await assert_fits(page)
        await page.context.set_offline(False)

        choose(mia, "de")
        await page.goto(shared_portal.url("/account"))
        await expect_kept(page, "de")
        await page.locator("form[action$='/sign-out'] button").click()
        await expect(page.locator("html")).to_have_attribute("lang", "es")
        await expect_kept(page, "es")
        assert await manifest(page) == ("es", "ltr")
    with shared_portal.sign_in("Mia", PASSWORD) as mia:
        choose(mia, "")
    visitors.forgive("ERR_INTERNET_DISCONNECTED")


def choose(client: httpx.Client, language: str) -> None:
    """Say in which language one wants to read; none is the browser's."""
    answer = client.post("/account/looks", data={"language": language, "theme": "light"})
    assert answer.status_code == 303, answer.text


async def manifest(page: Page) -> tuple[str, str]:
    """The language and direction of what a phone would install."""
    chromium = await page.context.new_cdp_session(page)
    told = json.loads((await chromium.send("Page.getAppManifest"))["data"])
    return told["lang"], told["dir"]


async def expect_kept(page: Page, language: str) -> None:
    """The page without a network that the browser keeps comes to be in this language."""
    async with asyncio.timeout(PATIENCE_S):
        await page.evaluate(COMES_TO_BE, f'<html lang="{language}"')


async def test_a_shared_link_is_a_download_in_two_taps(
    visitors: Visitors, shared_portal: Portal, media_site: MediaSite
) -> None:
    page = await visitors.page(PHONE)
    link = media_site.url("/files/clip.mp4", key="shared")
    await page.goto(shared_portal.url(f"/share?text={quote(f'Look: {link}')}"))
    await page.get_by_text("Use a password instead").click()
    await page.get_by_label("Name").fill(ADMIN)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", name="Download this?")).to_be_visible()
    assert media_site.hits() == []
    await assert_accessible(page)
    await assert_fits(page)
    await page.get_by_role("button", name="Download", exact=True).click()
    await page.wait_for_url("**/downloads/*")
    await expect(page.locator("main")).to_contain_text("Here", timeout=30_000)
