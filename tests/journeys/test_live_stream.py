"""A page listens to what happens as soon as it is there, once, in whatever order its scripts come."""

import pytest
from playwright.async_api import Request, Route

from tests.browser import DESK, Visitors
from tests.portal import Portal

BEGUN = {
    "hx-sse.min.js": "() => window.htmx && document.readyState !== 'loading'",
    "app.js": "() => document.querySelector('[data-htmx-powered]')",
}
"""What is waited for before a script comes late."""


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
