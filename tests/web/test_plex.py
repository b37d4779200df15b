"""What is on the Plex server, as people see it: shelves on the home page, search, sections, titles."""

import re

import httpx
import pytest

from medianest.accounts import permissions
from medianest.core.actor import Actor, Role, Via
from medianest.plex import people
from medianest.plex.titles import queries, viewers
from medianest.plex.titles.service import CONNECTED_BY
from medianest.web.plex_marks import in_plex
from tests.fakes.plex import CHILD, FRIEND, OWNER, Plex
from tests.web.house import House, enter

IPHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}
BY_HTMX = {"HX-Request": "true"}


@pytest.fixture
async def with_plex(house: House, plex: Plex) -> House:
    """The stand-in's server is connected and read."""
    house.linked.server = plex.server
    await house.services.titles.refresh()
    return house


@pytest.fixture
async def bob(with_plex: House, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await enter(browser, with_plex.cast.bob)
    return browser


async def text(browser: httpx.AsyncClient, path: str, **headers: str) -> str:
    answer = await browser.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def titles(page: str) -> list[str]:
    return re.findall(r'<h3 dir="auto"><a href="/plex/titles/\d+">([^<]*)</a>', page)


def details(page: str) -> list[str]:
    return re.findall(r'<p class="meta" dir="auto">([^<]*)', page)


async def test_without_a_server_nothing_speaks_of_plex_but_its_own_page(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    assert "Plex" not in await text(browser, "/")
    assert "Plex" not in await text(browser, "/library")
    assert "Plex is not connected" in await text(browser, "/plex")


async def test_the_home_page_shows_what_is_new_with_episodes_of_a_show_as_one(bob: httpx.AsyncClient) -> None:
    page = await text(bob, "/")
    assert titles(page)[:3] == ["Small Hours", "Harbour Lights", "Paper Boats"]
    assert details(page)[:3] == ["4 new episodes", "5 new episodes", "2025"]
    assert 'hx-get="/plex/new" hx-trigger="plex from:#live"' in page, "it is there, and asked for when it changes"
    assert "Go on in Plex" not in page, "nobody knows who they are there"


async def test_a_page_that_did_not_change_is_not_sent_again_and_one_that_did_is(
    bob: httpx.AsyncClient, with_plex: House, plex: Plex
) -> None:
    tag = {"If-None-Match": (await bob.get("/")).headers["etag"]}
    assert (await bob.get("/", headers=tag)).status_code == 304
    plex.server.shelves.add("1", "movie", "Glass Tide", year=2026, added_at=1_900_000_000, updated_at=1_900_000_000)
    await with_plex.services.titles.refresh()
    assert titles((await bob.get("/", headers=tag)).text)[0] == "Glass Tide"


async def is_sent_again(browser: httpx.AsyncClient, path: str, **headers: str) -> bool:
    """Whether it is though nothing changed; at the turn of a minute it may be, once."""
    for _ in range(2):
        tag = {"If-None-Match": (await browser.get(path)).headers["etag"]}
        if (await browser.get(path, headers=tag | headers)).status_code == 304:
            return False
    return True


async def test_pages_of_plex_are_sent_again_when_they_are_others_and_only_then(
    bob: httpx.AsyncClient, with_plex: House
) -> None:
    pages = ("/plex", "/plex?section=1", "/plex?q=paper", "/plex/new", "/plex/titles/1")
    assert [page for page in pages if await is_sent_again(bob, page)] == []
    assert await is_sent_again(bob, "/plex/titles/1", **IPHONE), "another device has another way into Plex"
    for table in (*queries.TABLES, *CONNECTED_BY, people.TABLE, viewers.TABLE):
        tags = {page: {"If-None-Match": (await bob.get(page)).headers["etag"]} for page in pages}
        with_plex.services.db.versions.advance(frozenset({table}))
        answers = [await bob.get(page, headers=tag) for page, tag in tags.items()]
        assert [answer.status_code for answer in answers] == [200] * len(pages), table


async def test_a_server_that_is_being_read_for_the_first_time_is_told_so(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    house.linked.server = plex.server
    await enter(browser, house.cast.bob)
    for path in ("/", "/plex/new"):
        assert "is being read, and comes here by itself" in await text(browser, path)
    await house.services.titles.refresh()
    assert "Paper Boats" in titles(await text(browser, "/"))


async def test_what_somebody_goes_on_with_comes_by_itself_after_the_page(
    bob: httpx.AsyncClient, with_plex: House, plex: Plex
) -> None:
    with_plex.linked.people[with_plex.cast.bob.id] = FRIEND
    plex.server.watch(FRIEND, plex.server.shelves.items["5"], until_ms=1_350_000)
    plex.server.trouble("/hubs", wait=5)
    assert 'hx-get="/plex/continue" hx-trigger="load, plex from:#live"' in await text(bob, "/")
    plex.server.calm()
    shelf = await text(bob, "/plex/continue", **BY_HTMX)
    assert shelf.lstrip().startswith('<section class="section" id="plex-continue"')
    assert titles(shelf) == ["Paper Boats"]
    assert '<progress value="25" max="100"' in shelf
    assert titles(await text(bob, "/plex/continue")) == ["Paper Boats"], "a page without script"


async def test_while_plex_is_away_what_it_held_is_shown_with_its_age(
    bob: httpx.AsyncClient, with_plex: House, plex: Plex
) -> None:
    with_plex.linked.people[with_plex.cast.bob.id] = FRIEND
    await text(bob, "/plex")
    plex.server.away()
    assert "has not answered since" in await text(bob, "/plex/continue", **BY_HTMX)
    for path in ("/", "/plex", "/plex?q=paper", "/plex/new"):
        page = await text(bob, path)
        assert "Paper Boats" in titles(page)
        assert re.search(r"This is what it held\s*<time datetime", page), path


async def test_a_child_gets_its_shelf_from_the_server_and_is_told_when_that_is_away(
    with_plex: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    with_plex.linked.people[with_plex.cast.dora.id] = CHILD
    await enter(browser, with_plex.cast.dora)
    assert 'hx-get="/plex/new" hx-trigger="load' in await text(browser, "/")
    assert set(titles(await text(browser, "/plex/new", **BY_HTMX))) >= {"Paper Boats"}
    assert "Harbour Lights" not in await text(browser, "/plex/new", **BY_HTMX)
    plex.server.away()
    page = await text(browser, "/plex/new", **BY_HTMX)
    assert titles(page) == []
    assert "has not answered since" in page


async def test_search_sections_and_more(bob: httpx.AsyncClient, plex: Plex, with_plex: House) -> None:
    page = await text(bob, "/plex?q=harbor")
    assert "Nothing is called like that" in page
    page = await text(bob, "/plex?q=harbour")
    assert titles(page) == ["Harbour Lights"]
    plex.grow(100)
    await with_plex.services.titles.refresh()
    page = await text(bob, "/plex?section=1")
    assert len(titles(page)) == 48
    more = re.search(r'href="(/plex\?section=1&amp;cursor=[^"]+)"', page)
    assert more
    assert titles(await text(bob, more[1].replace("&amp;", "&")))[0] not in titles(page)


async def test_a_show_has_its_seasons_and_each_episode_a_way_into_plex(bob: httpx.AsyncClient, plex: Plex) -> None:
    (key,) = re.findall(r"/plex/titles/(\d+)", await text(bob, "/plex?q=harbour%20lights"))
    page = await text(bob, f"/plex/titles/{key}")
    assert re.findall(r'<h2 id="season-\d" dir="auto">([^<]*)', page) == ["Season 1", "Season 2"]
    ways = re.findall(r'href="(https://app.plex.tv/desktop/#!/server/unique_id_123/details\?key=[^"]+)"', page)
    assert len(ways) == 1 + 5
    assert ways[0].endswith(f"%2Flibrary%2Fmetadata%2F{key}")
    page = await text(bob, f"/plex/titles/{key}", **IPHONE)
    assert f'href="plex://preplay/?metadataKey=%2Flibrary%2Fmetadata%2F{key}&amp;server=unique_id_123"' in page
    assert "In the browser" in page


async def test_pictures_come_from_us_and_no_token_is_on_any_page(bob: httpx.AsyncClient, plex: Plex) -> None:
    for path in ("/", "/plex", "/plex?section=2", "/plex/titles/1"):
        page = await text(bob, path)
        assert plex.server.token_for(OWNER) not in page
        sources = re.findall(r'<img src="([^"]*)"', page)
        assert sources
        assert all(source.startswith("/pictures/plex/poster-") for source in sources)


async def test_what_is_not_there_or_not_for_somebody_is_not_found(
    bob: httpx.AsyncClient, with_plex: House, browser: httpx.AsyncClient
) -> None:
    for key in ("999999", "..%2F..%2F", "x"):
        assert (await bob.get(f"/plex/titles/{key}")).status_code == 404
    async with with_plex.browser() as guest:
        await enter(guest, with_plex.cast.gus)
        assert (await guest.get("/plex/titles/1")).status_code == 404
        assert "Nothing to see yet" in await text(guest, "/plex?section=1")


async def test_only_administrators_are_told_the_address_of_the_webhook(
    bob: httpx.AsyncClient, with_plex: House
) -> None:
    secret = with_plex.services.titles.webhook_secret()
    assert secret not in await text(bob, "/plex")
    async with with_plex.browser() as alice:
        await enter(alice, with_plex.cast.alice)
        assert f"{with_plex.url}/webhooks/plex/{secret}/news" in await text(alice, "/plex")


@pytest.mark.parametrize(
    ("title", "duration_s", "is_there"),
    [
        ("Paper Boats (2025)", None, True),
        ("paper boats", 5400.0, True),
        ("Paper Boats", 5800.0, True),
        ("Paper Boats", 200.0, False),
        ("Paper Boats", None, False),
        ("Paper Boats (2024)", 5400.0, False),
        ("Harbour Lights", 5400.0, False),
        ("Paper Boats: the making of", 5400.0, False),
    ],
)
async def test_a_link_is_marked_only_where_it_is_no_guess(
    with_plex: House, title: str, duration_s: float | None, is_there: bool
) -> None:
    may = permissions.OF_ROLE[Role.MEMBER]
    bob = Actor(id=with_plex.cast.bob.id, name="Bob", role=Role.MEMBER, permissions=may, via=Via.WEB)
    assert bool(await in_plex(with_plex.services.titles, bob, title, duration_s)) is is_there
