"""Somebody for whom something does not work tells the administrators, who are told how everything was then."""

import re

import httpx
import pytest

from medianest.core import clock, journal
from medianest.core.config import MonitorSettings
from medianest.core.event import ADMINS
from medianest.core.journal import Entry
from medianest.status.reports import WORDS_MOST
from medianest.status.types import Beat, Beaten, Described, Listed, State
from tests.status.by_hand import lose, tell
from tests.web.house import House, enter, submit

PAGE = "/status/reports"
WORDS = "The film stops\r\nafter a minute"


async def are(house: House, plex: State) -> None:
    described = {1: Described(name="Plex"), 2: Described(name="Line")}
    beats = {1: plex, 2: State.UP}
    await tell(
        house.services.status,
        Listed(monitors=described, whole=True),
        *(Beaten(monitor=id, beats=(Beat(clock.now(), state, None),)) for id, state in beats.items()),
    )


@pytest.fixture
async def bob(house: House, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await enter(browser, house.cast.bob)
    return browser


async def told(house: House) -> list[Entry]:
    entries = await house.services.db.read(journal.after, 0, limit=200)
    return [entry for entry in entries if entry.kind == "status.reported"]


async def report(browser: httpx.AsyncClient, words: str, page: str = "/plex/titles/1") -> httpx.Response:
    return await submit(browser, PAGE, on="/status", page=page, words=words)


async def test_it_reaches_the_administrators_with_the_page_the_words_and_the_state_of_everything(
    house: House, bob: httpx.AsyncClient
) -> None:
    await are(house, State.DOWN)
    answer = await report(bob, WORDS, "/plex/titles/1?q=secret")
    assert (answer.status_code, answer.headers["location"]) == (303, "/status?sent=1#report")
    assert "The administrators know now" in (await bob.get("/status?sent=1")).text
    (entry,) = await told(house)
    assert (entry.actor_id, entry.audience) == (house.cast.bob.id, ADMINS)
    assert clock.now().timestamp() - entry.at.timestamp() < 60
    assert (entry.data["page"], entry.data["words"]) == ("/plex/titles/1", "The film stops after a minute")
    assert entry.data["link"] == "up"
    assert [(one["name"], one["state"]) for one in entry.data["services"]] == [("Line", "up"), ("Plex", "down")]
    async with house.browser() as alice:
        await enter(alice, house.cast.alice)
        journal_page = (await alice.get("/admin/journal?topic=status")).text
    said = "Bob says on /plex/titles/1 that something does not work: “The film stops after a minute” Down: Plex."
    assert said in journal_page


async def test_what_an_administrator_alone_is_shown_is_told_too_and_what_nobody_heard_is_unknown(
    house: House, bob: httpx.AsyncClient
) -> None:
    only_admins = MonitorSettings.model_validate({"monitor": "Plex", "roles": ["admin"]})
    await report(bob, "a")
    house.settings = house.settings.model_copy(update={"monitors": (only_admins,)})
    await are(house, State.UP)
    await report(bob, "b")
    await lose(house.services.status)
    await report(bob, "c")
    seen = [(entry.data["reason"], [one["state"] for one in entry.data["services"]]) for entry in await told(house)]
    assert seen == [
        ("status.seen_by_nobody", []),
        ("status.seen_fine", ["up", "up"]),
        ("status.seen_before", ["unknown", "unknown"]),
    ]
    catalogue = house.services.catalogues.of("en")
    assert [id for id, _ in seen if catalogue.lookup(id) is None] == []


async def test_who_says_nothing_or_too_much_gets_the_form_back_and_nobody_is_told(
    house: House, bob: httpx.AsyncClient
) -> None:
    for words in ("", " \r\n ", "x" * (WORDS_MOST + 1)):
        answer = await report(bob, words)
        assert answer.status_code == 422
        assert "Say in a few words what does not work: 500 characters at most." in answer.text
        assert words.strip() in answer.text
        assert 'name="page" value="/plex/titles/1"' in answer.text
    assert await told(house) == []
    assert (await report(bob, "x" * WORDS_MOST)).status_code == 303
    assert len(await told(house)) == 1


async def test_an_outage_leads_to_the_form_which_names_a_page_of_ours_and_no_other(
    house: House, bob: httpx.AsyncClient
) -> None:
    carries = MonitorSettings.model_validate({"monitor": "Plex", "carries": ["downloads"]})
    house.settings = house.settings.model_copy(update={"monitors": (carries,)})
    await are(house, State.DOWN)
    assert 'href="/status?about=/queue#report"' in (await bob.get("/queue?show=mine")).text
    assert 'href="#report"' in (await bob.get("/status")).text
    for about, page in {
        "/queue": "/queue",
        "": "/status",
        "https://evil.example/x": "/status",
        "//evil.example": "/status",
        "/ask?q=words": "/ask",
    }.items():
        text = (await bob.get("/status", params={"about": about})).text
        assert re.findall(r'name="page" value="([^"]*)"', text) == [page], about
