"""The main pages in Chromium, in each language: nothing beside the edge, no place cut short, Arabic turned round."""

from collections.abc import Iterator

import pytest

from medianest.core.i18n import Catalogues
from tests.browser import DESK, PHONE, TABLET, Look, Visitors, assert_accessible, assert_fits, assert_speaks_clearly
from tests.gallery.server import gallery

LANGUAGES = Catalogues().languages
SMALLEST = Look(width=320, height=700)
PAGES = ("home", "ask", "ask-title", "library", "queue", "requests", "decide", "status", "inbox", "account", "people")
CUT = """() => [...document.querySelectorAll(".place .clip")].filter((e) => e.scrollWidth > e.clientWidth)
    .map((e) => e.textContent)"""
TURNED = """(of) => [...document.querySelectorAll(of)].map((e) => getComputedStyle(e).scale)"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery() as running:
        yield running


@pytest.mark.parametrize("language", LANGUAGES[1:])
async def test_the_main_pages_fit_the_smallest_screen_and_speak_clearly(
    visitors: Visitors, address: str, language: str
) -> None:
    page = await visitors.page(SMALLEST.but(language=language))
    for name in PAGES:
        await page.goto(f"{address}/{name}?lang={language}", wait_until="load")
        await assert_fits(page)
        await assert_speaks_clearly(page)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_place_is_cut_short(visitors: Visitors, address: str, language: str) -> None:
    for look in (SMALLEST, PHONE, TABLET, DESK):
        page = await visitors.page(look.but(language=language))
        await page.goto(f"{address}/queue?lang={language}", wait_until="load")
        assert await page.evaluate(CUT) == [], look


async def test_in_arabic_time_runs_to_the_left(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DESK.but(language="ar"))
    await page.goto(f"{address}/status?lang=ar", wait_until="load")
    assert {*await page.evaluate(TURNED, ".beats, .spark")} == {"-1 1"}
    await page.goto(f"{address}/status", wait_until="load")
    assert {*await page.evaluate(TURNED, ".beats, .spark")} == {"none"}


async def test_an_empty_box_asks_in_the_direction_of_the_page(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DESK.but(language="ar"))
    await page.goto(f"{address}/home?lang=ar", wait_until="load")
    box = page.locator("#ask-link")
    direction = "box => getComputedStyle(box).direction"
    assert await box.evaluate(direction) == "rtl"
    await box.fill("The General")
    assert await box.evaluate(direction) == "ltr"


async def test_a_cut_title_shows_that_it_goes_on_at_its_own_end(visitors: Visitors, address: str) -> None:
    page = await visitors.page(PHONE.but(language="ar"))
    await page.goto(f"{address}/queue?lang=ar", wait_until="load")
    title = page.locator(".job h3").filter(has_text="The Ems by canoe")
    assert await title.evaluate("e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign]") == [
        "ltr",
        "start",
    ]


async def test_times_have_the_digits_of_the_page(visitors: Visitors, address: str) -> None:
    page = await visitors.page(DESK.but(language="ar-EG"), timezone_id="Pacific/Auckland")
    await page.goto(f"{address}/download-railway?lang=ar", wait_until="load")
    written = await page.locator("time[data-time=moment]").first.text_content() or ""
    assert "2026" in written
    assert "8:30" in written


async def test_arabic_pages_have_no_barrier(visitors: Visitors, address: str) -> None:
    page = await visitors.page(PHONE.but(language="ar", reduced_motion=True))
    for name in ("home", "queue", "status", "account"):
        await page.goto(f"{address}/{name}?lang=ar", wait_until="load")
        await assert_accessible(page)
