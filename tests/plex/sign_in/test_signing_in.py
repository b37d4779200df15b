"""Who comes in by Plex, who they are here, and what the browser gets to know."""

import httpx
import pytest

from medianest.accounts import events, plex_events
from medianest.accounts.types import UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Role
from medianest.core.config import PlexSettings, ServerSettings
from medianest.core.journal_pages import Sought
from medianest.plex.installation import Installation
from tests.fakes.plex import CHILD, FRIEND, OWNER, STRANGER, Person, Plex
from tests.plex.way import enter_by_plex, is_in, names, set_out
from tests.web.house import House, enter, submit


async def kinds(house: House, *wanted: str) -> list[str]:
    page = await house.services.db.read(journal_pages.page, Sought(kinds=frozenset(wanted)))
    return [entry.kind for entry in page.items]


@pytest.mark.parametrize("person", [OWNER, FRIEND, CHILD], ids=["owner", "friend", "home user"])
async def test_owner_friends_and_home_users_come_in(
    house: House, browser: httpx.AsyncClient, plex: Plex, person: Person
) -> None:
    answer = await enter_by_plex(browser, plex, person, next="/queue?show=mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?show=mine")
    assert await is_in(browser)
    assert person.title in await names(house)
    assert await kinds(house, events.SignedInWithPlex.kind) == [events.SignedInWithPlex.kind]


async def test_who_comes_first_is_a_member_even_as_the_owner_of_the_server(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, OWNER)
    (user,) = [user for user in await house.services.accounts.people.listing(SYSTEM) if user.name == OWNER.title]
    assert user.role is Role.MEMBER


