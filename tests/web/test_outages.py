"""What people are told where they are while a service is down: on the home page, where they ask, queue and play."""

import re

import httpx
import pytest

from medianest.core import clock, journal
from medianest.core.actor import Role
from medianest.core.config import MonitorSettings
from medianest.status.types import Beat, Beaten, Described, Listed, State
from tests.fakes.overseerr import Overseerr
from tests.fakes.plex import Plex
from tests.status.by_hand import lose, tell
from tests.web.asking import DUNE, lead_to
from tests.web.house import House, enter, submit

NAMES = {1: "Plex", 2: "Seerr", 3: "Line", 4: "Router"}
SAID = (
    MonitorSettings(monitor="Plex", carries=frozenset({"plex"})),
    MonitorSettings(monitor="Seerr", carries=frozenset({"overseerr"}), meaning="Wishes wait."),
    MonitorSettings(monitor="Line", carries=frozenset({"downloads"})),
    MonitorSettings(monitor="Router", roles=frozenset({Role.ADMIN})),
)


async def are(house: House, *down: str) -> None:
    """All services are up but these."""
    at = clock.now()
    beats = {id: Beat(at, State.DOWN if name in down else State.UP, None) for id, name in NAMES.items()}
    await tell(
        house.services.status,
        Listed(monitors={id: Described(name=name) for id, name in NAMES.items()}, whole=True),
        *(Beaten(monitor=id, beats=(beat,)) for id, beat in beats.items()),
    )


@pytest.fixture
async def watched(house: House) -> House:
    house.settings = house.settings.model_copy(update={"monitors": SAID})
    await are(house)
    return house


@pytest.fixture
async def bob(watched: House, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await enter(browser, watched.cast.bob)
    return browser


async def text(browser: httpx.AsyncClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def line(browser: httpx.AsyncClient) -> str:
    """What the home page says of the services, its times left out."""
    found = re.search(r'<a class="pulse" href="/status">(.*?)</a>', await text(browser, "/"), re.DOTALL)
    said = re.sub(r"<time.*?</time>", "TIME", found[1], flags=re.DOTALL) if found else ""
    return " ".join(re.sub(r"<[^>]+>", " ", said).split())


async def test_the_home_page_says_in_one_line_how_the_services_are_that_somebody_is_shown(
    watched: House, bob: httpx.AsyncClient
) -> None:
    assert await line(bob) == "All 3 services are up."
    await are(watched, "Router")
    assert await line(bob) == "All 3 services are up."
    await are(watched, "Seerr")
    assert await line(bob) == "Seerr is down since TIME Wishes wait."
    await are(watched, "Plex")
    assert await line(bob) == (
        "Plex is down since TIME Playing in Plex waits until it is back. Downloads and requests go on."
    )
    await are(watched, "Plex", "Line")
    assert await line(bob) == "2 of 3 services are down. Line, Plex"
    async with watched.browser() as alice:
        await enter(alice, watched.cast.alice)
        assert await line(alice) == "2 of 4 services are down. Line, Plex"
    await lose(watched.services.status)
    assert await line(bob) == "Uptime Kuma was last heard TIME"


async def test_who_is_shown_nothing_has_no_such_line_and_where_nobody_watches_there_is_none(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    assert await line(browser) == ""
    hidden = tuple(one.model_copy(update={"roles": frozenset({Role.ADMIN})}) for one in SAID)
    house.settings = house.settings.model_copy(update={"monitors": hidden})
    await are(house, "Plex")
    assert await line(browser) == ""


async def test_an_unchanged_home_page_is_sent_again_when_a_service_goes_down(
    watched: House, bob: httpx.AsyncClient
) -> None:
    tag = {"If-None-Match": (await bob.get("/")).headers["etag"]}
    assert (await bob.get("/", headers=tag)).status_code == 304
    await are(watched, "Plex")
    assert "Plex is down since" in (await bob.get("/", headers=tag)).text


async def test_while_the_way_to_the_internet_is_down_the_queue_says_so_and_keeps_a_link_unseen(
    watched: House, bob: httpx.AsyncClient
) -> None:
    said = "The way to the internet is down since"
    assert said not in await text(bob, "/queue")
    await are(watched, "Line")
    assert said in await text(bob, "/queue")
    link = "http://127.0.0.1:9/clip.mp4"
    answer = await submit(bob, "/queue/preview", on="/queue", q=link)
    assert answer.status_code == 200
    assert said in answer.text
    assert 'action="/queue/links"' in answer.text
    queued = await submit(bob, "/queue/links", on="/queue", url=link)
    assert "One of the links is in the queue" in queued.text
    assert "clip.mp4" in await text(bob, "/queue?show=mine")


async def test_while_overseerr_is_down_those_who_ask_are_told_that_it_is_kept(
    watched: House, bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    await are(watched, "Seerr")
    assert "is interrupted since" not in await text(bob, "/ask"), "nobody asks anything there"
    await lead_to(watched, overseerr)
    for path in ("/ask", DUNE, "/requests"):
        assert "is interrupted since" in await text(bob, path), path
    assert "It is kept here" in await text(bob, DUNE)
    await are(watched)
    for path in ("/ask", DUNE, "/requests"):
        assert "is interrupted since" not in await text(bob, path), path


async def test_while_plex_is_down_pages_that_lead_there_say_so(
    watched: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    watched.linked.server = plex.server
    await watched.services.titles.refresh()
    pages = ("/plex", "/plex/titles/1")
    assert ["Plex is down since" in await text(bob, page) for page in pages] == [False, False]
    await are(watched, "Plex")
    assert ["Plex is down since" in await text(bob, page) for page in pages] == [True, True]
    promised = "Your inbox says when it works again."
    assert [promised in await text(bob, page) for page in pages] == [False, True], "to who wants to play something"
    await lose(watched.services.status)
    assert ["Plex is down since" in await text(bob, page) for page in pages] == [False, False], "nobody knows"


async def test_who_ran_into_an_outage_where_they_play_ask_or_queue_is_told_once_it_is_over(
    watched: House, bob: httpx.AsyncClient, overseerr: Overseerr, plex: Plex
) -> None:
    at_once = {"alert_after_s": 0, "flapping_s": 0}
    section = watched.settings.uptime_kuma.model_copy(update=at_once)
    watched.settings = watched.settings.model_copy(update={"uptime_kuma": section})
    watched.linked.server = plex.server
    await watched.services.titles.refresh()
    await lead_to(watched, overseerr)

    async def told() -> list[str]:
        entries = await watched.services.db.read(journal.after, 0, limit=500)
        of_bob = frozenset({f"user:{watched.cast.bob.id}"})
        return [entry.data["reason"] for entry in entries if entry.audience == of_bob and "reason" in entry.data]

    for path in ("/", "/status", "/queue"):
        await are(watched, "Plex", "Seerr", "Line")
        await text(bob, path)
    await are(watched)
    assert await told() == [], "who only looks around ran into nothing"
    for service, wants, function in (
        ("Plex", lambda: text(bob, "/plex/titles/1"), "plex"),
        ("Seerr", lambda: text(bob, DUNE), "overseerr"),
        ("Line", lambda: submit(bob, "/queue/preview", on="/queue", q="http://127.0.0.1:9/clip.mp4"), "downloads"),
    ):
        before = await told()
        await are(watched, service)
        await wants()
        await are(watched)
        await are(watched)
        assert await told() == [*before, f"status.again_{function}"], service
