"""The page of the services: in the words of the house, for each what they are shown, live, and never a stale green."""

import re
from datetime import timedelta

import httpx
import pytest

from medianest.core import clock
from medianest.core.actor import Role
from medianest.core.config import MonitorSettings
from medianest.status.types import Beat, Beaten, Described, Listed, Share, State, Trouble
from tests.status.by_hand import lose, tell
from tests.web.house import House, enter
from tests.web.test_live import listening

WORDS = "connect EHOSTUNREACH 192.168.1.9:445"


def beaten(id: int, *states: State, words: str = "200 - OK") -> Beaten:
    """One beat a minute, the last one now."""
    now = clock.now()
    beats = [
        Beat(now - timedelta(minutes=len(states) - 1 - place), state, 12.0 + place if state is State.UP else None)
        for place, state in enumerate(states)
    ]
    return Beaten(monitor=id, beats=tuple(beats), words=words, whole=True)


@pytest.fixture
async def watched(house: House) -> House:
    """Plex is up, the NAS is down, and only administrators are shown the router."""
    said = (
        MonitorSettings(monitor="plex", name="Films", group="Watching"),
        MonitorSettings(monitor="NAS", meaning="Nothing new arrives."),
        MonitorSettings(monitor="Router", roles=frozenset({Role.ADMIN})),
    )
    house.settings = house.settings.model_copy(update={"monitors": said})
    names = {1: "Plex", 2: "NAS", 3: "Router"}
    await tell(
        house.services.status,
        Listed(monitors={id: Described(name=name) for id, name in names.items()}, whole=True),
        beaten(1, State.UP, State.UP, State.UP),
        beaten(2, State.UP, State.DOWN, State.DOWN, State.DOWN, words=WORDS),
        beaten(3, State.UP),
        Share(monitor=1, hours=720, up=0.99999),
    )
    return house


async def page_of(house: House, browser: httpx.AsyncClient, who: str) -> str:
    await enter(browser, getattr(house.cast, who))
    answer = await browser.get("/status")
    assert answer.status_code == 200, answer.text
    return answer.text


def names(page: str) -> list[str]:
    return re.findall(r'<h3 dir="auto">([^<]*)</h3>', page)


async def test_without_uptime_kuma_the_page_says_how_to_come_to_one(house: House, browser: httpx.AsyncClient) -> None:
    assert "Nobody watches the services yet" in await page_of(house, browser, "bob")


async def test_the_board_says_in_words_what_is_down_since_when_and_what_that_means(
    watched: House, browser: httpx.AsyncClient
) -> None:
    page = await page_of(watched, browser, "bob")
    assert names(page) == ["Films", "NAS"]
    assert "1 of 2 services is down." in page
    assert 'aria-label="Films answers in 14 ms now, 12 to 14 lately"' in page
    assert "99.99 % in 30 days" in page
    assert "NAS is down" in page
    assert page.count("Nothing new arrives.") == 2
    assert 'aria-label="NAS, last 24 hours: 1 half hour was not fine"' in page
    assert "192.168.1.9" not in page
    assert "Router" not in page


async def test_administrators_are_shown_addresses_and_what_is_theirs(
    watched: House, browser: httpx.AsyncClient
) -> None:
    page = await page_of(watched, browser, "alice")
    assert names(page) == ["Films", "NAS", "Router"]
    assert WORDS in page


async def test_while_nothing_is_heard_nothing_is_green_and_it_says_since_when(
    watched: House, browser: httpx.AsyncClient
) -> None:
    await lose(watched.services.status, Trouble.AWAY)
    page = await page_of(watched, browser, "bob")
    assert "Uptime Kuma was last heard" in page
    assert "Uptime Kuma does not answer." in page
    assert page.count('class="state unknown"') == 2
    assert 'class="state up"' not in page
    assert 'class="incident card"' not in page


async def test_an_unchanged_board_is_not_made_again(watched: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, watched.cast.bob)
    first = await browser.get("/status")
    again = await browser.get("/status", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    await tell(watched.services.status, beaten(1, State.DOWN))
    assert (await browser.get("/status", headers={"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_an_open_page_gets_a_beat_as_a_fragment_and_a_change_as_a_reason_to_look_again(watched: House) -> None:
    status = watched.services.status
    async with listening(watched, watched.cast.bob) as stream:
        await tell(status, Beaten(monitor=3, beats=(Beat(clock.now(), State.UP, 5.0),)))
        await tell(status, Beaten(monitor=1, beats=(Beat(clock.now(), State.UP, 77.0),)))
        beat = await stream.next()
        assert 'hx-target="#monitor-1-now"' in beat["data"]
        assert "77 ms" in beat["data"]
        await tell(status, beaten(1, State.DOWN))
        assert "Down" in (await stream.next())["data"]
        assert await stream.next() == {"event": "services", "data": "services"}
        await lose(status)
        assert await stream.next() == {"event": "services", "data": "services"}
