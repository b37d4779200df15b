"""Pages in a real Chromium: who looks at them, and what is wrong with what they see.

    async def test_the_queue_fits_a_phone(visitors: Visitors, portal: Portal) -> None:
        page = await visitors.page(PHONE)
        await page.goto(portal.url("/queue"))
        await assert_accessible(page)
        await assert_fits(page)

A test that takes `visitors` is marked `browser` and runs in the loop of the whole test session, where the browser lives
(so it cannot use async fixtures of a test's own loop). When it ends, any violation of the content security policy,
error or warning on the console, uncaught exception in a page or request to a foreign host fails it.
"""

from tests.browser.accessibility import assert_accessible
from tests.browser.figures import assert_costs_little, assert_stood_still, counting, let_figures_grow
from tests.browser.keyboard import assert_walks
from tests.browser.layout import assert_fits
from tests.browser.spoken import assert_speaks_clearly, spoken
from tests.browser.visitors import DESK, LOOKS, PHONE, TABLET, Look, Visitors

__all__ = [
    "DESK",
    "LOOKS",
    "PHONE",
    "TABLET",
    "Look",
    "Visitors",
    "assert_accessible",
    "assert_costs_little",
    "assert_fits",
    "assert_speaks_clearly",
    "assert_stood_still",
    "assert_walks",
    "counting",
    "let_figures_grow",
    "spoken",
]
