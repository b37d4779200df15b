"""Coming in and going out, and what is shown to those who do not."""

import re
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from medianest.core.config import ServerSettings
from medianest.core.db import Database
from tests.people import PASSWORD
from tests.web.house import House, by_htmx, enter, open_house, submit, token


async def test_who_is_not_signed_in_is_sent_to_the_door_and_back(browser: httpx.AsyncClient) -> None:
    turned = await browser.get("/queue?show=mine")
    assert (turned.status_code, turned.headers["location"]) == (303, "/sign-in?next=/queue%3Fshow%3Dmine")
    answer = await submit(
        browser, "/sign-in", on=turned.headers["location"], name="Bob", password=PASSWORD, next="/queue?show=mine"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?show=mine")
    assert (await browser.get("/queue?show=mine")).status_code == 200


@pytest.mark.parametrize("next", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere", "javascript:1"])
async def test_nobody_is_led_elsewhere(browser: httpx.AsyncClient, next: str) -> None:
    answer = await submit(browser, "/sign-in", on="/sign-in", name="Bob", password=PASSWORD, next=next)
    assert answer.headers["location"] == "/"


async def test_a_wrong_password_brings_the_form_back_with_the_name(browser: httpx.AsyncClient) -> None:
    answer = await submit(browser, "/sign-in", on="/sign-in", name="Bob<script>", password="wrong")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert 'value="Bob&lt;script&gt;"' in answer.text
    assert "wrong" not in re.findall(r'value="([^"]*)"', answer.text)


async def test_a_form_without_its_token_changes_nothing(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    answer = await browser.post("/account/looks", data={"theme": "dark"})
    assert answer.status_code == 403
    assert "Load it again" in answer.text


async def test_signing_out_ends_the_session_here(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    kept = dict(browser.cookies)
    answer = await submit(browser, "/sign-out", on="/account")
    assert answer.headers["location"] == "/sign-in"
    assert "medianest" not in browser.cookies
    browser.cookies.update(kept)
    assert (await browser.get("/account")).headers["location"].startswith("/sign-in")


async def test_a_part_of_a_page_leads_to_the_door_by_header(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/downloads/x/log", headers={"HX-Request": "true", "HX-Current-URL": "http://x/queue"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/queue")


async def test_what_is_delicate_asks_for_the_password_once_more(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    assert (await browser.get("/account/tokens/new")).status_code == 200
    await house.age_sign_in(house.cast.bob)
    turned = await browser.get("/account/tokens/new")
    assert turned.headers["location"] == "/sign-in/again?next=/account/tokens/new"
    answer = await submit(
        browser, "/sign-in/again", on=turned.headers["location"], password="wrong", next="/account/tokens/new"
    )
    assert answer.status_code == 422
    answer = await submit(
        browser, "/sign-in/again", on=turned.headers["location"], password=PASSWORD, next="/account/tokens/new"
    )
    assert answer.headers["location"] == "/account/tokens/new"
    assert (await browser.get("/account/tokens/new")).status_code == 200


async def test_a_fresh_house_is_set_up_by_its_link_once(empty_house: House) -> None:
    secret = await empty_house.services.accounts.new_setup_secret()
    async with empty_house.browser() as browser:
        assert "Nobody lives here yet" in (await browser.get("/sign-in")).text
        page = f"/setup?token={secret}"
        answer = await submit(browser, "/setup", on=page, token=secret, name="Robin", password="short")
        assert answer.status_code == 422
        assert 'value="Robin"' in answer.text
        assert "at least 10 characters" in answer.text
        answer = await submit(browser, "/setup", on=page, token="wrong", name="Robin", password=PASSWORD)
        assert answer.status_code == 403
        answer = await submit(browser, "/setup", on=page, token=secret, name="Robin", password=PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/setup/plex")
        assert "/admin" in (await browser.get("/")).text
        await _leads_to_plex(empty_house, browser)
        assert (await browser.get(page)).status_code == 404


async def _leads_to_plex(house: House, browser: httpx.AsyncClient) -> None:
    """As long as no server is connected, and people may sign in by Plex."""
    page = await browser.get("/setup/plex")
    assert 'action="/admin/plex/connect"' in page.text
    assert page.text.index('action="/admin/plex/connect"') < page.text.index('href="/"')
    installation = house.services.by_plex.plex.installation
    usual = installation.settings
    for changed in ({"enabled": False}, {"server_url": "http://127.0.0.1:9"}):
        installation.settings = usual.model_copy(update=changed)
        assert (await browser.get("/setup/plex")).headers["location"] == "/"
    installation.settings = usual


@pytest.mark.parametrize("path", ["/sign-in", "/setup", "/sign-in/again"])
async def test_what_is_no_form_is_refused(house: House, browser: httpx.AsyncClient, path: str) -> None:
    await enter(browser, house.cast.bob)
    fields = "&".join(f"a{n}=1" for n in range(300))
    answer = await browser.post(
        path,
        content=f"{fields}&csrf_token={await token(browser, '/account')}",
        headers={"content-type": "application/x-www-form-urlencoded", "x-csrf-token": await token(browser, "/account")},
    )
    assert answer.status_code == 422


async def test_an_error_is_a_toast_for_htmx_and_a_page_otherwise(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    page = await browser.get("/downloads/nowhere")
    assert (page.status_code, "There is nothing here" in page.text) == (404, True)
    part = await by_htmx(browser, "POST", "/downloads/nowhere/pause", on="/account")
    assert part.status_code == 404
    assert part.text.strip().startswith('<hx-partial hx-target="#toasts"')
    assert "There is no such download." in part.text


async def test_another_name_of_the_house_is_told_which_line_to_add(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/", headers={"host": "nest.example.com"})
    assert answer.status_code == 421
    assert "allowed_hosts = [&#34;nest.example.com&#34;]" in answer.text


async def test_who_is_not_let_in_is_told_which_line_would(db: Database, tmp_path: Path) -> None:
    server = ServerSettings(allowed_networks=[ip_network("192.168.1.0/24")])  # type: ignore[arg-type]
    async with open_house(db, tmp_path, server=server) as house, house.browser() as browser:
        answer = await browser.get("/sign-in")
    assert answer.status_code == 403
    assert "allowed_networks = [&#34;127.0.0.1&#34;]" in answer.text
    assert 'name="password"' not in answer.text


async def test_a_fault_of_ours_has_a_word_and_no_detail(
    house: House, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await enter(browser, house.cast.alice)
    house.examined.append(RuntimeError("secret detail"))
    answer = await browser.get("/admin/doctor")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "/admin/doctor failed" in caplog.text


@pytest.mark.parametrize("path", ["/sign-in", "/static/css/tokens.css", "/static/js/app.js"])
async def test_text_tells_its_encoding_once(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path, follow_redirects=True)
    assert answer.headers["content-type"].partition(";")[2].strip() == "charset=utf-8"
