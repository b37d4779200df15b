"""A page listens to what happens as soon as it is there, once, whatever comes first, and rests between."""

import pytest
from playwright.async_api import Request, Route, expect

from tests.browser import DESK, PHONE, Visitors, counting
from tests.fakes.media_site import MediaSite
from tests.portal import Portal, Queue

BEGUN = {
    "hx-sse.min.js": "() => window.htmx && document.readyState !== 'loading'",
    "app.js": "() => document.querySelector('[data-htmx-powered]')",
}
"""What is waited for before a script comes late."""
NEWS = 5
STYLED_MOST = 15
"""How often for each news of a download: a bar that glides has it done twenty-five times, with each picture shown."""
_SKIPPED = """async (moment) => {
  const fading = document.startViewTransition(() => {})
  const event = { pageswap: PageSwapEvent, pagereveal: PageRevealEvent }[moment]
  dispatchEvent(new event(moment, {viewTransition: fading}))
  fading.skipTransition()
  await new Promise(done => setTimeout(done))
}"""
_SIZES = {"known": "", "nolength": "@nolength/"}


@pytest.mark.parametrize("late", [None, *BEGUN])
async def test_a_page_opens_one_stream(visitors: Visitors, shared_portal: Portal, late: str | None) -> None:
    page = await visitors.page(DESK, storage_state=shared_portal.browser_state())
    asked: list[str] = []

    async def hold_back(route: Route) -> None:
        await page.wait_for_function(BEGUN[str(late)])
        await page.evaluate("new Promise(done => setTimeout(done))")  # htmx begins in a turn of its own
        await route.continue_()

    def note(request: Request) -> None:
        if "/live" in request.url:
            asked.append(request.url)

    page.on("request", note)
    if late:
        await page.route(f"**/{late}*", hold_back)
    async with page.expect_response(lambda answer: "/live" in answer.url):
        await page.goto(shared_portal.url("/queue"))
    await page.evaluate("new Promise(done => setTimeout(done))")

    assert len(asked) == 1


@pytest.mark.parametrize("moment", ["pageswap", "pagereveal"])
async def test_who_moves_on_before_a_page_has_faded_has_no_complaint(
    visitors: Visitors, shared_portal: Portal, moment: str
) -> None:
    page = await visitors.page(DESK, storage_state=shared_portal.browser_state())
    await page.goto(shared_portal.url("/queue"), wait_until="load")
    await page.evaluate(_SKIPPED, moment)
    await visitors.hear_out()
    assert visitors.problems == []


@pytest.mark.parametrize("size", ["known", "nolength"])
async def test_a_page_with_a_download_that_comes_in_rests_between_the_news(
    visitors: Visitors, portal: Portal, media_site: MediaSite, size: str
) -> None:
    """In a portal of its own: what others bring in is news, too."""
    queue = Queue(portal.admin())
    id = queue.add(f"{media_site.base}/@slow=200000/@key=rests/{_SIZES[size]}files/padded-3000000.mp4")["id"]
    queue.until(id, "running")
    page = await visitors.page(PHONE, storage_state=portal.browser_state())
    await page.goto(portal.url("/queue"), wait_until="load")
    line = page.locator(f"#line-{id}")

    async def news() -> None:
        shown = await line.inner_text()
        await expect(line).not_to_have_text(shown, use_inner_text=True)

    await expect(line).to_contain_text("kB/s")
    assert await line.locator("progress:indeterminate").count() == (size == "nolength")
    await news()  # what the page does as it opens is over
    styled = await counting(page, "RecalcStyleCount")
    for _ in range(NEWS):
        await news()
    assert 0 < await styled() <= NEWS * STYLED_MOST
    queue.act("cancel", id)
