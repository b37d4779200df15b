"""A download whose title is on the Plex server is marked so wherever it is shown, to whom the server is shared."""

import httpx
import pytest

from medianest.accounts.types import User
from medianest.core import clock
from medianest.downloads.events import DownloadChanged
from medianest.downloads.types import State
from tests.fakes.plex import STRANGER, Plex
from tests.web.house import House, enter
from tests.web.test_live import ARRIVED, listening, record
from tests.web.test_queue import queue

THERE = "In Plex already"
TITLE = "Paper Boats (2025)"
EVERYWHERE = ("/", "/queue", "/library")


@pytest.fixture
async def with_plex(house: House, plex: Plex) -> House:
    """The stand-in's server is connected and read; it is shared with a stranger, but for its films."""
    house.linked.server = plex.server
    plex.server.share(STRANGER, "2")
    await house.services.titles.refresh()
    return house


async def marked(browser: httpx.AsyncClient, *paths: str) -> list[int]:
    """How often each page says it."""
    return [(await browser.get(path)).text.count(THERE) for path in paths]


async def here(house: House, owner: User, title: str) -> str:
    """A download of this title that came in; returns its id."""
    values = {
        "state": State.COMPLETED,
        "file_path": f"{title}.mp4",
        "size_bytes": 1,
        "duration_s": 200.0,
        "finished_at": clock.now(),
    }
    return await queue(house, owner, f"film{len(title)}", title=title, **values)


async def test_what_came_in_is_marked_on_every_page(with_plex: House, browser: httpx.AsyncClient) -> None:
    bob = with_plex.cast.bob
    ids = [await here(with_plex, bob, title) for title in ("Unheard of (2025)", "Paper Boats", TITLE)]
    await enter(browser, bob)
    assert await marked(browser, *EVERYWHERE) == [1, 1, 1]
    assert await marked(browser, *(f"/downloads/{id}" for id in ids)) == [0, 0, 1]
    assert 'href="/plex/titles/5"' in (await browser.get(f"/downloads/{ids[2]}")).text


async def test_what_is_under_way_is_marked_too(with_plex: House, browser: httpx.AsyncClient) -> None:
    await queue(with_plex, with_plex.cast.bob, "film", title=TITLE, state=State.PAUSED)
    await enter(browser, with_plex.cast.bob)
    assert await marked(browser, "/", "/queue") == [1, 1]


async def test_only_who_sees_the_title_in_plex_sees_the_mark_on_pages_and_live(with_plex: House) -> None:
    cast = with_plex.cast
    id = await here(with_plex, cast.bob, TITLE)
    with_plex.linked.people[cast.carol.id] = STRANGER
    for user, expected in ((cast.alice, 1), (cast.bob, 1), (cast.carol, 0)):
        async with with_plex.browser() as own:
            await enter(own, user)
            await own.get("/plex/new")
            assert await marked(own, *EVERYWHERE) == [expected] * 3, user.name
    async with listening(with_plex, cast.carol) as to_carol, listening(with_plex, cast.bob) as to_bob:
        await record(with_plex, DownloadChanged, id)
        assert [await to_bob.next(), await to_carol.next()] == [ARRIVED] * 2
        assert THERE in (await to_bob.next())["data"]
        assert THERE not in (await to_carol.next())["data"]


async def test_marking_asks_nobody(with_plex: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    with_plex.linked.people[with_plex.cast.bob.id] = STRANGER
    await queue(with_plex, with_plex.cast.bob, "film", title=TITLE, state=State.PAUSED)
    await enter(browser, with_plex.cast.bob)
    asked = len(plex.server.hits)
    assert await marked(browser, "/queue") == [0]
    assert len(plex.server.hits) == asked
