"""One's own Plex account, said while signed in; and what becomes of who is not shared with any more."""

import httpx
import pytest

from medianest.accounts import plex_events
from medianest.accounts.types import Scope
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Role
from medianest.core.i18n import Message
from medianest.core.journal_pages import Sought
from medianest.plex import people as plex_people
from tests.fakes.plex import CHILD, FRIEND, OWNER, STRANGER, Person, Plex
from tests.people import sign_in
from tests.plex.way import enter_by_plex, is_in, names, set_out
from tests.web.house import House, enter, submit


async def link(browser: httpx.AsyncClient, plex: Plex, person: Person) -> httpx.Response:
    way = await set_out(browser, at="/account/plex", on="/account")
    plex.tv.approve(way.code, person)
    return await way.come_back()


async def told(house: House, kind: str) -> list[str]:
    page = await house.services.db.read(journal_pages.page, Sought(kinds=frozenset({kind})))
    return [str(entry.data["name"]) for entry in page.items]


async def look(house: House) -> Message | None:
    return await house.services.by_plex.circle.check()


async def test_an_administrator_links_the_owners_account_and_comes_in_by_it_as_who_they_are(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter(browser, house.cast.alice)
    assert (await link(browser, plex, OWNER)).headers["location"] == "/account"
    assert f"“{OWNER.title}”" in (await browser.get("/account")).text
    await enter_by_plex(other, plex, OWNER)
    assert (await other.get("/admin/people")).status_code == 200
    assert OWNER.title not in await names(house)
    assert await told(house, plex_events.PlexLinked.kind) == [OWNER.title]


async def test_only_an_account_with_access_can_be_linked(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter(browser, house.cast.bob)
    assert (await link(browser, plex, STRANGER)).status_code == 403
    assert await house.services.by_plex.door.identity(house.cast.bob.id) is None


async def test_another_account_takes_the_place_of_the_first(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    await enter(browser, house.cast.bob)
    await link(browser, plex, FRIEND)
    await link(browser, plex, CHILD)
    identity = await house.services.by_plex.door.identity(house.cast.bob.id)
    assert identity is not None
    assert identity.plex_id == CHILD.id


async def test_a_link_is_given_back_by_who_has_a_password(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter(browser, house.cast.bob)
    await link(browser, plex, FRIEND)
    assert (await submit(browser, "/account/plex/unlink", on="/account/plex/unlink")).status_code == 303
    assert await house.services.by_plex.door.identity(house.cast.bob.id) is None
    assert await told(house, plex_events.PlexUnlinked.kind) == [FRIEND.title]


async def test_who_has_no_password_keeps_the_only_way_in(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    answer = await submit(browser, "/account/plex/unlink", on="/account/plex/unlink")
    assert answer.status_code == 409
    assert "only way in" in answer.text
    async with house.browser() as again:
        await enter_by_plex(again, plex, FRIEND)
        assert await is_in(again)


async def test_who_is_asked_to_prove_it_again_may_do_so_by_plex(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    (frida,) = [user for user in await house.services.accounts.people.listing(SYSTEM) if user.name == FRIEND.title]
    await house.age_sign_in(frida)
    assert (await browser.get("/account/tokens/new")).headers["location"].startswith("/sign-in/again")
    way = await set_out(browser, on="/sign-in/again?next=/account/tokens/new", next="/account/tokens/new")
    plex.tv.approve(way.code, FRIEND)
    assert (await way.come_back()).headers["location"] == "/account/tokens/new"
    assert (await browser.get("/account/tokens/new")).status_code == 200


# Every day


async def test_who_is_not_shared_with_any_more_loses_sessions_and_programs(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    await enter_by_plex(other, plex, CHILD)
    (frida,) = [user for user in await house.services.accounts.people.listing(SYSTEM) if user.name == FRIEND.title]
    accounts = house.services.accounts
    _, secret = await accounts.create_token(SYSTEM, "script", frozenset({Scope.READ}), owner=frida.name)
    plex.server.unshare(FRIEND)
    assert await look(house) is not None
    assert not await is_in(browser)
    assert await is_in(other)
    assert await accounts.identities.of_token(secret) is None
    assert await told(house, plex_events.PlexAccessLost.kind) == [FRIEND.title]
    assert await look(house) is None


async def test_who_is_shared_with_again_is_who_they_were(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    before = await names(house)
    plex.server.unshare(FRIEND)
    await look(house)
    assert (await enter_by_plex(browser, plex, FRIEND)).status_code == 403
    plex.server.share(FRIEND)
    await enter_by_plex(browser, plex, FRIEND)
    assert await is_in(browser)
    assert await names(house) == before


async def test_a_password_of_ones_own_goes_on_and_the_token_with_it(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    await enter(browser, house.cast.bob)
    await link(browser, plex, FRIEND)
    _, actor = await sign_in(house.services.accounts, house.cast.bob)
    _, secret = await house.services.accounts.create_token(actor, "script", frozenset({Scope.READ}))
    plex.server.unshare(FRIEND)
    await look(house)
    assert not await is_in(browser)
    await enter(browser, house.cast.bob)
    assert await is_in(browser)
    assert await house.services.accounts.identities.of_token(secret) is not None


@pytest.mark.parametrize("away", ["away", "500", "malformed", "429"])
async def test_with_plex_away_everybody_stays(house: House, browser: httpx.AsyncClient, plex: Plex, away: str) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    plex.server.unshare(FRIEND)
    if away == "away":
        plex.tv.away()
    elif away == "malformed":
        plex.tv.trouble("/api/", malformed=True)
    else:
        plex.tv.trouble("/api/", fail=int(away))
    told_by_job = await look(house)
    assert told_by_job is not None
    assert told_by_job.id == "plex_sign_in.check_away"
    assert await is_in(browser)


async def test_a_list_that_leaves_somebody_out_is_checked_with_their_own_token(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    """Plex was seen to tell of fewer people than it says there are."""
    await enter_by_plex(browser, plex, FRIEND)
    plex.tv.trouble("/api/users", body=b'<MediaContainer size="3"></MediaContainer>')
    await look(house)
    assert await is_in(browser)


async def test_an_owners_token_that_was_taken_back_is_told_once_and_people_are_asked_for_themselves(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    await enter_by_plex(other, plex, CHILD)
    plex.tv.revoke(OWNER)
    plex.server.unshare(CHILD)
    await look(house)
    await look(house)
    assert await is_in(browser)
    assert not await is_in(other)
    assert len(await told(house, "plex.token_lost")) == 1
    await enter(other, house.cast.alice)
    assert "link Plex again" in (await other.get("/admin/plex")).text


async def test_the_token_that_a_server_gave_is_kept_fresh(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    """Plex gives tokens for servers that run out after a week."""
    await enter_by_plex(browser, plex, FRIEND)
    (frida,) = [user for user in await house.services.accounts.people.listing(SYSTEM) if user.name == FRIEND.title]
    sealing = house.services.by_plex.plex.installation.sealing
    plex.server.forget_token(FRIEND)
    await look(house)
    kept = await house.services.db.read(plex_people.server_token, sealing, frida.id)
    assert kept == plex.server.token_for(FRIEND)


# Before they ever came


async def test_those_whom_it_is_shared_with_are_brought_in_and_are_known_when_they_come(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter(browser, house.cast.alice)
    page = await browser.get("/admin/plex/people")
    found = [person.title in page.text for person in (FRIEND, CHILD, STRANGER)]
    assert found == [True, True, False]
    await submit(browser, "/admin/plex/people", on="/admin/plex/people", plex_id=[str(FRIEND.id), str(STRANGER.id)])
    assert FRIEND.title in await names(house)
    assert STRANGER.title not in await names(house)
    before = await names(house)
    await enter_by_plex(other, plex, FRIEND)
    assert await names(house) == before
    (frida,) = [user for user in await house.services.accounts.people.listing(SYSTEM) if user.name == FRIEND.title]
    assert frida.role is Role.MEMBER
    assert FRIEND.title not in (await browser.get("/admin/plex/people")).text
