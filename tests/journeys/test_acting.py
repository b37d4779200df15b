"""What one does with a download: pause, go on, cancel, try again, delete; with script and without."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import DESK, PHONE, Visitors
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue

pytestmark = pytest.mark.slow
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def listed(page: Page, section: str, id: str) -> Locator:
    """A download's row, if it stands in that part of the queue."""
    return page.locator(f"#queue-{section} li#download-{id}")


async def choose(page: Page, id: str, act: str) -> None:
    """Do something that stands in the menu of a row."""
    row = page.locator(f"li#download-{id}")
    await row.get_by_role("button", name=re.compile("^More for")).click()
    await row.locator(".menu.drop:popover-open").get_by_text(act, exact=True).click()


async def test_a_row_follows_what_is_done_with_it(
    visitors: Visitors, shared_portal: Portal, media_site: MediaSite
) -> None:
    queue = Queue(shared_portal.admin())
    path = "/@slow=150000/@key=acting/files/padded-3000000.mp4"
    id = queue.add(media_site.base + path)["id"]
    page = await visitors.page(DESK, storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url("/queue"))
    await expect(listed(page, "running", id).get_by_role("progressbar")).to_have_attribute(
        "value", re.compile("^[1-9]")
    )

    await page.locator(f"#quick-{id}").click()
    await expect(listed(page, "waiting", id)).to_contain_text("Paused")
    paused = queue.get(id)
    assert (paused["state"], paused["progress"]["downloaded_bytes"] > 0) == ("paused", True)
    asked = len(media_site.hits(path))

    await page.locator(f"#quick-{id}").click()
    await expect(listed(page, "running", id)).to_have_count(1)
    await media_site.seen(path, count=asked + 1)
    assert media_site.hits(path)[-1].range, "it goes on from where it was"

    await choose(page, id, "Cancel")
    await expect(listed(page, "done", id)).to_contain_text("Cancelled")
    assert queue.get(id)["state"] == "cancelled"

    await choose(page, id, "Try again")
    await expect(listed(page, "running", id)).to_have_count(1)
    await choose(page, id, "Cancel")
    await expect(listed(page, "done", id)).to_contain_text("Cancelled")

    await choose(page, id, "Delete")
    await page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    await expect(page.locator(f"#download-{id}")).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert shared_portal.admin().get(f"/api/v1/downloads/{id}").status_code == 404


async def test_the_same_goes_by_forms_alone(visitors: Visitors, shared_portal: Portal, media_site: MediaSite) -> None:
    queue = Queue(shared_portal.admin())
    path = "/@slow=20000/@key=forms/files/clip.mp4"
    id = queue.add(media_site.base + path)["id"]
    await media_site.seen(path, bytes_sent=5000)
    page = await visitors.page(PHONE.but(javascript=False), storage_state=shared_portal.browser_state())
    for act, state in (("Pause", "paused"), ("Go on", None), ("Cancel", "cancelled"), ("Try again", None)):
        await page.goto(shared_portal.url(f"/downloads/{id}"))
        await page.get_by_role("button", name=act, exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        now = queue.get(id)["state"]
        assert now == state if state else now in ("queued", "running")
    queue.act("cancel", id)
    await page.goto(shared_portal.url(f"/downloads/{id}"))
    await page.get_by_role("link", name="Delete", exact=True).click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(page).to_have_url(shared_portal.url("/queue"))
    assert shared_portal.admin().get(f"/api/v1/downloads/{id}").status_code == 404


@pytest.mark.parametrize(
    ("button", "stays"), [("Forget it, and keep the file", True), ("Delete it and its file", False)]
)
async def test_a_file_goes_with_its_download_or_stays(
    visitors: Visitors, shared_portal: Portal, media_site: MediaSite, button: str, stays: bool
) -> None:
    queue = Queue(shared_portal.admin())
    done = queue.until(queue.add(media_site.url("/files/clip.mp4", key=f"stays-{stays}"))["id"])
    file = shared_portal.media_dir / done["file"]["path"]
    assert file.is_file()
    page = await visitors.page(DESK, storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url(f"/downloads/{done['id']}"))
    await page.get_by_role("link", name="Delete", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name=button).click()
    await expect(page).to_have_url(shared_portal.url("/queue"))

    assert file.is_file() == stays
    assert done["id"] not in {download["id"] for download in queue.all()}
