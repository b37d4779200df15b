"""Every page of a running portal: no barrier, nothing beside the edge, light, still, and clear to who only listens."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx
import pytest
from playwright.async_api import Page, expect

from medianest.web.routes import WAYS
from tests.browser import (
    DESK,
    PHONE,
    Look,
    Visitors,
    assert_accessible,
    assert_costs_little,
    assert_fits,
    assert_speaks_clearly,
    assert_stood_still,
    assert_walks,
    let_figures_grow,
)
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue
from tests.portal.fixtures import NewPortal, title_in_plex

pytestmark = pytest.mark.slow
DARK_PHONE = PHONE.but(dark=True, reduced_motion=True)
LOOKS = [DARK_PHONE, DESK.but(reduced_motion=True)]
PAGES = {
    "/": "/",
    "/library": "/library",
    "/plex": "/plex",
    "/plex/new": "/plex/new",
    "/plex/continue": "/plex/continue",
    "/queue": "/queue",
    "/queue/links": "/queue/links",
    "/plex/titles/{id:str}": "/plex/titles/{show}",
    "/downloads/{id:str}": "/downloads/{failed}",
    "/downloads/{id:str}/delete": "/downloads/{failed}/delete",
    "/status": "/status",
    "/inbox": "/inbox",
    "/share": "/share?url=https://videos.example/watch",
    "/account/phone": "/account/phone",
    "/account": "/account",
    "/account/notifications": "/account/notifications",
    "/account/channels/{id:str}": "/account/channels/{channel}",
    "/account/sessions/others": "/account/sessions/others",
    "/account/tokens/new": "/account/tokens/new",
    "/sign-in/again": "/sign-in/again",
    "/admin/people": "/admin/people",
    "/admin/people/new": "/admin/people/new",
    "/admin/people/invite": "/admin/people/invite",
    "/admin/people/device": "/admin/people/device",
    "/admin/people/{id:str}": "/admin/people/{mia}",
    "/admin/people/{id:str}/sign-out": "/admin/people/{mia}/sign-out",
    "/admin/people/{id:str}/suspend": "/admin/people/{mia}/suspend",
    "/admin/people/{id:str}/remove": "/admin/people/{mia}/remove",
    "/admin/sites": "/admin/sites",
    "/admin/sites/{name:str}": "/admin/sites/{site}",
    "/admin/plex": "/admin/plex",
    "/admin/plex/disconnect": "/admin/plex/disconnect",
    "/account/plex/unlink": "/account/plex/unlink",
    "/admin/overseerr": "/admin/overseerr",
    "/ask": "/ask",
    "/ask/lists/{name:str}": "/ask/lists/trending",
    "/ask/genres/{kind:str}/{id:int}": "/ask/genres/movie/18",
    "/ask/{kind:str}/{id:int}": "/ask/tv/1396",
    "/ask/{kind:str}/{id:int}/problem": "/ask/tv/1396/problem",
    "/problems": "/problems",
    "/problems/{id:str}": "/problems/{problem}",
    "/requests": "/requests?show=all",
    "/requests/decide": "/requests/decide",
    "/requests/{id:str}": "/requests/{request}",
    "/requests/{id:str}/cancel": "/requests/{request}/cancel",
    "/admin/plans": "/admin/plans",
    "/admin/plans/new": "/admin/plans/new",
    "/admin/plans/{id:str}": "/admin/plans/{plan}",
    "/admin/plans/{id:str}/remove": "/admin/plans/{plan}/remove",
    "/admin/names": "/admin/names",
    "/admin/jobs": "/admin/jobs",
    "/admin/journal": "/admin/journal",
    "/admin/doctor": "/admin/doctor",
    "/admin/backups": "/admin/backups",
    "/api/v1/docs": "/api/v1/docs",
}
"""An address for each page that an administrator opens."""
A_NUMBER = re.compile(r"\d")
ASKED = {"media_type": "tv", "tmdb_id": 1396, "seasons": [1, 2]}
WRONG = {"media_type": "tv", "tmdb_id": 1396, "kind": "audio", "text": "No sound in the last third"}
AT_THE_DOOR = {"/sign-in": "/sign-in", "/offline": "/offline", "/invite": "{invitation}"}
NO_PAGES = {
    "/setup", "/setup/plex", "/failures/{code:str}/dismiss", "/playlists/{id:str}", "/playlists/{id:str}/stop",
    "/manifest.webmanifest", "/worker.js",
    "/static/{path:path}", "/pictures/{path:path}", "/live", "/previews/{id:str}/picture", "/downloads/{id:str}/log",
    "/downloads/{id:str}/file",
    "/downloads/{id:str}/picture", "/admin", "/admin/journal.csv", "/admin/backups/{name:str}",
    "/invite/{secret:str}", "/decide/{word:str}", "/confirm/{word:str}",
    "/unsubscribe/{word:str}", "/sign-in/profiles/{id:str}", "/sign-in/plex/{id:str}",
    "/sign-in/plex/{id:str}/go",
    "/admin/plex/servers/{id:str}", "/admin/plex/people", "/ask/found", "/ask/others",
    "/shelves/under-way", "/shelves/arrived", "/shelves/wishes",
    "/ask/{kind:str}/{id:int}/asked",
}  # fmt: skip
"""Files, ways elsewhere; the page of a first start is judged below, those of a profile and a list in the gallery.

