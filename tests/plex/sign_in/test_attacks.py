"""Attacks 25 to 30 of the threat model, at the door that Plex opens."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from medianest.accounts.models import SessionRow
from medianest.accounts.types import UserChange
from medianest.core import clock
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.security import new_token
from medianest.plex.models import PinRow
from tests.fakes.plex import FRIEND, OWNER, STRANGER, Plex
from tests.plex.way import enter_by_plex, is_in, names, set_out
from tests.web.house import House, enter, submit


@pytest.fixture
async def third(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as client:
        yield client


def journey_cookies(browser: httpx.AsyncClient) -> dict[str, str]:
    return {cookie.name: cookie.value or "" for cookie in browser.cookies.jar if "plex" in cookie.name}


def polls(plex: Plex) -> int:
    """How often plex.tv was asked whether somebody said yes."""
    return sum(hit.request.path.startswith("/api/v2/pins/") for hit in plex.tv.hits)


# 25: session fixation


async def test_25_a_session_cookie_that_was_there_before_is_not_the_one_after(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    planted = new_token()
    browser.cookies.set("medianest", planted, domain="127.0.0.1")
    await enter_by_plex(browser, plex, FRIEND)
    own = [cookie.value for cookie in browser.cookies.jar if cookie.name == "medianest"]
    assert planted not in own[-1:]
    assert await house.services.accounts.identities.of_session(planted, None) is None


async def test_25_the_session_before_ends_with_the_sign_in(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    before = dict(browser.cookies)["medianest"]
    way = await set_out(browser, on="/account", next="/")
    plex.tv.approve(way.code, FRIEND)
    await way.come_back()
    assert dict(browser.cookies)["medianest"] != before
    assert await house.services.accounts.identities.of_session(before, None) is None


# 26: cookie tossing


async def test_26_a_way_whose_cookie_is_there_twice_is_over(browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    ((name, value),) = journey_cookies(browser).items()
    both = f"{name}={value}; {name}={new_token()}"
    async with httpx.AsyncClient(base_url=browser.base_url, headers={"cookie": both}) as tossed:
        assert (await tossed.get(way.back)).status_code == 404


async def test_26_the_cookie_of_a_way_is_out_of_reach_of_scripts_and_short_lived(browser: httpx.AsyncClient) -> None:
    sent = await submit(browser, "/sign-in/plex", on="/sign-in")
    (cookie,) = [one for one in sent.headers.get_list("set-cookie") if "plex" in one]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=600" in cookie


# 27: a stolen cookie after the fact


async def test_27_who_is_suspended_is_out_at_once(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    (frida,) = [one for one in await house.services.accounts.people.listing(SYSTEM) if one.name == FRIEND.title]
    await house.services.accounts.people.change(SYSTEM, frida.id, UserChange(suspended=True))
    assert not await is_in(browser)


async def test_27_who_is_no_longer_shared_with_is_out_at_once(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    plex.server.unshare(FRIEND)
    await house.services.by_plex.circle.check()
    assert not await is_in(browser)


# 28: replayed, foreign and guessed PINs


async def test_28_a_way_leads_in_once(browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex) -> None:
    """Plex tells the token as often as it is asked; that it counts once is our duty."""
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    kept = journey_cookies(browser)
    assert (await way.come_back()).status_code == 303
    other.cookies.update(kept)
    assert (await way.come_back(other)).status_code == 404
    assert not await is_in(other)


async def test_28_of_many_at_once_one_comes_in(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    answers = await asyncio.gather(*(way.come_back() for _ in range(2)))
    opened = [answer for answer in answers if "medianest=" in answer.headers.get("set-cookie", "")]
    assert len(opened) == 1
    (frida,) = [one for one in await house.services.accounts.people.listing(SYSTEM) if one.name == FRIEND.title]
    assert len(await house.services.accounts.list_sessions(SYSTEM, frida.id)) == 1


async def test_28_a_way_that_another_browser_comes_back_by_is_over_for_both(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    """Somebody was lured into saying yes for another's browser: neither gets in."""
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    assert (await way.come_back(other)).status_code == 404
    assert not await is_in(other)
    assert (await way.come_back()).status_code == 404
    assert not await is_in(browser)


async def test_28_a_guessed_way_leads_nowhere_and_asks_nobody(browser: httpx.AsyncClient, plex: Plex) -> None:
    for guess in ("aaaaaaaaaaaaaaaa", "1", "564964751", "..%2f", "x" * 200, "%00"):
        assert (await browser.get(f"/sign-in/plex/{guess}")).status_code in (400, 404)
    assert polls(plex) == 0


async def test_28_a_way_is_over_after_ten_minutes_by_our_own_clock(
    house: House, db: Database, browser: httpx.AsyncClient, plex: Plex
) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    async with db.transaction() as session:
        until = (await session.execute(select(PinRow.expires_at))).scalar_one()
        await session.execute(update(PinRow).values(expires_at=until - timedelta(minutes=10)))
    answer = await way.come_back()
    assert answer.status_code == 404
    assert "This way is over" in answer.text
    assert polls(plex) == 0


