"""Sites on the queue's page and in the admin place."""

import httpx
import pytest

from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.health import Standing
from medianest.downloads.sites.manners import learnt
from medianest.downloads.types import ErrorCode
from tests.web.house import House, enter, submit
from tests.web.test_queue import queue

SITE = "127.0.0.1"
PAGE = f"/admin/sites/{SITE}"


async def refuse(house: House) -> None:
    async with house.services.db.transaction() as session:
        await learnt(session, SITE, ErrorCode.BOT_CHECK, is_probe=False)


async def standing(house: House) -> Standing:
    return (await house.services.db.read(site_queries.one, SITE)).standing


async def test_the_queue_says_which_site_cools_down_and_why(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    await queue(house, house.cast.bob, "film")
    assert "Cooling down" not in (await browser.get("/queue")).text
    await refuse(house)
    page = (await browser.get("/queue")).text
    assert "Cooling down" in page
    assert "It takes us for a robot." in page


async def test_an_administrator_holds_a_site_back_and_has_it_asked_again(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.alice)
    assert "No site was asked yet" in (await browser.get("/admin/sites")).text
    await queue(house, house.cast.bob, "film")
    await refuse(house)
    page = (await browser.get("/admin/sites")).text
    assert "1 under way" in page
    assert "Ask it again" in page
    await submit(browser, f"{PAGE}/release", on="/admin/sites")
    assert await standing(house) is Standing.OK
    await submit(browser, f"{PAGE}/hold", on="/admin/sites")
    assert await standing(house) is Standing.HELD
    assert "Held back" in (await browser.get(PAGE)).text


async def test_the_page_says_how_fast_all_may_go_at_this_hour(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    assert "All downloads together" not in (await browser.get("/admin/sites")).text
    shop = house.services.downloads._shop
    shop.settings = shop.settings.model_copy(update={"rate_limit_bytes_per_s": 2_500_000})
    page = (await browser.get("/admin/sites")).text
    assert "All downloads together may fetch at most 2.5" in page


async def test_a_site_gets_limits_of_its_own_by_a_form(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    await queue(house, house.cast.bob, "film")
    wrong = await submit(browser, PAGE, on=PAGE, per_site="2", pause_s="long")
    assert wrong.status_code == 422
    assert 'value="long"' in wrong.text
    assert "It must be a number from 0 to 3600, or nothing." in wrong.text
    await submit(browser, PAGE, on=PAGE, per_site="2", pause_s="")
    site = await house.services.db.read(site_queries.one, SITE)
    assert (site.per_site, site.pause_s) == (2, None)


@pytest.mark.parametrize("path", ["/admin/sites", PAGE])
async def test_only_administrators_come_in(house: House, browser: httpx.AsyncClient, path: str) -> None:
    await enter(browser, house.cast.carol)
    assert (await browser.get(path)).status_code == 403


async def test_what_nobody_asked_is_not_there(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    assert (await browser.get("/admin/sites/never.example")).status_code == 404


COOKIES = "127.0.0.1\tFALSE\t/\tFALSE\t0\tmember\ts3cret\n"


async def test_cookies_are_given_by_a_form_and_never_come_back(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    for name in ("[a-z]", "nowhere", ""):
        wrong = await submit(browser, "/admin/sites", on="/admin/sites", name=name, cookies=COOKIES, use="always")
        assert wrong.status_code == 422
        assert "This is not the name of a site." in wrong.text
    named = "http://127.0.0.1:8000/watch?v=1"
    wrong = await submit(browser, "/admin/sites", on="/admin/sites", name=named, cookies="{}", use="always")
    assert "These cookies are JSON." in wrong.text
    assert named in wrong.text
    await submit(browser, "/admin/sites", on="/admin/sites", name=named, cookies=COOKIES, use="always")
    page = (await browser.get(PAGE)).text
    assert "1 cookie" in page
    assert 'value="always" checked' in page
    assert "s3cret" not in page + wrong.text


async def test_their_use_changes_without_pasting_them_again(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    await submit(browser, "/admin/sites", on="/admin/sites", name=SITE, cookies=COOKIES, use="always")
    await submit(browser, f"{PAGE}/cookies", on=PAGE, cookies="", use="never")
    assert "Not used" in (await browser.get(PAGE)).text
    wrong = await submit(browser, f"{PAGE}/cookies", on=PAGE, cookies="nothing", use="never")
    assert "Line 1 is not a cookie." in wrong.text
    await submit(browser, f"{PAGE}/cookies/remove", on=PAGE)
    assert "Forget them" not in (await browser.get(PAGE)).text
    journal = (await browser.get("/admin/journal")).text
    assert f"gave cookies for {SITE}" in journal
    assert f"had the cookies of {SITE} forgotten" in journal
