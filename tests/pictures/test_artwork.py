"""The picture that a child fetched with a download: in the right size, kept for good, for who may see the download."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.core.actor import Role
from medianest.pictures.types import Source
from tests.pictures.samples import picture, seen
from tests.pictures.studio import Studio
from tests.rights.house import House, Newcomers, open_house

A_YEAR = "private, max-age=31536000, immutable"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as running:
        yield running


async def browsers(house: House, *roles: Role) -> tuple[str, list[httpx.AsyncClient]]:
    """A download of the first of these people that has a picture, and a browser of each."""
    make = Newcomers(house)
    people = [make.person(role) for role in roles]
    id = make.download(people[0])
    secrets = [make.session(person)[1] for person in people]
    await make.come_in()
    file = house.portal.settings.paths.data_dir / "pictures" / "downloads" / f"{id}.webp"
    file.write_bytes(picture("WEBP", (640, 360)))
    return id, [house.client(cookie=f"medianest={secret}") for secret in secrets]


async def test_it_comes_in_the_size_that_is_asked_for_and_is_kept_under_its_version(house: House) -> None:
    id, [bob] = await browsers(house, Role.MEMBER)
    async with bob:
        page = await bob.get("/library")
        v = re.findall(rf'src="/downloads/{id}/picture[?]v=(\d+)&amp;size=still-300"', page.text)[0]
        assert f'srcset="/downloads/{id}/picture?v={v}&amp;size=still-600 2x"' in page.text
        for size, wide in (("still-300", 300), ("still-600", 600)):
            answer = await bob.get(f"/downloads/{id}/picture", params={"v": v, "size": size})
            assert seen(answer.content).width == wide
            assert answer.headers["cache-control"] == A_YEAR
        whole = await bob.get(f"/downloads/{id}/picture", params={"v": v})
        assert (seen(whole.content).width, whole.headers["cache-control"]) == (640, A_YEAR)


async def test_under_another_version_it_is_asked_for_again(house: House) -> None:
    id, [bob] = await browsers(house, Role.MEMBER)
    async with bob:
        for asked in ({"v": "1", "size": "still-300"}, {"size": "still-300"}, {"v": "1"}, {}):
            answer = await bob.get(f"/downloads/{id}/picture", params=asked)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")
            again = await bob.get(
                f"/downloads/{id}/picture", params=asked, headers={"if-none-match": answer.headers["etag"]}
            )
            assert again.status_code == 304


@pytest.mark.parametrize("size", ["original", "still-301", "../still-300", "still-300 ", "0"])
async def test_there_are_no_other_sizes(house: House, size: str) -> None:
    id, [bob] = await browsers(house, Role.MEMBER)
    async with bob:
        assert (await bob.get(f"/downloads/{id}/picture", params={"v": "0", "size": size})).status_code == 404


async def test_it_is_for_those_who_may_see_the_download(house: House) -> None:
    id, clients = await browsers(house, Role.MEMBER, Role.CHILD, Role.GUEST)
    bob, child, guest = clients
    path = f"/downloads/{id}/picture?v=0&size=still-300"
    assert (await bob.get(path)).status_code == 200
    assert [(await other.get(path)).status_code for other in (child, guest)] == [404, 404]
    async with house.client() as stranger:
        assert (await stranger.get(path)).status_code == 303
    for client in clients:
        await client.aclose()


async def test_it_has_no_address_that_needs_no_right_to_the_download(studio: Studio) -> None:
    asked = studio.pictures.artwork("a" * 16, 0, "still-300")
    assert studio.pictures.address_of(Source.ARTWORK, f"/{'a' * 16}/0", asked.size) is None
    addresses = studio.pictures._addresses
    assert addresses
    assert addresses.read(f"/pictures/artwork/still-300/{asked.mark}/{'a' * 16}/0") is None
