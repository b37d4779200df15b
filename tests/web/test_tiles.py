"""Links of the house stand on the home page of those whom they are for, and of nobody else."""

import re
from dataclasses import replace

import httpx
import pytest

from medianest.admin import reloads
from medianest.core.actor import NOBODY, Role
from medianest.core.config import TileSettings
from medianest.core.config.reload import Reload
from medianest.web.tiles import TileGroup, tile_groups
from tests.portal.fixtures import PEOPLE, NewPortal
from tests.web.house import House, enter

PHOTOS = TileSettings(
    title="Photos", url="https://photos.example/albums?a=1&b=2", icon="photo", description="All albums"
)
ROUTER = TileSettings(title="Router", url="http://192.168.1.1:8080/", roles=frozenset({Role.ADMIN}))


async def take_over(house: House, *tiles: TileSettings) -> None:
    """What the portal does when the file of settings was saved."""
    house.settings = house.settings.model_copy(update={"tiles": tiles})
    await reloads.write_down(house.services.db, Reload(settings=house.settings, changed=frozenset({("tiles",)})))


def links(page: str) -> list[str]:
    return re.findall(r'<a class="card link-tile" href="([^"]*)" rel="noreferrer noopener">', page)


def titles(groups: tuple[TileGroup, ...]) -> list[tuple[str, list[str]]]:
    return [(group.name, [tile.title for tile in group.tiles]) for group in groups]


async def test_a_tile_leads_away_without_telling_from_where(house: House, browser: httpx.AsyncClient) -> None:
    await take_over(house, PHOTOS)
    await enter(browser, house.cast.bob)
    page = (await browser.get("/")).text
    assert links(page) == ["https://photos.example/albums?a=1&amp;b=2"]
    assert "#photo" in page
    assert "All albums" in page


async def test_without_words_of_its_own_a_tile_tells_its_host(house: House, browser: httpx.AsyncClient) -> None:
    await take_over(house, ROUTER)
    await enter(browser, house.cast.alice)
    assert '<span class="meta">192.168.1.1</span>' in (await browser.get("/")).text


async def test_who_is_not_meant_learns_nothing_of_it(house: House, browser: httpx.AsyncClient) -> None:
    await take_over(house, ROUTER, PHOTOS)
    await enter(browser, house.cast.bob)
    page = (await browser.get("/")).text
    assert links(page) == ["https://photos.example/albums?a=1&amp;b=2"]
    assert "192.168.1.1" not in page
    assert "Router" not in page


async def test_without_tiles_there_is_no_place_for_them(house: House, browser: httpx.AsyncClient) -> None:
    await take_over(house, ROUTER)
    await enter(browser, house.cast.bob)
    assert "links-title" not in (await browser.get("/")).text


async def test_a_reload_makes_the_page_anew(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    before = (await browser.get("/")).headers["etag"]
    assert (await browser.get("/", headers={"if-none-match": before})).status_code == 304
    await take_over(house, PHOTOS)
    after = await browser.get("/", headers={"if-none-match": before})
    assert after.status_code == 200
    assert len(links(after.text)) == 1
    assert (await browser.get("/", headers={"if-none-match": after.headers["etag"]})).status_code == 304


def test_tiles_stand_in_their_order_and_groups_where_their_first_tile_would() -> None:
    def tile(title: str, order: int = 0, group: str = "") -> TileSettings:
        return TileSettings(title=title, url=f"https://{title}.example", order=order, group=group)

    child = replace(NOBODY, role=Role.CHILD)
    tiles = [tile("d", group="Look"), tile("b"), tile("c", -1, "Listen"), tile("e", 9, "Look"), tile("a", -2)]
    assert titles(tile_groups(tiles, child)) == [("", ["a", "b"]), ("Listen", ["c"]), ("Look", ["d", "e"])]
    assert titles(tile_groups(tiles[2:3], child)) == [("Listen", ["c"])]


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_own(role: Role) -> None:
    tiles = [TileSettings(title=name, url=f"https://{name}.example", roles=frozenset({name})) for name in Role]
    assert titles(tile_groups(tiles, replace(NOBODY, role=role))) == [("", [role])]


def test_saving_the_file_puts_a_tile_on_the_page_of_whom_it_is_for(new_portal: NewPortal) -> None:
    portal = new_portal(people=PEOPLE)
    portal.start()
    admin = portal.admin()
    written = portal.config_file.read_text()
    with portal.sign_in("Mia") as member, portal.sign_in("Kim") as child:
        with admin.stream("GET", "/api/v1/events") as events:
            portal.config_file.write_text(
                f"{written}\n[[tiles]]\ntitle = 'Photos'\nurl = 'https://photos.example'\nroles = ['member']\n"
            )
            assert "event: settings.reloaded" in events.iter_lines()
        assert links(member.get("/").text) == ["https://photos.example"]
        assert "photos.example" not in child.get("/").text
