"""Is it me, or is it down: the board in a browser, live, through an outage and the loss of Uptime Kuma itself."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser import PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.uptime_kuma import DOWN, UP, UptimeKuma
from tests.portal import Portal
from tests.portal.fixtures import NewPortal

pytestmark = pytest.mark.slow


@pytest.fixture
def portal(new_portal: NewPortal, kuma: UptimeKuma) -> Portal:
    """A portal that follows the stand-in, by name and password."""
    for id in (1, 3, 7, 9):
        kuma.state.add_row(id, UP, "200 - OK", 9)
    about = {"url": kuma.base, "username": kuma.username, "password": kuma.password}
    made: Portal = new_portal(settings={"uptime_kuma": about})
    made.start()
    return made


async def test_a_board_that_is_open_follows_every_change_by_itself(
    visitors: Visitors, portal: Portal, kuma: UptimeKuma
) -> None:
    await asyncio.to_thread(kuma.wait_for, lambda: kuma.listeners == 1)
    page = await visitors.page(PHONE, storage_state=portal.browser_state())
    await page.goto(portal.url("/"), wait_until="load")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("link", name="Status").click()
    summary, plex = page.locator("#status-summary"), page.locator("#monitor-2")
    await expect(summary).to_have_text("All 8 services are up.")
    await asyncio.to_thread(kuma.beat, 2, UP, ping=432)
    await expect(plex).to_contain_text("432 ms")
    await asyncio.to_thread(kuma.beat, 2, DOWN, "connect ECONNREFUSED")
    await expect(page.get_by_role("heading", name="Plex (stub up) is down")).to_be_visible()
    await expect(summary).to_have_text("1 of 8 services is down.")
    await expect(plex.locator(".state")).to_have_text("Down")
    await assert_fits(page)
    await assert_accessible(page)
    await asyncio.to_thread(kuma.kill)
    await expect(page.get_by_role("heading", name="Uptime Kuma was last heard")).to_be_visible()
    await expect(plex.locator(".state")).to_have_text("Unknown")
    kuma.state.add_row(2, UP, "200 - OK", 8)
    await asyncio.to_thread(kuma.restart)
    await expect(summary).to_have_text("All 8 services are up.", timeout=10_000)
    await expect(page.locator("#link-state")).to_have_count(0)