async def test_who_comes_again_is_the_same_person_whatever_plex_calls_them_now(
    house: House, browser: httpx.AsyncClient, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    before = await names(house)
    for name, value in (("title", "Somebody"), ("username", "somebody"), ("email", "other@example.com")):
        monkeypatch.setattr(FRIEND, name, value)
    async with house.browser() as again:
        await enter_by_plex(again, plex, FRIEND)
        assert await is_in(again)
    assert await names(house) == before


async def test_who_has_no_name_or_mail_at_plex_comes_in_too(
    house: House, browser: httpx.AsyncClient, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("title", "\u202e"), ("username", ""), ("email", None)):
        monkeypatch.setattr(FRIEND, name, value)
    await enter_by_plex(browser, plex, FRIEND)
    assert await is_in(browser)
    assert f"Plex {FRIEND.id}" in await names(house)


async def test_a_namesake_is_somebody_else(
    house: House, browser: httpx.AsyncClient, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice is an administrator here; an Alice at Plex is not her."""
    monkeypatch.setattr(FRIEND, "username", "ALICE")
    await enter_by_plex(browser, plex, FRIEND)
    assert "ALICE 2" in await names(house)
    assert (await browser.get("/admin/people")).status_code == 403


async def test_a_stranger_is_told_why_and_nothing_of_them_is_kept(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    before = await names(house)
    answer = await enter_by_plex(browser, plex, STRANGER)
    assert answer.status_code == 403
    assert "not shared with that account" in answer.text
    assert not await is_in(browser)
    assert await names(house) == before
    page = await house.services.db.read(journal_pages.page, Sought(kinds=frozenset({plex_events.PlexRefused.kind})))
    assert [(entry.data["name"], entry.data["reason"]) for entry in page.items] == [
        (STRANGER.title, "plex_sign_in.no_access")
    ]


async def test_the_administrator_sees_who_was_not_let_in_and_why(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, STRANGER)
    await enter(other, house.cast.alice)
    page = await other.get("/admin/plex")
    assert STRANGER.title in page.text
    assert "not shared with that account" in page.text


async def test_who_is_suspended_stays_out(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    people = house.services.accounts.people
    (frida,) = [user for user in await people.listing(SYSTEM) if user.name == FRIEND.title]
    await people.change(SYSTEM, frida.id, UserChange(suspended=True))
    async with house.browser() as again:
        answer = await enter_by_plex(again, plex, FRIEND)
        assert answer.status_code == 403
        assert not await is_in(again)


async def test_who_was_removed_leaves_no_link_behind(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    people = house.services.accounts.people
    (frida,) = [user for user in await people.listing(SYSTEM) if user.name == FRIEND.title]
    async with house.browser() as admin:
        await enter(admin, house.cast.alice)
        assert "they can come back" in (await admin.get(f"/admin/people/{frida.id}/remove")).text
    await people.remove(SYSTEM, frida.id)
    assert await house.services.by_plex.door.identity(frida.id) is None


async def test_neither_token_nor_pin_is_told_to_the_browser_or_kept_unsealed(
    house: House, browser: httpx.AsyncClient, plex: Plex, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    seen: list[str] = []

    async def keep(answer: httpx.Response) -> None:
        seen.append(f"{answer.headers} {(await answer.aread()).decode()}")

    browser.event_hooks["response"].append(keep)
    await enter_by_plex(browser, plex, FRIEND)
    await browser.get("/account")
    tokens = {token for token, whose in plex.tv._tokens.items() if whose in (FRIEND, OWNER)}
    tokens |= {plex.server.token_for(FRIEND)}
    rows = b"".join(path.read_bytes() for path in house.services.db.path.parent.glob("medianest.db*"))
    assert tokens
    for token in tokens:
        assert not any(token in one for one in seen)
        assert token not in caplog.text
        assert token.encode() not in rows


async def test_plex_is_told_of_the_public_address_where_there_is_one(house: House, browser: httpx.AsyncClient) -> None:
    house.settings = house.settings.model_copy(update={"server": ServerSettings(public_url="https://nest.example")})
    sent = await submit(browser, "/sign-in/plex", on="/sign-in")
    between = await browser.get(sent.headers["location"])
    assert "forwardUrl=https%3A%2F%2Fnest.example%2Fsign-in%2Fplex%2F" in between.headers["refresh"]


async def test_the_way_out_works_by_a_link_too(browser: httpx.AsyncClient, settings: PlexSettings) -> None:
    sent = await submit(browser, "/sign-in/plex", on="/sign-in")
    between = await browser.get(sent.headers["location"])
    assert f'href="{settings.app_url}/auth#?clientID=' in between.text


async def test_plex_knows_the_portal_by_one_identifier(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    ways = [await set_out(browser), await set_out(other)]
    installation: Installation = house.services.by_plex.plex.installation
    assert {way.client for way in ways} == {await installation.client_id()}


async def test_a_new_device_is_told_to_the_person_the_first_is_not(house: House, plex: Plex) -> None:
    for agent in ("Firefox/1.0 on the sofa", "Firefox/2.1 on the sofa", "Safari/9 on the phone"):
        async with house.browser() as browser:
            browser.headers["user-agent"] = agent
            await enter_by_plex(browser, plex, FRIEND)
    assert await kinds(house, events.NewDevice.kind) == [events.NewDevice.kind]
    page = await house.services.db.read(journal_pages.page, Sought(kinds=frozenset({events.NewDevice.kind})))
    assert page.items[0].data["user_agent"] == "Safari/9 on the phone"


async def test_where_nobody_new_may_come_the_known_still_do(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    installation = house.services.by_plex.plex.installation
    installation.settings = installation.settings.model_copy(update={"new_people": "nobody"})
    answer = await enter_by_plex(other, plex, OWNER)
    assert answer.status_code == 403
    assert "nobody gave that account a place" in answer.text
    async with house.browser() as again:
        await enter_by_plex(again, plex, FRIEND)
        assert await is_in(again)


async def test_without_a_server_the_door_has_no_such_button_and_says_why(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    installation = house.services.by_plex.plex.installation
    installation.settings = installation.settings.model_copy(update={"server_url": None})
    assert "Continue with Plex" not in (await browser.get("/sign-in")).text
    answer = await submit(browser, "/sign-in/plex", on="/sign-in")
    assert answer.status_code == 409
    assert "not connected to a Plex server yet" in answer.text
    assert plex.tv.asked("/api/v2/pins") == []


async def test_where_plex_is_off_there_is_no_such_way(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    installation = house.services.by_plex.plex.installation
    installation.settings = installation.settings.model_copy(update={"enabled": False})
    assert "Continue with Plex" not in (await browser.get("/sign-in")).text
    assert (await submit(browser, "/sign-in/plex", on="/sign-in")).status_code == 404
    assert plex.tv.asked("/api/v2/pins") == []
