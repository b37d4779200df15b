"""The route of pictures, on the real floor and server: who is answered, with what, and for how long."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.accounts import models as accounts_models  # noqa: F401 - its tables
from medianest.core.db import Database
from medianest.core.tones import tone
from medianest.downloads import models  # noqa: F401 - its tables
from medianest.pictures.types import Size, Source
from tests.fakes.image_host import ImageHost
from tests.fakes.plex import Plex
from tests.fakes.plex.messages import Reply
from tests.pictures.samples import seen
from tests.pictures.studio import at
from tests.web.house import House, enter, open_house

A_YEAR = "private, max-age=31536000, immutable"


@pytest.fixture
async def house(db: Database, tmp_path: Path, host: ImageHost, plex: Plex) -> AsyncIterator[House]:
    async with open_house(db, tmp_path, tmdb_url=host.base, plex=at(plex.server)) as running:
        yield running


@pytest.fixture
async def bob(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A member's browser."""
    async with house.browser() as browser:
        await enter(browser, house.cast.bob)
        yield browser


def address(house: House, path: str = "/poster.jpg", source: Source = Source.TMDB) -> str:
    found = house.services.pictures.address_of(source, path, Size.POSTER_342)
    assert found
    return found


async def test_a_picture_is_kept_by_the_browser_for_a_year(house: House, bob: httpx.AsyncClient) -> None:
    answer = await bob.get(address(house))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == A_YEAR
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert seen(answer.content).size == (342, 513)


async def test_who_has_it_is_told_so_without_anybody_being_asked(
    house: House, bob: httpx.AsyncClient, host: ImageHost
) -> None:
    tag = (await bob.get(address(house))).headers["etag"]
    host.hits.clear()
    host.away()
    again = await bob.get(address(house), headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", A_YEAR)
    assert (await bob.get(address(house, "/other.jpg"), headers={"if-none-match": tag})).status_code == 200


async def test_a_poster_of_plex_comes_without_its_token(house: House, bob: httpx.AsyncClient, plex: Plex) -> None:
    item = next(iter(plex.server.shelves.items.values()))
    link = address(house, f"/library/metadata/{item.key}/thumb/{item.updated_at}", Source.PLEX)
    answer = await bob.get(link)
    assert seen(answer.content).size == (342, 513)
    tokens = set(plex.server._tokens.values())
    assert not any(token in f"{link}{answer.headers}" for token in tokens)


async def test_nobody_sees_a_picture_without_signing_in(house: House, host: ImageHost) -> None:
    async with house.browser() as stranger:
        answer = await stranger.get(address(house))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert host.hits == []


async def test_a_drawing_stands_in_while_the_source_is_away(
    house: House, bob: httpx.AsyncClient, host: ImageHost
) -> None:
    host.away()
    answer = await bob.get(address(house))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "private, max-age=30"
    assert "etag" not in answer.headers
    assert b'width="342" height="513"' in answer.content
    host.back()
    assert (await bob.get(address(house))).headers["cache-control"] == A_YEAR


async def test_a_drawing_stands_in_for_what_is_no_picture(
    house: House, bob: httpx.AsyncClient, host: ImageHost
) -> None:
    host.pictures["/page.jpg"] = Reply(body=b"<html>not found</html>", media_type="image/jpeg")
    for path in ("/page.jpg", "/missing.jpg"):
        answer = await bob.get(address(house, path))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert answer.headers["cache-control"] == "private, max-age=3600"


async def test_an_address_that_was_changed_is_none(house: House, bob: httpx.AsyncClient, host: ImageHost) -> None:
    link = address(house)
    _, _, source, size, mark, name = link.split("/")
    forged = [
        f"/pictures/{source}/{size}/{mark}/other.jpg",
        f"/pictures/{source}/poster-684/{mark}/{name}",
        f"/pictures/plex/{size}/{mark}/{name}",
        f"/pictures/{source}/{size}/{mark[:-1]}/{name}",
        f"/pictures/{source}/{size}/{mark.swapcase()}/{name}",
        f"/pictures/{source}/{size}/{'A' * 22}/{name}",
        f"/pictures/{source}/original/{mark}/{name}",
        f"/pictures/web/{size}/{mark}/{name}",
    ]
    assert {(await bob.get(one)).status_code for one in forged} == {404}
    assert host.hits == []


async def test_the_tone_of_a_poster_stands_in_for_it_from_its_first_look_on(
    house: House, bob: httpx.AsyncClient, plex: Plex
) -> None:
    house.linked.server = plex.server
    await house.services.titles.refresh()
    before = (await bob.get("/plex/titles/1")).text
    assert '<span class="pic">' in before
    poster = re.search(r'<img src="(/pictures/plex/[^"]+)"', before)
    assert poster
    await bob.get(poster[1])
    blue = tone((0x37, 0x79, 0xB1))
    after = (await bob.get("/plex/titles/1")).text
    assert re.search(rf'<span class="pic" data-tone="{blue}">\s*<img src="{poster[1]}"', after)
