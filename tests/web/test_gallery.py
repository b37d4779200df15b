"""Every page and state in Chromium: no barrier that axe knows, nothing against the policy, nothing beside the edge."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.browser import DESK, PHONE, Look, Visitors, assert_accessible, assert_fits
from tests.gallery import pseudo
from tests.gallery.server import SAMPLES, gallery

TARGETS = """() => [...document.querySelectorAll("a, button, select, input, summary")]
    .filter((e) => e.checkVisibility() && !e.matches(".visually-hidden, .link, .skip, h3 a, .entry a"))
    .filter((e) => !e.matches("[type=checkbox], [type=radio]") && !e.closest("[popover]:not(:popover-open)"))
    .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5)).map(([html]) => html)"""
DARK_PHONE = PHONE.but(dark=True, reduced_motion=True)
LIGHT_DESK = DESK.but(reduced_motion=True)
PARTS = 5
ONE_OF_EACH = {sample.template: name for name, sample in reversed(SAMPLES.items())}.values()
SMALLEST = Look(width=320, height=700)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery() as running:
        yield running


async def look_at(page: Page, address: str, name: str) -> None:
    await page.goto(f"{address}/{name}", wait_until="load")
    await assert_accessible(page)
    await assert_fits(page)
    assert await page.evaluate(TARGETS) == [], name


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_state_of_a_page_has_a_barrier_on_a_dark_phone(visitors: Visitors, address: str, part: int) -> None:
    page = await visitors.page(DARK_PHONE)
    for name in list(SAMPLES)[part::PARTS]:
        await look_at(page, address, name)


async def test_no_page_has_a_barrier_on_a_light_desk(visitors: Visitors, address: str) -> None:
    page = await visitors.page(LIGHT_DESK)
    for name in ONE_OF_EACH:
        await look_at(page, address, name)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), (pseudo.LANGUAGE, "rtl")])
async def test_every_page_fits_the_smallest_screen_in_both_directions(
    visitors: Visitors, address: str, language: str, direction: str
) -> None:
    page = await visitors.page(SMALLEST)
    for name in ONE_OF_EACH:
        await page.goto(f"{address}/{name}?lang={language}", wait_until="load")
        assert await page.evaluate("[document.dir, document.documentElement.lang]") == [direction, language]
        await assert_fits(page)


@pytest.mark.parametrize("look", [DARK_PHONE, LIGHT_DESK], ids=str)
async def test_open_menus_have_no_barrier(visitors: Visitors, address: str, look: Look) -> None:
    page = await visitors.page(look)
    await page.goto(f"{address}/queue", wait_until="load")
    await page.get_by_role("button", name="More for The Ems by canoe").click()
    assert await page.get_by_role("button", name="Cancel").is_visible()
    await assert_accessible(page)


async def test_a_theme_is_seen_before_it_is_saved(visitors: Visitors, address: str) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    page = await visitors.page(DESK)
    await page.goto(f"{address}/account", wait_until="load")
    before = await page.evaluate(ground)
    await page.get_by_text("Dark", exact=True).click()
    assert await page.evaluate(ground) != before


async def test_where_motion_is_unwanted_another_theme_is_there_at_once(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DARK_PHONE)
    await page.goto(f"{address}/queue", wait_until="load")
    await page.emulate_media(color_scheme="light")
    under_way = "document.getAnimations().map(({transitionProperty}) => transitionProperty).filter(Boolean)"
    assert await page.evaluate(under_way) == []


async def test_times_are_written_by_the_browser_in_the_readers_zone(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DESK.but(language="en-GB"), timezone_id="Pacific/Auckland")
    await page.goto(f"{address}/download-railway", wait_until="load")
    assert await page.locator("time[data-time=moment]").first.text_content() == "21 Nov 2026, 08:30"


async def test_slash_leads_to_the_box_and_pasting_a_link_looks_at_it(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DESK, permissions=["clipboard-read", "clipboard-write"])
    await page.goto(f"{address}/home", wait_until="load")
    await page.evaluate("navigator.clipboard.writeText('https://tube.example/watch')")
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "ask-link"
    async with page.expect_request(lambda request: request.url.endswith("/queue/preview")) as asked:
        await page.keyboard.press("Control+V")
    request = await asked.value
    assert "q=https%3A%2F%2Ftube.example%2Fwatch" in (request.post_data or "")
    assert request.headers["x-csrf-token"] == "sample"


async def test_a_first_page_asks_for_little(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DESK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{address}/home", wait_until="networkidle")
    besides_pictures = [url for url in asked if "/picture" not in url]
    assert len(besides_pictures) <= 12, besides_pictures


@pytest.mark.parametrize(
    ("name", "rows", "at_once"), [("queue", ".job", 3), ("ask", ".work", 4), ("ask-list", ".work", 4)]
)
async def test_only_the_pictures_at_the_top_do_not_wait(
    visitors: Visitors, address: str, name: str, rows: str, at_once: int
) -> None:
    page = await visitors.page(PHONE)
    await page.goto(f"{address}/{name}", wait_until="load")
    waits = [await one.get_attribute("loading") == "lazy" for one in await page.locator(f"main {rows} img").all()]
    first = page.locator("main .section").filter(has=page.locator(rows)).first
    at_top = await first.locator(f"{rows}:nth-child(-n+{at_once}) img").count()
    assert 0 < at_top < len(waits)
    assert waits == [False] * at_top + [True] * (len(waits) - at_top)
