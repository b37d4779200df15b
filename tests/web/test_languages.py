"""A household of several languages: each reads the portal in the one that the browser asks for, or that they chose."""

import re

import httpx
import pytest

from medianest.accounts.types import UserChange
from medianest.core.actor import SYSTEM
from medianest.core.i18n import Catalogues
from tests.web.house import House, by_htmx, enter, submit

GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}
ARABIC = {"accept-language": "ar-EG,ar;q=0.9,en;q=0.5"}


def tongue(page: httpx.Response) -> tuple[str, str]:
    """The language and direction that a page says it has."""
    found = re.search(r'<html lang="(\w+)" dir="(\w+)"', page.text)
    assert found
    return found[1], found[2]


def said(language: str, id: str) -> str:
    return Catalogues().of(language).text(id)


@pytest.mark.parametrize(("asked", "language", "to"), [(GERMAN, "de", "ltr"), (ARABIC, "ar", "rtl"), ({}, "en", "ltr")])
async def test_the_door_speaks_as_the_browser_asks(house: House, asked: dict[str, str], language: str, to: str) -> None:
    async with house.browser() as browser:
        door = await browser.get("/sign-in", headers=asked)
        assert tongue(door) == (language, to)
        assert said(language, "web.sign_in.welcome") in door.text
        assert "Accept-Language" in door.headers["vary"]
        refused = await submit(browser, "/sign-in", on="/sign-in", name="Bob", password="wrong")
        assert refused.status_code == 422


@pytest.mark.parametrize(("asked", "language", "to"), [(GERMAN, "de", "ltr"), (ARABIC, "ar", "rtl")])
async def test_what_a_phone_reads_before_anybody_signs_in_follows_the_browser(
    house: House, asked: dict[str, str], language: str, to: str
) -> None:
    async with house.browser() as browser:
        manifest = await browser.get("/manifest.webmanifest", headers=asked)
        assert (manifest.json()["lang"], manifest.json()["dir"]) == (language, to)
        names = {shortcut["name"] for shortcut in manifest.json()["shortcuts"]}
        assert said(language, "web.queue.title") in names
        assert "Accept-Language" in manifest.headers["vary"]
        offline = await browser.get("/offline", headers=asked)
        assert tongue(offline) == (language, to)
        assert said(language, "web.phone.offline_title") in offline.text


async def test_what_somebody_chose_is_spoken_whatever_the_browser_asks_for(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    browser.headers["accept-language"] = "fr"
    assert tongue(await browser.get("/")) == ("fr", "ltr")
    await submit(browser, "/account/looks", on="/account", theme="auto", language="ar")
    assert tongue(await browser.get("/")) == ("ar", "rtl")
    account = await browser.get("/account")
    offered = re.findall(r'<option value="(\w*)"[^>]*lang="(\w+)"', account.text)
    assert offered == [(code, code) for code in house.services.catalogues.languages]
    assert re.search(r'<option value="ar"[^>]* selected', account.text)
    assert "العربية" in account.text
    await submit(browser, "/account/looks", on="/account", theme="auto", language="")
    assert tongue(await browser.get("/")) == ("fr", "ltr")


async def test_a_page_that_a_browser_keeps_is_not_shown_in_another_language(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    tags = {}
    for language in house.services.catalogues.languages:
        page = await browser.get("/account", headers={"accept-language": language})
        assert tongue(page)[0] == language
        tags[language] = page.headers.get("etag")
    known = {"accept-language": "de", "if-none-match": str(tags["en"])}
    assert tongue(await browser.get("/account", headers=known))[0] == "de"
    given = [tag for tag in tags.values() if tag]
    assert len(set(given)) == len(given)


PAGES = ("/", "/ask", "/requests", "/library", "/queue", "/status", "/inbox", "/account", "/account/phone")
ADMIN = (
    "people", "people/new", "plans", "plex", "overseerr", "sites", "names", "jobs", "doctor", "backups", "journal",
)  # fmt: skip


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr"])
async def test_every_place_is_there_in_every_language(house: House, browser: httpx.AsyncClient, language: str) -> None:
    people = house.services.accounts.people
    await people.change(SYSTEM, house.cast.alice.id, UserChange(language=language))
    await enter(browser, house.cast.alice)
    for path in (*PAGES, *(f"/admin/{place}" for place in ADMIN)):
        page = await browser.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert tongue(page)[0] == language, path
        assert said(language, "web.places.skip") in page.text, path


async def test_a_part_of_a_page_and_a_refusal_are_said_in_ones_language(
    house: House, browser: httpx.AsyncClient
) -> None:
    await house.services.accounts.people.change(SYSTEM, house.cast.bob.id, UserChange(language="de"))
    await enter(browser, house.cast.bob)
    nothing = await browser.get("/downloads/nowhere")
    assert nothing.status_code == 404
    assert said("de", "web.errors.not_found_title") in nothing.text
    looked = await by_htmx(browser, "POST", "/queue/preview", on="/", url="ftp://videos.example/x")
    assert said("de", "outbound.not_http") in looked.text