Those that need a Plex are judged on the way through it.
"""


async def judge(page: Page) -> None:
    """What is seen and heard of a page as it stands."""
    await assert_fits(page)
    await assert_speaks_clearly(page)
    await assert_accessible(page)


async def look_at(page: Page, address: str) -> None:
    """Open a page as somebody who was never there, on a phone in the dark; then turn on the light, at a desk."""
    await page.goto(address, wait_until="load")
    await assert_stood_still(page)
    await assert_costs_little(page)
    await judge(page)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": DESK.width, "height": DESK.height})
    await judge(page)


@pytest.fixture(scope="module")
def words(shared_portal: Portal, _media_site: MediaSite) -> Iterator[dict[str, str]]:
    """What stands in the addresses: downloads in every state, a person, a site. The administrator has two devices."""
    admin = shared_portal.admin()
    queue = Queue(admin)
    links = {
        "failed": _media_site.url("/status/410/every-page"),
        "completed": _media_site.url("/files/clip.mp4", key="every-page"),
        "paused": _media_site.base + "/@slow=20000/@key=every-page/files/padded-3000000.mp4",
    }
    ids = {state: queue.add(link)["id"] for state, link in links.items()}
    queue.act("pause", ids["paused"])
    for state, id in ids.items():
        queue.until(id, state)
    others = {
        "mia": next(user["id"] for user in admin.get("/api/v1/users").json()["items"] if user["name"] == "Mia"),
        "site": admin.get("/api/v1/sites").json()["items"][0]["name"],
        "invitation": admin.post("/api/v1/invitations", json={"role": "member"}).raise_for_status().json()["link"],
        "show": title_in_plex(shared_portal, "harbour lights"),
        "request": admin.post("/api/v1/requests", json=ASKED).raise_for_status().json()["id"],
        "problem": admin.post("/api/v1/problems", json=WRONG).raise_for_status().json()["id"],
        "plan": admin.post("/api/v1/plans", json={"name": "Every page"}).raise_for_status().json()["id"],
    }
    with shared_portal.sign_in() as browser:
        yield ids | others | {"channel": _webhook(browser)}


def _webhook(browser: httpx.Client) -> str:
    """A webhook of the administrator's; nothing is sent to it while pages are looked at."""
    token = browser.get("/api/v1/me").json()["csrf_token"]
    new = {"url": "https://hooks.example/lamp", "label": "Lamp in the hall", "csrf_token": token}
    browser.post("/account/channels/webhook", data=new).raise_for_status()
    id: str = browser.get("/api/v1/notifications/channels").json()["items"][0]["id"]
    return id


def test_each_page_is_looked_at() -> None:
    assert PAGES.keys() | AT_THE_DOOR.keys() | NO_PAGES == {way.path for way in WAYS if way.method == "GET"}


@pytest.mark.parametrize("way", PAGES)
async def test_no_page_has_a_fault(visitors: Visitors, shared_portal: Portal, words: dict[str, str], way: str) -> None:
    page = await visitors.page(DARK_PHONE, storage_state=shared_portal.browser_state())
    await look_at(page, shared_portal.url(PAGES[way].format(**words)))


@pytest.mark.parametrize("way", AT_THE_DOOR)
async def test_no_page_has_a_fault_for_who_is_not_in(
    visitors: Visitors, shared_portal: Portal, words: dict[str, str], way: str
) -> None:
    await look_at(await visitors.page(DARK_PHONE), urljoin(shared_portal.base, AT_THE_DOOR[way].format(**words)))


