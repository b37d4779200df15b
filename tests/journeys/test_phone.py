"""The portal as an app of a phone, in Chromium: installed, without a network, and given links by other apps."""

import json
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from tests.browser import PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.media_site import MediaSite
from tests.portal import ADMIN, PASSWORD, Portal

pytestmark = pytest.mark.slow
KEPT = "caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).map(({url}) => url))"
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
