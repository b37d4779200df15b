"""What makes the portal an app of a phone, and links that come from other apps."""

import html
import re

import httpx

from medianest.accounts.types import UserChange
from medianest.core.actor import SYSTEM
from medianest.downloads import queries
from medianest.downloads.types import Counts
from tests.people import sign_in
from tests.web.house import House, enter

LINK = "https://videos.example/watch?v=1&list=2"


async def test_the_manifest_and_the_worker_are_for_anybody(house: House) -> None:
    async with house.browser() as browser:
        manifest = await browser.get("/manifest.webmanifest")
        assert manifest.headers["content-type"].startswith("application/manifest+json")
        said = manifest.json()
        for icon in said["icons"]:
            picture = await browser.get(icon["src"])
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert {tuple(icon["purpose"].split()) for icon in said["icons"]} == {("any",), ("maskable",)}
        assert {"name": "Queue", "url": "/queue"} in said["shortcuts"]
        assert said["share_target"]["action"] == "/share"
        worker = await browser.get("/worker.js")
        assert worker.headers["content-type"].startswith("text/javascript")
        assert worker.headers["cache-control"] == "no-cache"
        assert re.match(r"// [0-9a-f]{24}\n", worker.text)
        offline = await browser.get("/offline")
        assert "No network" in offline.text
        assert "csrf" not in offline.text


async def test_what_a_browser_keeps_is_in_ones_own_language_and_the_same_for_all_who_read_it(house: House) -> None:
    kept = []
    for user in (house.cast.alice, house.cast.bob):
        await house.services.accounts.people.change(SYSTEM, user.id, UserChange(language="de"))
        async with house.browser() as browser:
            await enter(browser, user)
            browser.cookies["theme"] = "dark"
            offline, manifest = await browser.get("/offline"), await browser.get("/manifest.webmanifest")
            page = await browser.get("/account")
        assert 'rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials"' in page.text
        assert ('lang="de"' in offline.text, manifest.json()["lang"]) == (True, "de")
        kept.append(offline.text)
    assert kept[0] == kept[1]
    async with house.browser() as browser:
        assert (await browser.get("/offline", headers={"accept-language": "de"})).text == kept[0]


async def test_what_is_shared_is_asked_about_and_fetched_by_nobody(house: House, browser: httpx.AsyncClient) -> None:
    _, bob = await sign_in(house.services.accounts, house.cast.bob)
    await enter(browser, house.cast.bob)
    for said in ({"url": LINK}, {"text": f"Look at this: {LINK}", "title": "A film"}):
        page = await browser.get("/share", params=said)
        found = re.search(r'name="url" value="([^"]*)"', page.text)
        assert found
        assert html.unescape(found[1]) == LINK
        assert "Download this?" in page.text
    assert await house.services.db.read(queries.counts, bob) == Counts()


async def test_what_holds_no_link_is_looked_for_by_who_may_ask(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.dora)
    sent = await browser.get("/share", params={"title": "The General", "url": LINK})
    assert (sent.status_code, sent.headers["location"]) == (303, "/ask?q=The+General")


async def test_a_guest_shares_nothing(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.gus)
    assert (await browser.get("/share", params={"url": LINK})).status_code == 403


async def test_nobody_is_asked_to_sign_in_first_and_comes_back(house: House) -> None:
    async with house.browser() as browser:
        sent = await browser.get("/share", params={"url": LINK})
        assert sent.status_code == 303
        door = await browser.get(sent.headers["location"])
        kept = re.search(r'name="next" value="([^"]*)"', door.text)
        assert kept
        assert html.unescape(kept[1]) == f"/share?{httpx.QueryParams({'url': LINK})}"


async def test_the_page_of_the_phone_names_addresses_of_this_portal(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    page = html.unescape((await browser.get("/account/phone")).text)
    assert f">{house.url}/api/v1/downloads<" in page
    assert f'javascript:location.href="{house.url}/share?url="+encodeURIComponent(location.href)' in page
    assert "must be reached by HTTPS" in page
