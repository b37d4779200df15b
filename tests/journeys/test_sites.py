"""A site that refuses us, as somebody sees it who has the queue open: all that waits for it says so by itself."""

import pytest
from playwright.async_api import expect

from tests.browser import DESK, Visitors, assert_accessible
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)


async def test_open_pages_follow_a_site_that_cools_down_and_is_asked_again(
    visitors: Visitors, portal: Portal, media_site: MediaSite
) -> None:
    queue = Queue(portal.admin())
    page = await visitors.page(DESK, storage_state=portal.browser_state())
    await page.goto(portal.url("/queue"))
    queue.add(media_site.url("/status/429/slow.mp4"))
    sites = page.locator("#sites")
    await expect(sites).to_contain_text("Cooling down")
    await expect(sites).to_contain_text("It asked us to slow down. 1 download waits.")

    other = queue.add(media_site.url("/files/clip.mp4"))["id"]
    row = page.locator(f"#queue-waiting li#download-{other}")
    await expect(row).to_contain_text("127.0.0.1 is cooling down")
    await expect(sites).to_contain_text("2 downloads wait.")
    await assert_accessible(page)

    admin = await visitors.page(DESK, storage_state=portal.browser_state())
    await admin.goto(portal.url("/admin/sites"))
    await admin.get_by_role("button", name="Ask it again: 127.0.0.1").click()
    await expect(page.locator(f"#queue-done li#download-{other}")).to_contain_text("Here")