async def test_28_a_pin_that_ran_out_at_plex_is_over(browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    plex.tv.pass_time(1800)
    assert (await way.come_back()).status_code == 404


async def test_28_a_prefetch_uses_nothing_up(browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    await browser.get(way.back, headers={"sec-purpose": "prefetch;prerender"})
    assert not await is_in(browser)
    await way.come_back()
    assert await is_in(browser)


async def test_28_nobody_begins_many(browser: httpx.AsyncClient, plex: Plex) -> None:
    sent = [await submit(browser, "/sign-in/plex", on="/sign-in") for _ in range(21)]
    assert [answer.status_code for answer in sent] == [303] * 20 + [429]
    assert int(sent[-1].headers["retry-after"]) > 0
    assert len(plex.tv.asked("/api/v2/pins")) == 20


async def test_28_plex_is_not_asked_faster_than_it_wants(browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    for _ in range(6):
        assert (await way.come_back()).status_code == 200
    assert 1 <= polls(plex) <= 3


async def test_28_a_link_is_made_only_by_who_began_it(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    """The way to a link that Bob began is no use to Carol, be it in Bob's own browser."""
    await enter(browser, house.cast.bob)
    way = await set_out(browser, at="/account/plex", on="/account")
    plex.tv.approve(way.code, FRIEND)
    await submit(browser, "/sign-out", on="/account")
    await enter(browser, house.cast.carol)
    await way.come_back()
    for user in (house.cast.bob, house.cast.carol):
        assert await house.services.by_plex.door.identity(user.id) is None


# 29: a good account without access


async def test_29_a_good_account_without_this_server_is_refused(
    house: House, browser: httpx.AsyncClient, plex: Plex
) -> None:
    before = await names(house)
    assert (await enter_by_plex(browser, plex, STRANGER)).status_code == 403
    assert await names(house) == before


async def test_29_the_owner_of_another_server_is_refused(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    assert (await enter_by_plex(browser, plex, plex.neighbours.owner)).status_code == 403
    assert not await is_in(browser)


async def test_29_the_same_mail_under_another_number_is_somebody_else(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enter_by_plex(browser, plex, FRIEND)
    monkeypatch.setattr(OWNER, "email", FRIEND.email)
    monkeypatch.setattr(OWNER, "username", FRIEND.username)
    await enter_by_plex(other, plex, OWNER)
    assert {FRIEND.title, f"{FRIEND.title} 2"} <= await names(house)


async def test_29_an_account_that_somebody_linked_is_nobody_elses(
    house: House, browser: httpx.AsyncClient, other: httpx.AsyncClient, plex: Plex
) -> None:
    await enter_by_plex(other, plex, FRIEND)
    await enter(browser, house.cast.bob)
    way = await set_out(browser, at="/account/plex", on="/account")
    plex.tv.approve(way.code, FRIEND)
    answer = await way.come_back()
    assert answer.status_code == 409
    assert await house.services.by_plex.door.identity(house.cast.bob.id) is None


# 30: open redirects


@pytest.mark.parametrize(
    "next",
    ["//evil", "/\\evil", " \t//evil", "\t//evil", "https:evil", "https://evil/", "javascript:alert(1)", "/\x00/evil"],
)
async def test_30_nobody_is_led_elsewhere(browser: httpx.AsyncClient, plex: Plex, next: str) -> None:
    answer = await enter_by_plex(browser, plex, FRIEND, next=next)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_30_no_other_place_is_even_kept(db: Database, browser: httpx.AsyncClient) -> None:
    await set_out(browser, next="//evil")
    async with db.transaction() as session:
        assert (await session.execute(select(PinRow.return_path))).scalar_one() == "/"


async def test_30_what_stands_in_the_database_is_checked_again(
    db: Database, browser: httpx.AsyncClient, plex: Plex
) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    async with db.transaction() as session:
        await session.execute(update(PinRow).values(return_path="//evil"))
    assert (await way.come_back()).headers["location"] == "/"


async def test_30_a_host_that_is_not_ours_is_in_no_address_that_plex_gets(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/sign-in", headers={"host": "evil.example"})
    assert answer.status_code == 421


async def test_a_form_without_its_token_begins_nothing(browser: httpx.AsyncClient, plex: Plex) -> None:
    answer = await browser.post("/sign-in/plex", data={"next": "/"})
    assert answer.status_code == 403
    assert plex.tv.asked("/api/v2/pins") == []


async def test_linking_asks_who_signed_in_long_ago_to_prove_it(
    house: House, db: Database, browser: httpx.AsyncClient, plex: Plex, tmp_path: Path
) -> None:
    """A stolen cookie must not become a way in of its own."""
    await enter(browser, house.cast.bob)
    async with db.transaction() as session:
        await session.execute(update(SessionRow).values(authenticated_at=clock.now() - timedelta(hours=1)))
    sent = await submit(browser, "/account/plex", on="/account")
    assert sent.headers["location"].startswith("/sign-in/again")
    assert plex.tv.asked("/api/v2/pins") == []
