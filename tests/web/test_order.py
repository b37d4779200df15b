"""Moving downloads on the page of the queue: by buttons, by keys, by the mouse, and seen by others at once."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from medianest.accounts.types import User
from medianest.core.db import Base, Database
from medianest.downloads.types import State
from tests.browser import DESK, PHONE, Look, Visitors
from tests.people import PASSWORD
from tests.web.house import House, by_htmx, enter, open_house, submit
from tests.web.test_queue import queue, sections

THREE = ("one", "two", "three")


async def line_up(house: House, owner: User) -> dict[str, str]:
    return {name: await queue(house, owner, name) for name in THREE}


async def line(browser: httpx.AsyncClient) -> list[str]:
    return sections((await browser.get("/queue")).text)["waiting"]


@asynccontextmanager
async def here(folder: Path) -> AsyncIterator[House]:
    """A house in the loop of the browser, with three downloads of Bob's in line."""
    db = Database(folder / "medianest.db")
    await db.open()
    async with db.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
    try:
        async with open_house(db, folder, sites=(("127.0.0.1", 9),)) as house:
            await line_up(house, house.cast.bob)
            yield house
    finally:
        await db.close()


async def entered(visitors: Visitors, house: House, user: User, look: Look) -> Page:
    """The queue's page, signed in."""
    page = await visitors.page(look)
    await page.goto(f"{house.url}/sign-in")
    await page.get_by_label("Name").fill(user.name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{house.url}/")
    await page.goto(f"{house.url}/queue")
    return page


async def shows(page: Page, *titles: str) -> None:
    await expect(page.locator("#queue-waiting h3")).to_have_text(list(titles))


async def test_without_script_buttons_move_it_step_by_step_and_lead_back(
    house: House, browser: httpx.AsyncClient
) -> None:
    ids = await line_up(house, house.cast.bob)
    await enter(browser, house.cast.bob)
    answer = await submit(browser, f"/downloads/{ids['three']}/up", on="/queue?show=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?show=mine")
    assert await line(browser) == ["one", "three", "two"]
    await submit(browser, f"/downloads/{ids['one']}/down", on="/queue")
    assert await line(browser) == ["three", "one", "two"]
    await submit(browser, f"/downloads/{ids['two']}/move", on="/queue", beside=ids["three"], side="behind")
    assert await line(browser) == ["three", "two", "one"]


async def test_what_is_not_in_line_has_neither_grip_nor_buttons_and_others_rows_have_none(
    house: House, browser: httpx.AsyncClient
) -> None:
    bob = house.cast.bob
    waits = await queue(house, bob, "waits")
    runs = await queue(house, bob, "runs", state=State.RUNNING, stage="fetching")
    await enter(browser, bob)
    page = (await browser.get("/queue")).text
    assert re.findall(r'data-move="([^"]+)"', page) == [f"/downloads/{waits}/move"]
    assert f"/downloads/{runs}/up" not in page
    refused = await by_htmx(browser, "POST", f"/downloads/{runs}/up", on="/queue")
    assert refused.status_code == 409
    await enter(browser, house.cast.carol)
    assert "data-move" not in (await browser.get("/queue")).text


async def test_by_htmx_a_move_tells_the_lists_to_read_themselves_anew(house: House, browser: httpx.AsyncClient) -> None:
    ids = await line_up(house, house.cast.bob)
    await enter(browser, house.cast.bob)
    answer = await by_htmx(browser, "POST", f"/downloads/{ids['three']}/first", on="/queue")
    assert (answer.status_code, answer.headers["hx-trigger"]) == (200, "moved")
    assert "“three” comes first now." in answer.text


async def test_a_row_is_carried_by_its_grip_and_moved_by_keys(tmp_path: Path, visitors: Visitors) -> None:
    async with here(tmp_path) as house:
        page = await entered(visitors, house, house.cast.bob, DESK)
        await shows(page, "one", "two", "three")
        rows = page.locator("#queue-waiting .job")
        grip, goal = await rows.nth(2).locator(".grip").bounding_box(), await rows.nth(0).bounding_box()
        assert grip
        assert goal
        await page.mouse.move(grip["x"] + 10, grip["y"] + 10)
        await page.mouse.down()
        await page.mouse.move(goal["x"] + 80, goal["y"] + 12, steps=4)
        await expect(rows.nth(0)).to_have_class(re.compile("drop-before"))
        await page.mouse.up()
        await shows(page, "three", "one", "two")
        await page.get_by_role("link", name="one", exact=True).focus()
        await page.keyboard.press("Alt+ArrowDown")
        await shows(page, "three", "two", "one")
        assert await page.evaluate("document.activeElement.textContent") == "one"
        await page.keyboard.press("Alt+Home")
        await shows(page, "one", "three", "two")


async def test_a_phone_moves_by_the_menu_and_others_see_it_at_once(tmp_path: Path, visitors: Visitors) -> None:
    async with here(tmp_path) as house:
        watching = await entered(visitors, house, house.cast.carol, DESK)
        page = await entered(visitors, house, house.cast.bob, PHONE)
        assert not await page.locator(".grip").first.is_visible()
        await page.get_by_role("button", name="More for two").click()
        await page.locator("[popover]:popover-open").get_by_role("button", name="Move up").click()
        await shows(page, "two", "one", "three")
        await shows(watching, "two", "one", "three")