async def test_the_page_that_makes_the_first_administrator_has_no_fault(
    visitors: Visitors, new_portal: NewPortal
) -> None:
    with new_portal() as portal:
        await look_at(await visitors.page(DARK_PHONE), portal.setup_url)


@pytest.mark.parametrize("somebody", [True, False], ids=["inside", "at the door"])
async def test_the_page_of_what_is_not_there_has_no_fault(
    visitors: Visitors, shared_portal: Portal, somebody: bool
) -> None:
    state = shared_portal.browser_state() if somebody else None
    await look_at(await visitors.page(DARK_PHONE, storage_state=state), shared_portal.url("/downloads/none"))
    visitors.forgive("404")


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_no_dialog_and_no_menu_has_a_fault(
    visitors: Visitors, shared_portal: Portal, words: dict[str, str], look: Look
) -> None:
    page = await visitors.page(look, storage_state=shared_portal.browser_state())
    for path, opener in {
        f"/downloads/{words['failed']}": "Delete",
        "/account": "Sign out all others",
        f"/admin/people/{words['mia']}": "Remove",
    }.items():
        await page.goto(shared_portal.url(path), wait_until="load")
        await page.get_by_role("main").get_by_role("link", name=opener, exact=True).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await assert_speaks_clearly(page)
        await assert_accessible(page)
    await page.goto(shared_portal.url("/queue"), wait_until="load")
    await page.locator(f"#more-{words['failed']}").click()
    await expect(page.locator(".menu.drop:popover-open")).to_be_visible()
    await assert_accessible(page)


async def test_nothing_jumps_while_a_download_comes_in(
    visitors: Visitors, shared_portal: Portal, media_site: MediaSite
) -> None:
    queue = Queue(shared_portal.admin())
    id = queue.add(media_site.base + "/@slow=300000/@key=still/files/padded-3000000.mp4")["id"]
    queue.until(id, "running")
    context = await visitors.context(PHONE, storage_state=shared_portal.browser_state())
    pages = [await context.new_page(), await context.new_page()]
    for page, path in zip(pages, ("/", "/queue"), strict=True):
        await page.goto(shared_portal.url(path), wait_until="load")
        bar = page.locator(f"[id$=line-{id}] progress")
        await expect(bar).to_have_attribute("value", A_NUMBER)
        before = await bar.get_attribute("value")
        await expect(bar).not_to_have_attribute("value", before or "")
        await let_figures_grow(page, f"[id$=line-{id}]")
        await assert_stood_still(page)
        await assert_speaks_clearly(page)
    queue.act("cancel", id)


async def test_a_short_title_takes_as_much_room_as_the_long_address_before_it(
    visitors: Visitors, shared_portal: Portal, words: dict[str, str]
) -> None:
    page = await visitors.page(PHONE, storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url("/queue"), wait_until="load")
    row, title = (page.locator(f"#download-{words['failed']}{part}") for part in ("", " h3 a"))
    heights = []
    for text in ("clip", "https://tube.example/watch?v=" + "a-long-name-" * 9):
        await title.evaluate("(link, text) => { link.textContent = text }", text)
        heights.append(await row.evaluate("(row) => row.getBoundingClientRect().height"))
    assert heights[0] == pytest.approx(heights[1], abs=0.1)


WALKED = (
    "/",
    "/library",
    "/queue",
    "/downloads/{failed}",
    "/account",
    "/admin/people",
    "/admin/plans/new",
    "/admin/journal",
)


@pytest.mark.parametrize("path", WALKED)
async def test_all_of_a_page_is_reached_by_tab(
    visitors: Visitors, shared_portal: Portal, words: dict[str, str], path: str
) -> None:
    page = await visitors.page(DESK.but(reduced_motion=True), storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url(path.format(**words)), wait_until="load")
    await assert_walks(page)


async def test_the_first_step_leads_past_the_places(visitors: Visitors, shared_portal: Portal) -> None:
    page = await visitors.page(PHONE, storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url("/queue"), wait_until="load")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_a_dialog_keeps_the_focus_and_gives_it_back(
    visitors: Visitors, shared_portal: Portal, words: dict[str, str]
) -> None:
    page = await visitors.page(DESK, storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url(f"/downloads/{words['failed']}"), wait_until="load")
    opener = page.get_by_role("main").get_by_role("link", name="Delete", exact=True)
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    for key in ("Tab", "Tab", "Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"):
        await page.keyboard.press(key)
        assert await page.evaluate("document.activeElement.matches('body, dialog, dialog *')")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(opener).to_be_focused()
