"""Whoever judges a page finds what is wrong with it, and says what."""

import pytest
from playwright.async_api import Page

from tests.browser import (
    PHONE,
    Visitors,
    assert_accessible,
    assert_costs_little,
    assert_speaks_clearly,
    assert_stood_still,
    assert_walks,
)

CLEAR = """<!doctype html><html lang="en"><title>Clear</title><style>:focus-visible { outline: 2px solid }</style>
<main><h1>One</h1><h2>Two</h2>
<button>Press</button><progress value="1" max="2" aria-label="A loaf" aria-valuetext="Baking, 50%"></progress></main>"""
COMES_IN = """<style>
.step-1 { animation: one 60s } .step-2 { animation: two 60s } .step-3 { animation: three 60s }
@keyframes one { from { color: tan } } @keyframes two { from { color: tan } } @keyframes three { from { color: tan } }
</style><p class="step-1" onanimationend="this.className = 'step-' + (1 + +this.className.at(-1))">Bread</p>"""


async def shown(visitors: Visitors, html: str) -> Page:
    page = await visitors.page(PHONE)
    await page.set_content(html)
    return page


async def test_a_clear_page_speaks_clearly_and_stands_still(visitors: Visitors) -> None:
    page = await shown(visitors, CLEAR)
    await assert_speaks_clearly(page)
    await assert_stood_still(page)


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        ("<button>Press", "<button>", "has no name: button"),
        ("<h1>One", "<h1>One</h1><h1>One more", "has 2 headings of the first level"),
        ("<h2>Two</h2>", "<h4>Four</h4>", 'leaves out a level: heading "Four" level 4'),
        ("<h2>Two</h2>", "<nav>1</nav><nav>2</nav>", "is there 2 times: navigation"),
        ("<h2>Two</h2>", "<p role='alert'>Now!</p>", "interrupts: alert"),
        (' aria-valuetext="Baking, 50%"', "", "says nothing of its progress"),
    ],
)
async def test_what_is_not_clear_to_hear_is_told(visitors: Visitors, there: str, instead: str, told: str) -> None:
    page = await shown(visitors, CLEAR.replace(there, instead))
    with pytest.raises(AssertionError, match="does not speak clearly") as found:
        await assert_speaks_clearly(page)
    assert told in str(found.value)


async def test_a_page_that_was_not_loaded_whole_has_no_cost(visitors: Visitors) -> None:
    with pytest.raises(AssertionError, match="was not loaded whole"):
        await assert_costs_little(await shown(visitors, CLEAR))


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("<button tabindex='-1'>Press", "not all to be reached by Tab"),
        ("<button style='outline: 0'>Press", "does not show where the focus is"),
    ],
)
async def test_what_the_keyboard_does_not_reach_or_show_is_told(visitors: Visitors, button: str, told: str) -> None:
    await assert_walks(await shown(visitors, CLEAR))
    with pytest.raises(AssertionError, match=told):
        await assert_walks(await shown(visitors, CLEAR.replace("<button>Press", button)))


async def test_a_page_is_looked_at_when_what_moves_has_come_to_its_end(visitors: Visitors) -> None:
    page = await shown(visitors, CLEAR.replace("<button>", COMES_IN + "<button>"))
    await assert_accessible(page)
    assert await page.evaluate("document.querySelector('p').className") == "step-4"


async def test_what_is_faint_to_the_end_is_told(visitors: Visitors) -> None:
    page = await shown(visitors, CLEAR.replace("<button>", "<p style='color: #ccc'>Bread</p><button>"))
    with pytest.raises(AssertionError, match="color-contrast"):
        await assert_accessible(page)
