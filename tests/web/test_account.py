"""Somebody's own page: devices, tokens, password, looks."""

import re

import httpx
import pytest

from medianest.core.actor import SYSTEM
from medianest.web.devices import place
from tests.people import ELSEWHERE, PASSWORD, sign_in
from tests.web.house import House, enter, submit


async def test_devices_are_listed_and_signed_out(house: House, browser: httpx.AsyncClient) -> None:
    opened, _ = await sign_in(house.services.accounts, house.cast.bob, ELSEWHERE)
    browser.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 15) Chrome/156.0 Mobile Safari/537.36"
    await enter(browser, house.cast.bob)
    page = (await browser.get("/account")).text
    assert "Chrome on Android" in page
    assert "Something else" in page
    assert page.count("This device") == 1
    await submit(browser, f"/account/sessions/{opened.session_id}/end", on="/account")
    assert "Something else" not in (await browser.get("/account")).text


async def test_nobody_ends_the_session_of_another(house: House, browser: httpx.AsyncClient) -> None:
    opened, _ = await sign_in(house.services.accounts, house.cast.alice)
    await enter(browser, house.cast.bob)
    answer = await submit(browser, f"/account/sessions/{opened.session_id}/end", on="/account")
    assert answer.status_code == 404


async def test_a_token_is_shown_once_and_works_until_it_is_revoked(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    made = await submit(browser, "/account/tokens", on="/account/tokens/new", label="Shortcut", scopes=["downloads"])
    secret = re.search(r'id="secret" value="([^"]+)"', made.text)
    assert secret
    assert made.headers["cache-control"] == "private, no-store" or "no-" in made.headers["cache-control"]
    assert await house.services.accounts.identities.of_token(secret[1])
    page = (await browser.get("/account")).text
    assert secret[1] not in page
    revoke = re.search(r"/account/tokens/\w+/revoke", page)
    assert revoke
    await submit(browser, revoke[0], on="/account")
    assert await house.services.accounts.identities.of_token(secret[1]) is None


async def test_a_token_without_a_name_or_a_point_brings_the_form_back(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    answer = await submit(browser, "/account/tokens", on="/account/tokens/new", label="Kept", scopes=["nonsense"])
    assert answer.status_code == 422
    assert "Choose at least one" in answer.text
    assert 'value="Kept"' in answer.text
    answer = await submit(browser, "/account/tokens", on="/account/tokens/new", label=" ", scopes=["read"])
    assert answer.status_code == 422
    assert "Write a name here." in answer.text


async def test_a_member_is_not_offered_what_only_an_administrator_may(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    offered = re.findall(r'name="scopes" value="(\w+)"', (await browser.get("/account/tokens/new")).text)
    assert "downloads" in offered
    assert "admin" not in offered


async def test_a_new_password_signs_out_everywhere_else(house: House, browser: httpx.AsyncClient) -> None:
    opened, _ = await sign_in(house.services.accounts, house.cast.bob)
    await enter(browser, house.cast.bob)
    wrong = await submit(browser, "/account/password", on="/account", current="nonsense", new="four words in a row")
    assert wrong.status_code == 422
    assert "do not belong together" in wrong.text
    short = await submit(browser, "/account/password", on="/account", current=PASSWORD, new="short")
    assert short.status_code == 422
    assert "at least 10 characters" in short.text
    done = await submit(browser, "/account/password", on="/account", current=PASSWORD, new="four words in a row")
    assert done.headers["location"] == "/account"
    assert (await browser.get("/account")).status_code == 200
    assert await house.services.accounts.identities.of_session(opened.secret, None) is None


async def test_the_theme_is_kept_in_this_browser(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    await submit(browser, "/account/looks", on="/account", theme="dark")
    assert 'data-theme="dark"' in (await browser.get("/account")).text
    await submit(browser, "/account/looks", on="/account", theme="nonsense")
    assert "data-theme" not in (await browser.get("/account")).text


async def test_all_other_devices_are_signed_out_after_a_question(house: House, browser: httpx.AsyncClient) -> None:
    opened, _ = await sign_in(house.services.accounts, house.cast.bob)
    await enter(browser, house.cast.bob)
    page = (await browser.get("/account")).text
    assert "This network (192.168.1.20)" in page
    assert "/account/sessions/others" in page
    assert "Sign out all other devices?" in (await browser.get("/account/sessions/others")).text
    done = await submit(browser, "/account/sessions/others", on="/account/sessions/others")
    assert done.headers["location"] == "/account"
    assert await house.services.accounts.identities.of_session(opened.secret, None) is None
    assert "/account/sessions/others" not in (await browser.get("/account")).text


async def test_what_others_see_is_ones_own_to_choose(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.gus)
    assert (await submit(browser, "/account/name", on="/account", display_name="Uncle Gus")).status_code == 303
    page = (await browser.get("/account")).text
    assert re.search(r"<h1[^>]*>Uncle Gus</h1>", page)
    assert "You sign in as “Gus”" in page
    wrong = await submit(browser, "/account/name", on="/account", display_name="x" * 41)
    assert wrong.status_code == 422
    assert "longer than 40" in wrong.text


async def test_a_language_of_the_portal_is_kept_and_no_other(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    for sent, kept in (("en", "en"), ("tlh", "en"), ("", None)):
        await submit(browser, "/account/looks", on="/account", theme="auto", language=sent)
        assert (await house.services.accounts.people.one(SYSTEM, house.cast.bob.id)).language == kept


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("10.0.0.7", "place_here"),
        ("fe80::1", "place_here"),
        ("127.0.0.1", "place_here"),
        ("8.8.8.8", "place_outside"),
        ("2606:4700::1", "place_outside"),
        (None, "place_unknown"),
    ],
)
def test_where_a_device_is_is_told_by_its_address_alone(address: str | None, told: str) -> None:
    assert place(address).id == f"web.account.{told}"
