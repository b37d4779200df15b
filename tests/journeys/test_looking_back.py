"""What happened is looked through in the journal, with script and without."""

import pytest
from playwright.async_api import expect

from tests.browser import DESK, PHONE, Visitors
from tests.portal import Portal

pytestmark = pytest.mark.slow


async def test_a_filter_shows_at_once_and_stands_in_the_address(visitors: Visitors, shared_portal: Portal) -> None:
    look = {"storage_state": shared_portal.browser_state(), "timezone_id": "Asia/Tokyo"}
    page = await visitors.page(DESK, **look)
    await page.goto(shared_portal.url("/admin/journal"))
    await page.get_by_label("What", exact=True).focus()
    await page.get_by_label("What", exact=True).select_option("Backups")
    await expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await expect(page).to_have_url(shared_portal.url("/admin/journal?topic=backup"))
    await expect(page.get_by_label("What", exact=True)).to_be_focused()
    await page.get_by_label("What", exact=True).select_option("Signing in and out")
    await page.get_by_label("When", exact=True).select_option("Today")
    await expect(page.locator(".entry").first).to_contain_text("signed in")
    await expect(page.get_by_text("Days are those of Asia/Tokyo.")).to_be_visible()
    address = shared_portal.url("/admin/journal?topic=sign_in&span=today&zone=Asia%2FTokyo")
    await expect(page).to_have_url(address)
    await page.reload()
    await expect(page.get_by_label("When", exact=True)).to_have_value("today")
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Save as CSV").click()
    assert (await saving.value).suggested_filename.endswith(".csv")


async def test_without_script_the_form_is_sent_by_its_button(visitors: Visitors, shared_portal: Portal) -> None:
    state = shared_portal.browser_state()
    page = await visitors.page(PHONE.but(javascript=False), storage_state=state)
    await page.goto(shared_portal.url("/admin/journal"))
    await expect(page.get_by_label("From", exact=True)).to_be_hidden()
    await page.get_by_label("When", exact=True).select_option("Certain days")
    await page.get_by_label("From", exact=True).fill("2000-01-02")
    await page.get_by_label("To", exact=True).fill("2000-01-01")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_text("The last day lies before the first.")).to_be_visible()
    await page.get_by_label("To", exact=True).fill("2000-01-03")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_text("Days begin at midnight UTC.")).to_be_visible()
    await page.get_by_role("link", name="Show everything").click()
    await expect(page.locator(".entry").first).to_be_visible()
