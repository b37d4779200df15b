"""The home page is there at once, whoever is silent; its shelves say what is the matter, and only with themselves."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import event, update

from medianest.core import clock
from medianest.downloads.types import State
from medianest.media_requests.models import RequestRow
from tests.fakes.overseerr import Has, Overseerr
from tests.fakes.plex import CHILD, FRIEND, STRANGER, Plex
from tests.people import sign_in
from tests.web.asking import DUNE, MATRIX, lead_to
from tests.web.house import House, enter, submit
from tests.web.test_plex import BY_HTMX, text, titles
from tests.web.test_queue import finish, queue

BEGUN = "/hubs/continueWatching/items"
LONG_S = 60
PARTS = ("/shelves/under-way", "/shelves/arrived", "/shelves/wishes")


@pytest.fixture
async def with_plex(house: House, plex: Plex) -> House:
    """The stand-in's server is connected and read; Bob has an account there, and a film that he has begun."""
    house.linked.server = plex.server
    house.linked.people[house.cast.bob.id] = FRIEND
    plex.server.watch(FRIEND, plex.server.shelves.items["5"], until_ms=1_350_000)
    await house.services.titles.refresh()
    _, actor = await sign_in(house.services.accounts, house.cast.bob)
    await house.services.titles.sections(actor)
    house.services.titles.patience_s = LONG_S
    return house


