"""A list in Chromium, on a phone: pasted, asked about, the newest three of it, its progress, stopped; several links."""

import re
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from tests.browser import DESK, PHONE, Visitors, assert_accessible, assert_fits
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue
from tests.portal.fixtures import NewPortal

pytestmark = pytest.mark.slow
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const box = document.getElementById("ask-link");
  box.focus();
  const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  if (box.dispatchEvent(paste)) box.value = text.replace(/\\n/g, "");
}"""


async def queue_page(visitors: Visitors, portal: Portal, **look: bool) -> Page:
    """The queue, as the administrator has it on a phone."""
    page = await visitors.page(PHONE.but(**look), storage_state=portal.browser_state())
    await page.goto(portal.url("/queue"))
    return page


async def ask(page: Page, link: str) -> None:
    await page.get_by_role("searchbox", name="Title or link").fill(link)
    await page.keyboard.press("Enter")


async def test_the_newest_three_of_a_list(visitors: Visitors, portal: Portal, media_site: MediaSite) -> None:
    for number in (118, 119, 120):
        media_site.override(f"/@key=feed-{number}/files/clip.mp4", slow=20_000)
    page = await queue_page(visitors, portal)
    await ask(page, media_site.url("/feed/120.xml"))
    preview = page.locator("#preview")
    await expect(preview).to_contain_text(re.compile(r"list of 120 videos.*20 h.*about \d+ GB", re.DOTALL))
    assert portal.admin().get("/api/v1/downloads").json()["items"] == []
    await assert_accessible(page)
    await preview.get_by_label("Only the newest").check()
    await preview.get_by_label("How many of the newest").fill("3")
    await assert_fits(page)
    await preview.get_by_role("button", name="Download").click()
    await expect(page.locator("#toasts")).to_contain_text("On its way into the queue: A serial in 120 parts")
    lists = page.locator("#playlists .job")
    await expect(lists).to_contain_text(re.compile(r"A serial in 120 parts.*On its way\s+3 in the queue", re.DOTALL))
    await expect(page.locator("#queue-running .job").first).to_contain_text("Part 1")
    assert sorted(await titles(page)) == ["Part 118", "Part 119", "Part 120"]
    await assert_accessible(page)
    await lists.get_by_role("link", name="Stop the list").click()
    sheet = page.get_by_role("dialog", name="Stop this list?")
    await expect(sheet).to_be_visible()
    await assert_accessible(page)
    await sheet.get_by_label("What of it is in line").select_option("cancel")
    await sheet.get_by_role("button", name="Stop the list").click()
    await expect(page.locator("#toasts")).to_contain_text("Stopped: A serial in 120 parts")
    await expect(page.locator("#queue-waiting .job")).to_have_count(0)
    await page.get_by_role("link", name="A serial in 120 parts").first.click()
    await expect(page.locator("main")).to_contain_text(re.compile(r"Stopped\s+3 in the queue"))
    await assert_fits(page)
    await assert_accessible(page)


async def titles(page: Page) -> list[str]:
    """What is queued, whether it runs or not."""
    return await page.locator("#queue-running .job h3, #queue-waiting .job h3").all_inner_texts()


async def test_chosen_entries_go_without_script(visitors: Visitors, portal: Portal, media_site: MediaSite) -> None:
    page = await queue_page(visitors, portal, javascript=False)
    await ask(page, media_site.url("/watch?v=part-2&list=odd"))
    await expect(page.get_by_text("this video, or the list?")).to_be_visible()
    await page.get_by_role("button", name="Look at the list").click()
    await page.get_by_label("Those that I choose").check()
    await expect(page.get_by_role("checkbox", name=re.compile("Private video"))).to_be_disabled()
    await page.get_by_role("checkbox", name=re.compile("^1. One that is there")).check()
    await page.get_by_role("button", name="Download").click()
    await expect(page).to_have_url(re.compile(r"/playlists/[\w-]+$"))
    while not await page.get_by_text("Here", exact=True).first.is_visible():
        await page.reload()
    await page.get_by_role("link", name="One that is there").click()
    await expect(page.locator("video")).to_be_visible()


async def test_several_links_at_once(visitors: Visitors, portal: Portal, media_site: MediaSite) -> None:
    page = await visitors.page(DESK, storage_state=portal.browser_state())
    await page.goto(portal.url("/queue"))
    good = [media_site.url("/files/clip.mp4"), media_site.url("/watch?v=other")]
    await page.evaluate(PASTE, "\n".join([good[0], "http://10.0.0.7/film.mp4", good[1]]))
    preview = page.locator("#preview")
    await expect(preview.get_by_role("listitem")).to_have_text(
        [re.compile("Can be queued"), re.compile("private network"), re.compile("Can be queued")]
    )
    await preview.get_by_role("button", name="Download 2").click()
    await expect(preview).to_contain_text("2 of the links are in the queue")
    await expect(preview.get_by_role("listitem").nth(1)).to_contain_text("private network")
    await assert_accessible(page)
    listed = portal.admin().get("/api/v1/downloads").json()["items"]
    assert sorted(quote(item["url"], safe=":/?=") for item in listed) == sorted(good)


def test_a_list_goes_on_after_a_power_cut_without_doubles(new_portal: NewPortal, media_site: MediaSite) -> None:
    portal = new_portal(allow=[media_site.address], settings={"downloads": {"min_free_bytes": 2**52}})
    portal.start()
    queue = Queue(portal.admin())
    asked = portal.admin().post("/api/v1/playlists", json={"url": media_site.url("/feed/1500.xml")}).json()
    queue.list_until(asked["id"], lambda told: told["queued"] >= 100)
    portal.kill_tree()
    portal.start()
    before = portal.admin().get(f"/api/v1/playlists/{asked['id']}").json()
    assert (before["state"], before["queued"] < 1500) == ("expanding", True)
    told = queue.list_until(asked["id"], lambda told: told["state"] != "expanding")
    assert (told["state"], told["total"], told["queued"], told["skipped"]) == ("completed", 1500, 1500, 0)
    titles = [item["title"] for item in queue.all(sort="position")]
    assert titles == [f"Part {number}" for number in range(1, 1501)]
