"""How a browser says that it wants to be told: only for whoever is signed in there, and only by push services."""

import html
import re

import httpx
import pytest

from medianest.core.config import NotificationsSettings, ServerSettings
from medianest.notifications import channel_queries
from medianest.notifications.by_push.target import is_point
from medianest.notifications.types import Channel
from tests.fakes.push_service import PushService, to_bytes
from tests.web.house import House, by_htmx, enter, submit

PAGE, PUSH = "/account/notifications", "/account/channels/push"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOD = {
    "endpoint": "https://push.example.org/send/abc",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


async def channels(house: House) -> list[Channel]:
    return list(await house.services.db.read(channel_queries.channels, house.cast.bob.id))


async def test_the_page_has_the_key_and_says_what_it_needs(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    page = html.unescape((await browser.get(PAGE)).text)
    key = re.search(r'data-key="([^"]+)"', page)
    assert key
    assert is_point(to_bytes(key[1]))
    assert '<p data-when="script">This needs JavaScript' in page
    assert "public_url under [server]" in page
    assert "data-here" not in page
    assert "push_contact" not in page


async def test_what_is_missing_is_told_by_what_is_set(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.alice)
    assert "push_contact" in (await browser.get(PAGE)).text
    named = {
        "server": ServerSettings(public_url="https://nest.example"),
        "notifications": NotificationsSettings(push_contact="mailto:me@example.org"),
    }
    house.settings = house.settings.model_copy(update={"notifications": named["notifications"]})
    assert "push_contact" not in (await browser.get(PAGE, headers={"cache-control": "no-cache"})).text
    house.settings = house.settings.model_copy(update={"server": named["server"]})
    assert "Open the portal at https://nest.example." in (await browser.get(PAGE)).text


async def test_a_browser_is_told_from_now_on_and_called_by_its_kind(house: House, browser: httpx.AsyncClient) -> None:
    browser.headers["user-agent"] = FIREFOX
    await enter(browser, house.cast.bob)
    answer = await by_htmx(browser, "POST", PUSH, on=PAGE, **GOOD)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, PAGE)
    [channel] = await channels(house)
    assert (channel.label, bool(channel.session_id)) == ("Firefox on Linux", True)
    page = (await browser.get(PAGE)).text
    assert "data-here" in page
    assert f'href="/account/channels/{channel.id}"' in page
    assert GOOD["endpoint"] not in page
    assert GOOD["auth"] not in page


async def test_another_device_of_the_same_person_is_not_this_one(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    await submit(browser, PUSH, on=PAGE, **GOOD)
    async with house.browser() as other:
        await enter(other, house.cast.bob)
        page = (await other.get(PAGE)).text
        assert "data-here" not in page
        assert (await channels(house))[0].label in page


async def test_a_browser_is_told_and_what_the_service_says_is_shown(house: House, browser: httpx.AsyncClient) -> None:
    with PushService() as service:
        allowed = NotificationsSettings(allow_private_hosts=frozenset({service.address}))
        house.settings = house.settings.model_copy(update={"notifications": allowed})
        told = service.subscribe(house.services.telling.push_key)
        await enter(browser, house.cast.bob)
        await submit(browser, PUSH, on=PAGE, **told.keys)
        [channel] = await channels(house)
        answer = await submit(browser, f"/account/channels/{channel.id}/test", on=PAGE)
        assert "201 Created" in answer.text
        [message] = service.told(told)
        assert message["path"] == "/inbox"


async def test_signing_out_ends_it(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    await submit(browser, PUSH, on=PAGE, **GOOD)
    assert await channels(house)
    await submit(browser, "/sign-out", on=PAGE)
    assert await channels(house) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example.org/send"},
        {"endpoint": "https://10.0.0.1/send"},
        {"endpoint": "https://169.254.169.254/latest/meta-data"},
        {"endpoint": "https://user:secret@push.example.org/"},
        {"endpoint": f"https://push.example.org/{'a' * 2048}"},
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": ""},
        {"p256dh": "A" * 87},
        {"auth": ""},
    ],
)
async def test_what_no_browser_sends_is_refused(
    house: House, browser: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    await enter(browser, house.cast.bob)
    assert (await submit(browser, PUSH, on=PAGE, **(GOOD | wrong))).status_code == 422
    assert await channels(house) == []


async def test_a_megabyte_is_too_much(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    assert (await submit(browser, PUSH, on=PAGE, **(GOOD | {"auth": "A" * 1_000_000}))).status_code == 413
    assert await channels(house) == []


async def test_another_site_has_no_browser_told(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    assert (await browser.post(PUSH, data=GOOD)).status_code == 403
    evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await browser.post(PUSH, data=GOOD, headers=evil)).status_code == 403
    assert await channels(house) == []