@pytest.fixture
async def bob(house: House, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await enter(browser, house.cast.bob)
    return browser


def section(page: str, id: str) -> str:
    """What stands on one shelf; empty where there is none."""
    found = re.search(rf'<section class="section" id="{id}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def trigger(part: str) -> str:
    found = re.search(r'hx-trigger="([^"]*)"', part)
    assert found, part
    return found[1]


async def test_the_page_is_there_while_plex_is_silent_with_all_but_what_only_plex_knows(
    with_plex: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    await finish(with_plex, with_plex.cast.bob, "ems-by-canoe")
    await queue(with_plex, with_plex.cast.bob, "harbour-at-dusk", state=State.PAUSED)
    plex.server.trouble("/", wait=LONG_S)
    asked = len(plex.server._came)
    page = await text(bob, "/")
    assert len(plex.server._came) == asked, "nobody was asked"
    assert [title in page for title in ("ems-by-canoe", "harbour-at-dusk")] == [True, True]
    assert "Paper Boats" in titles(section(page, "plex-new"))
    waiting = section(page, "plex-continue")
    assert 'aria-busy="true"' in waiting
    assert trigger(waiting) == "load, plex from:#live"
    assert '<noscript><p class="meta"><a href="/plex/continue">Show “Go on in Plex”</a>' in waiting


async def test_a_shelf_whose_server_is_silent_says_so_in_time_and_fills_when_it_speaks(
    with_plex: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    plex.server.trouble(BEGUN, wait=LONG_S)
    with_plex.services.titles.patience_s = 0
    for _ in range(3):
        answer = await bob.get("/plex/continue", headers=BY_HTMX)
        assert "Plex takes longer than usual." in answer.text
        assert trigger(answer.text) == "every 3s, plex from:#live"
        assert 'aria-busy="true"' in answer.text
        assert "etag" not in answer.headers
    await asyncio.to_thread(plex.server.wait_until_under_way, BEGUN)
    plex.server.calm()
    with_plex.services.titles.patience_s = LONG_S
    shelf = await text(bob, "/plex/continue", **BY_HTMX)
    assert titles(shelf) == ["Paper Boats"]
    assert trigger(shelf) == "plex from:#live"
    assert len(plex.server.asked(BEGUN)) == 1, "it was asked once, however often somebody looked"
    page = section(await text(bob, "/"), "plex-continue")
    assert titles(page) == ["Paper Boats"], "what was told is there at once the next time"
    assert trigger(page) == "load, plex from:#live"


async def test_a_shelf_whose_server_is_away_says_since_when_and_what_goes_on_and_can_be_tried_again(
    with_plex: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    plex.server.away()
    answer = await bob.get("/plex/continue", headers=BY_HTMX)
    assert re.search(r"Plex has not answered since\s*<time datetime", answer.text)
    assert "can still be looked for here" in answer.text
    assert "etag" not in answer.headers
    assert 'href="/plex/continue" hx-get="/plex/continue" hx-target="#plex-continue"' in answer.text
    page = await text(bob, "/")
    assert "Plex has not answered since" in section(page, "plex-continue"), "that is known already"
    assert trigger(section(page, "plex-continue")) == "load, plex from:#live"
    assert "Paper Boats" in titles(section(page, "plex-new"))
    assert "Plex has not answered since" in await text(bob, "/plex/continue"), "the page without script"


async def test_while_nobody_knows_who_is_at_the_address_in_the_settings_the_page_does_not_wait_for_it(
    with_plex: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    with_plex.linked.is_recognised = False
    plex.server.trouble("/", wait=LONG_S)
    asked = len(plex.server._came)
    page = await text(bob, "/")
    assert len(plex.server._came) == asked
    assert "Plex does not answer" in section(page, "plex-continue")
    assert "Paper Boats" in titles(section(page, "plex-new"))


async def test_a_child_waits_for_the_server_no_longer_and_sees_nothing_that_it_did_not_say(
    with_plex: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    with_plex.linked.people[with_plex.cast.dora.id] = CHILD
    await enter(browser, with_plex.cast.dora)
    plex.server.trouble("/library", wait=LONG_S)
    page = section(await text(browser, "/"), "plex-new")
    assert titles(page) == []
    assert trigger(page) == "load, plex from:#live"
    with_plex.services.titles.patience_s = 0
    slow = await browser.get("/plex/new", headers=BY_HTMX)
    assert "Plex takes longer than usual." in slow.text
    assert titles(slow.text) == []
    assert "etag" not in slow.headers
    plex.server.calm()
    with_plex.services.titles.patience_s = LONG_S
    assert "Paper Boats" in titles(await text(browser, "/plex/new", **BY_HTMX))
    plex.server.away()
    gone = await text(browser, "/plex/new", **BY_HTMX)
    assert titles(gone) == []
    assert "What it has for you comes back" in gone
    assert "looked for here" not in gone, "for a child it cannot be"


async def test_who_is_in_the_midst_of_nothing_sees_no_such_shelf_from_the_next_time_on(
    with_plex: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    with_plex.linked.people[with_plex.cast.bob.id] = STRANGER
    plex.server.share(STRANGER)
    assert 'aria-busy="true"' in section(await text(bob, "/"), "plex-continue")
    assert "You are in the midst of nothing" in await text(bob, "/plex/continue", **BY_HTMX)
    assert '<div class="held quiet">' in await text(bob, "/")
    with_plex.linked.people[with_plex.cast.bob.id] = FRIEND
    page = await text(bob, "/")
    assert '<div class="held quiet">' not in page, "of another account nothing is known"
    assert 'aria-busy="true"' in section(page, "plex-continue")


async def test_the_page_is_there_with_its_other_shelves_full_while_overseerr_is_silent(
    with_plex: House, bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    await lead_to(with_plex, overseerr)
    await submit(bob, DUNE, on=DUNE)
    overseerr.trouble("/", wait=LONG_S)
    asked = len(overseerr._came)
    page = await text(bob, "/")
    assert len(overseerr._came) == asked
    assert "Dune" in page
    assert "Paper Boats" in titles(section(page, "plex-new"))


async def test_what_came_that_somebody_asked_for_is_theirs_to_see_for_two_weeks(
    house: House, bob: httpx.AsyncClient, overseerr: Overseerr
) -> None:
    await lead_to(house, overseerr)
    await submit(bob, MATRIX, on=MATRIX)
    assert "You asked for it" not in await text(bob, "/")
    overseerr.media[0].status = Has.AVAILABLE
    await house.services.requests.reconcile()
    for path in ("/", "/shelves/wishes"):
        part = await text(bob, path, **BY_HTMX)
        assert part.partition("You asked for it")[2].count("The Matrix") == 1, path
    assert "The Matrix" not in await text(bob, "/shelves/under-way", **BY_HTMX)
    async with house.browser() as carol:
        await enter(carol, house.cast.carol)
        assert "The Matrix" not in await text(carol, "/")
    async with house.services.db.transaction() as session:
        await session.execute(update(RequestRow).values(changed_at=clock.now() - timedelta(days=15)))
    assert "You asked for it" not in await text(bob, "/")


async def test_parts_are_sent_again_when_they_are_others_and_only_then_and_lead_to_the_page_without_script(
    house: House, bob: httpx.AsyncClient
) -> None:
    for path in PARTS:
        assert (await bob.get(path)).headers["location"] == "/"
        tag = {"If-None-Match": (await bob.get(path, headers=BY_HTMX)).headers["etag"]}
        assert (await bob.get(path, headers=BY_HTMX | tag)).status_code == 304
        house.services.db.versions.advance(frozenset({"media_requests", "downloads"}))
        assert (await bob.get(path, headers=BY_HTMX | tag)).status_code == 200
    await finish(house, house.cast.bob, "ems-by-canoe")
    part = await text(bob, "/shelves/arrived", **BY_HTMX)
    assert re.search(r'id="just-here".*ems-by-canoe.*id="arrived-here"', part, re.DOTALL)
    await finish(house, house.cast.bob, "harbour-at-dusk")
    part = await text(bob, "/shelves/arrived", **BY_HTMX)
    assert re.search(r'id="just-here".*harbour-at-dusk.*id="arrived-here".*ems-by-canoe', part, re.DOTALL)


async def test_children_and_guests_see_their_own_and_nothing_of_others(house: House, bob: httpx.AsyncClient) -> None:
    await finish(house, house.cast.bob, "ems-by-canoe")
    await queue(house, house.cast.bob, "harbour-at-dusk", state=State.PAUSED)
    await queue(house, house.cast.bob, "saturn-rings", state=State.PAUSED, owner_id=house.cast.dora.id)
    for user, has_own in ((house.cast.dora, True), (house.cast.gus, False)):
        async with house.browser() as own:
            await enter(own, user)
            for path in ("/", "/shelves/arrived", "/shelves/under-way"):
                page = await text(own, path, **BY_HTMX)
                assert "ems-by-canoe" not in page
                assert "harbour-at-dusk" not in page
            assert ("saturn-rings" in await text(own, "/")) is has_own
            assert ("/shelves/wishes" in await text(own, "/")) is has_own, "a guest asks for nothing"


async def test_as_many_questions_are_put_to_the_database_for_many_rows_as_for_few(
    with_plex: House, bob: httpx.AsyncClient
) -> None:
    said: list[str] = []
    event.listen(with_plex.services.db._reader, "before_cursor_execute", lambda _c, _cursor, sql, *_: said.append(sql))

    async def asked(path: str) -> int:
        await text(bob, path, **BY_HTMX)
        said.clear()
        with_plex.services.db.versions.advance(frozenset({"downloads"}))
        await text(bob, path, **BY_HTMX)
        return len(said)

    paths = ("/", *PARTS)
    for name in ("first", "second"):
        await finish(with_plex, with_plex.cast.bob, name)
        await queue(with_plex, with_plex.cast.bob, f"{name}-coming", state=State.PAUSED)
    few = [await asked(path) for path in paths]
    for number in range(6):
        await finish(with_plex, with_plex.cast.bob, f"more{number}")
        await queue(with_plex, with_plex.cast.bob, f"coming{number}", state=State.PAUSED)
    assert [await asked(path) for path in paths] == few
