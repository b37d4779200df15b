"""Every page and state in Chromium: no barrier that axe knows, nothing against the policy, nothing beside the edge."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.gallery.server import SAMPLES, gallery
from tests.look import CHROMIUM, FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, select, input, summary")]
    .filter((e) => e.checkVisibility() && !e.matches(".visually-hidden, .link, .skip, h3 a"))
    .filter((e) => !e.matches("[type=checkbox], [type=radio]") && !e.closest("[popover]:not(:popover-open)"))
    .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5)).map(([html]) => html)"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="module", params=[(390, "dark"), (1440, "light")], ids=["phone-dark", "desk-light"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    yield opened
    opened.close()


def complaints(page: Page) -> list[str]:
    """What the page writes to the console from now on: refusals of the policy, script errors."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def barriers(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"]]


def is_expected(complaint: str) -> bool:
    """The gallery has no live stream, no films and no preview."""
    return "/live" in complaint or "404" in complaint or "response:error" in complaint


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_no_barrier_and_keeps_the_policy(page: Page, address: str, name: str) -> None:
    heard = complaints(page)
    page.goto(f"{address}/{name}", wait_until="load")
    assert barriers(page) == []
    assert [complaint for complaint in heard if not is_expected(complaint)] == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", ["queue", "home", "download-railway", "account", "jobs", "sign-in"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_page_fits_the_smallest_screen_in_both_directions(
    browser: Browser, address: str, name: str, direction: str
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{address}/{name}?dir={direction}", wait_until="load")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_open_menus_have_no_barrier(page: Page, address: str) -> None:
    page.goto(f"{address}/queue", wait_until="load")
    page.get_by_role("button", name="More for The Ems by canoe").click()
    assert page.get_by_role("button", name="Cancel").is_visible()
    assert barriers(page) == []


def test_a_theme_is_seen_before_it_is_saved(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto(f"{address}/account", wait_until="load")
    before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_text("Dark", exact=True).click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != before
    page.close()


def test_times_are_written_by_the_browser_in_the_readers_zone(browser: Browser, address: str) -> None:
    context = browser.new_context(timezone_id="Pacific/Auckland", locale="en-GB")
    page = context.new_page()
    page.goto(f"{address}/download-railway", wait_until="load")
    moment = page.locator("time[data-time=moment]").first
    assert moment.text_content() == "21 Nov 2026, 08:30"
    context.close()


def test_slash_leads_to_the_box_and_pasting_a_link_looks_at_it(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/home", wait_until="load")
    page.evaluate("navigator.clipboard.writeText('https://tube.example/watch')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "ask-link"
    with page.expect_request(lambda request: request.url.endswith("/queue/preview")) as asked:
        page.keyboard.press("Control+V")
    assert "url=https%3A%2F%2Ftube.example%2Fwatch" in (asked.value.post_data or "")
    assert asked.value.headers["x-csrf-token"] == "sample"
    context.close()
