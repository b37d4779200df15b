"""Somebody's own page: devices, tokens, password, looks."""

import re

import httpx

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
