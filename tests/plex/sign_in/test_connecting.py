"""The administrator connects the portal to the household's server, links it again, and lets go of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.plex.errors import ServerNotFound
from tests.fakes.plex import FRIEND, NEIGHBOUR, OWNER, Connection, Person, Plex
from tests.plex.way import enter_by_plex, is_in, set_out
from tests.web.house import House, enter, open_house, submit


@pytest.fixture
def settings(plex: Plex) -> PlexSettings:
    """Nothing is set but where the stand-in is."""
    return PlexSettings(tv_url=plex.tv.base, app_url=plex.tv.app)


@pytest.fixture
async def admin(house: House, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    await enter(browser, house.cast.alice)
    return browser


@pytest.fixture
async def in_toml(db: Database, tmp_path: Path, settings: PlexSettings, plex: Plex) -> AsyncIterator[House]:
    """The settings name the server, and no token."""
    named = settings.model_copy(update={"server_url": plex.server.base})
    async with open_house(db, tmp_path, by_plex=named) as running:
        yield running


async def go_to_plex(admin: httpx.AsyncClient, plex: Plex, person: Person) -> httpx.Response:
    way = await set_out(admin, at="/admin/plex/connect", on="/admin/plex")
    plex.tv.approve(way.code, person)
    return await way.come_back()


async def connect(admin: httpx.AsyncClient, plex: Plex, person: Person = OWNER, **form: str) -> httpx.Response:
    choosing = (await go_to_plex(admin, plex, person)).headers["location"]
    chosen = {"machine_id": plex.server.machine, "url": plex.server.base} | form
    return await submit(admin, choosing, on=choosing, **chosen)


async def test_the_server_is_chosen_among_those_that_the_account_owns(
    house: House, admin: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    assert "No server is connected" in (await admin.get("/admin/plex")).text
    sent = await go_to_plex(admin, plex, OWNER)
    page = await admin.get(sent.headers["location"])
    assert plex.server.name in page.text
    assert plex.neighbours.name not in page.text
    taken = re.findall(r'name="url" value="([^"]+)" required checked', page.text)
    assert taken == [plex.server.local.base]
    await submit(
        admin, sent.headers["location"], on=sent.headers["location"], machine_id=plex.server.machine, url=taken[0]
    )
    server = await house.services.by_plex.plex.installation.current_server()
    assert server is not None
    assert (server.machine_id, server.url, server.name) == (plex.server.machine, taken[0], plex.server.name)
    assert server.token == plex.server.token_for(OWNER)
    await enter_by_plex(other, plex, FRIEND)
    assert await is_in(other)


async def test_each_way_is_tried_and_a_relay_comes_last(admin: httpx.AsyncClient, plex: Plex) -> None:
    plex.server.local.shut()
    gone, here = plex.server.local, plex.server.remote
    plex.server.connections.append(Connection(address="x", port=1, host="no.such.name.invalid"))
    plex.server.connections.append(Connection(address="127.0.0.1", port=here.port, protocol="https", host=here.host))
    plex.server.connections.append(Connection(address="127.0.0.1", port=plex.neighbours.local.port))
    page = await admin.get((await go_to_plex(admin, plex, OWNER)).headers["location"])
    assert re.findall(r'name="url" value="([^"]+)" required checked', page.text) == [here.base]
    assert f'value="{gone.base}" required disabled' in page.text
    assert "Nobody listens at this address" in page.text
    assert "cannot be looked up" in page.text
    assert "certificate at this address" in page.text
    assert "Another Plex server answers" in page.text


async def test_the_token_is_shown_to_no_other_server(admin: httpx.AsyncClient, plex: Plex) -> None:
    plex.server.connections[:] = [Connection(address="127.0.0.1", port=plex.neighbours.local.port)]
    await admin.get((await go_to_plex(admin, plex, OWNER)).headers["location"])
    assert [asked.token for asked in plex.neighbours.asked("/") if asked.token] == []


async def test_an_address_that_plex_did_not_tell_is_not_taken(
    house: House, admin: httpx.AsyncClient, plex: Plex
) -> None:
    answer = await connect(admin, plex, url="http://127.0.0.1:9")
    assert answer.status_code == 404
    assert await house.services.by_plex.plex.installation.current_server() is None


async def test_another_ones_server_is_not_taken(house: House, admin: httpx.AsyncClient, plex: Plex) -> None:
    answer = await connect(admin, plex, machine_id=plex.neighbours.machine, url=plex.neighbours.base)
    assert answer.status_code == 403
    assert await house.services.by_plex.plex.installation.current_server() is None


async def test_who_connects_can_say_that_the_account_is_their_own(
    house: House, admin: httpx.AsyncClient, plex: Plex
) -> None:
    await connect(admin, plex, own="yes")
    identity = await house.services.by_plex.door.identity(house.cast.alice.id)
    assert identity is not None
    assert identity.plex_id == OWNER.id


async def test_linking_again_swaps_the_token_and_nothing_else(
    house: House, admin: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await connect(admin, plex)
    await enter_by_plex(other, plex, FRIEND)
    installation = house.services.by_plex.plex.installation
    before, old = await installation.state(), await installation.owner_token()
    plex.tv.revoke(OWNER)
    await house.services.by_plex.circle.check()
    assert "link Plex again" in (await admin.get("/admin/plex")).text
    assert (await go_to_plex(admin, plex, OWNER)).headers["location"] == "/admin/plex"
    after = await installation.state()
    assert await installation.owner_token() != old
    assert (after.machine_id, after.url, after.connected_at) == (before.machine_id, before.url, before.connected_at)
    assert after.refused_at is None
    assert await is_in(other)


async def test_the_way_that_leads_to_a_server_is_good_once_and_in_one_browser(
    house: House, admin: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    choosing = (await go_to_plex(admin, plex, OWNER)).headers["location"]
    await enter(other, house.cast.alice)
    assert (await other.get(choosing)).status_code == 404
    assert (await admin.get(choosing)).status_code == 404


async def test_an_account_without_a_server_is_told_so(admin: httpx.AsyncClient, plex: Plex) -> None:
    page = await admin.get((await go_to_plex(admin, plex, FRIEND)).headers["location"])
    assert "owns no server" in page.text


async def test_the_server_that_the_settings_name_needs_its_own_owner(in_toml: House, plex: Plex) -> None:
    async with in_toml.browser() as admin:
        await enter(admin, in_toml.cast.alice)
        assert (await go_to_plex(admin, plex, NEIGHBOUR)).status_code == 403
        assert (await go_to_plex(admin, plex, OWNER)).headers["location"] == "/admin/plex"
        server = await in_toml.services.by_plex.plex.installation.current_server()
        assert server is not None
        assert (server.url, server.token) == (plex.server.base, plex.server.token_for(OWNER))
        assert (await submit(admin, "/admin/plex/disconnect", on="/admin/plex/disconnect")).status_code == 409


async def test_who_answers_at_the_address_in_the_settings_is_known_without_asking_once_somebody_asked(
    in_toml: House, plex: Plex
) -> None:
    async with in_toml.browser() as admin:
        await enter(admin, in_toml.cast.alice)
        installation = in_toml.services.by_plex.plex.installation
        asked = len(plex.server.hits)
        with pytest.raises(ServerNotFound):
            await installation.known_server()
        assert len(plex.server.hits) == asked
        await go_to_plex(admin, plex, OWNER)
        server = await installation.current_server()
        asked = len(plex.server.hits)
        assert server is not None
        assert await installation.known_server() == server
        assert len(plex.server.hits) == asked


async def test_disconnecting_keeps_people_in_and_the_identifier(
    house: House, admin: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await connect(admin, plex)
    await enter_by_plex(other, plex, FRIEND)
    installation = house.services.by_plex.plex.installation
    client_id = await installation.client_id()
    await submit(admin, "/admin/plex/disconnect", on="/admin/plex/disconnect")
    assert await installation.current_server() is None
    assert await installation.owner_token() == ""
    assert await installation.client_id() == client_id
    assert await is_in(other)
    async with house.browser() as stranger:
        assert "Continue with Plex" not in (await stranger.get("/sign-in")).text


@pytest.mark.parametrize(("how", "sentence"), [("well", "The server answers here"), ("away", "Nobody listens")])
async def test_the_connection_is_tested_on_demand(
    admin: httpx.AsyncClient, plex: Plex, how: str, sentence: str
) -> None:
    await connect(admin, plex)
    if how == "away":
        plex.server.away()
    answer = await submit(admin, "/admin/plex/test", on="/admin/plex")
    assert sentence in answer.text
    assert ("not to be used at the moment" in answer.text) is (how == "away")
