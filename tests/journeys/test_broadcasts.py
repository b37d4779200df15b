"""A broadcast in Chromium: it runs, is finished by hand, and is a film that plays."""

import re

import pytest
from playwright.async_api import expect

from tests.browser import PHONE, Visitors, assert_accessible, assert_fits
from tests.downloads import looking
from tests.fakes.media_site import MediaSite
from tests.journeys.test_first_link import PLAYS_TO, queue, set_up
from tests.portal import Portal

pytestmark = pytest.mark.slow


async def test_a_broadcast_is_finished_here_and_plays(
    visitors: Visitors, portal: Portal, media_site: MediaSite
) -> None:
    page = await visitors.page(PHONE)
    await set_up(page, portal)
    await page.goto(portal.url("/queue"))
    await queue(page, media_site.url("/live/index.m3u8"))
    row = page.locator("#queue-running .job")
    await expect(row).to_contain_text(re.compile(r"([5-9]|\d\d)\b.* recorded"))
    await assert_fits(page)
    await row.get_by_role("link").first.click()
    await expect(page.get_by_role("button", name=re.compile("Finish"))).to_be_visible()
    await assert_accessible(page)
    await page.get_by_role("button", name=re.compile("Finish")).click()
    await expect(page.locator("video")).to_have_count(1)
    assert await page.evaluate(PLAYS_TO, 2) >= 2
    (file,) = [path for path in portal.media_dir.rglob("*.mp4") if ".medianest" not in path.parts]
    assert looking.codecs(file) == {"Video": "h264", "Audio": "aac"}
    assert looking.duration_s(file) >= 4
