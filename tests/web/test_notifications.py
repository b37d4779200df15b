"""How somebody is told, on the pages of their account: channels, a matrix, quiet hours."""

import re

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from medianest.accounts.events import PasswordReset
from medianest.accounts.types import User
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.config import ServiceSettings
from medianest.core.event import people
from medianest.core.security import new_id
from medianest.notifications import channel_queries
from medianest.notifications.models import DeliveryRow
from medianest.notifications.types import ChannelKind, DeliveryState, Digest, Notice, Whom
from tests.web.house import House, enter, submit

PAGE = "/account/notifications"
HOOK = "https://hooks.example/lamp"


async def hooked(browser: httpx.AsyncClient) -> tuple[str, str]:
    """The page and the secret of a new webhook of whoever is signed in."""
    made = await submit(browser, "/account/channels/webhook", on=PAGE, url=HOOK, label="Lamp")
    secret = re.search(r'id="secret" value="(whsec_[^"]+)"', made.text)
    path = re.search(r"/account/channels/\w+", (await browser.get(PAGE)).text.replace("/channels/webhook", ""))
    assert secret
    assert path
    return path[0], secret[1]


async def kept(house: House, user: User) -> channel_queries.Preferences:
    return await house.services.db.read(channel_queries.preferences, user.id)


async def test_nobody_has_a_channel_at_first_and_there_is_nothing_to_choose(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    page = (await browser.get(PAGE)).text
    assert "Nowhere but in the inbox yet." in page
    assert 'name="wanted"' not in page
    assert 'name="quiet_from"' in page


async def test_a_webhook_is_made_with_a_secret_that_is_shown_once(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    path, secret = await hooked(browser)
    pages = [(await browser.get(page)).text for page in (PAGE, path)]
    assert all("Lamp" in page for page in pages)
    assert not any(secret in page or HOOK in page for page in pages)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://169.254.169.254/", "javascript:alert(1)", "", "x" * 3000])
async def test_a_webhook_to_where_nobody_may_send_is_refused_with_what_was_typed(
    house: House, browser: httpx.AsyncClient, url: str
) -> None:
    await enter(browser, house.cast.bob)
    answer = await submit(browser, "/account/channels/webhook", on=PAGE, url=url, label="Lamp")
    assert answer.status_code == 422
    assert 'id="url-wrong"' in answer.text
    assert 'value="Lamp"' in answer.text


async def test_a_channel_is_renamed_and_removed(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    path, _ = await hooked(browser)
    await submit(browser, f"{path}/label", on=path, label="Hall <b>lamp</b>")
    assert "Hall &lt;b&gt;lamp&lt;/b&gt;" in (await browser.get(PAGE)).text
    assert (await submit(browser, f"{path}/label", on=path, label="x" * 61)).status_code == 422
    await submit(browser, f"{path}/remove", on=path)
    assert (await browser.get(path)).status_code == 404


async def test_a_trial_to_where_nobody_is_tells_so(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    path, _ = await hooked(browser)
    answer = await submit(browser, f"{path}/test", on=path)
    assert 'class="banner bad"' in answer.text
    assert "No address is known by that name" in answer.text


async def test_what_was_given_up_has_buttons_that_send_it_again(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    path, _ = await hooked(browser)
    assert f'{path}/again"' not in (await browser.get(path)).text
    ids = [await given_up(house, path.rpartition("/")[2]) for _ in range(2)]
    await given_up(house, path.rpartition("/")[2], DeliveryState.DROPPED)
    page = (await browser.get(path)).text
    assert re.findall(r'name="delivery" value="(\w+)"', page) == ids[::-1]
    assert "Send again what was given up" in page
    await submit(browser, f"{path}/again", on=path, delivery=ids[0])
    page = (await browser.get(path)).text
    assert re.findall(r'name="delivery" value="(\w+)"', page) == ids[1:]
    await submit(browser, f"{path}/again", on=path)
    assert f'{path}/again"' not in (await browser.get(path)).text


async def given_up(house: House, channel_id: str, state: DeliveryState = DeliveryState.DEAD) -> str:
    """Something was not taken there, however often it was tried; or ended otherwise."""
    now, id = clock.now(), new_id()
    sent = {"id": id, "channel_id": channel_id, "notice": Notice.SECURITY, "whom": Whom.CONCERNED, "bundle": 0}
    ended = {"state": state, "error": "503 Busy", "attempts": 12, "created_at": now, "finished_at": now}
    async with house.services.db.transaction() as session:
        event = PasswordReset(actor=SYSTEM, subject_id="x", audience=people(["x"]))
        entry_id = await journal.record(session, event)
        await session.execute(insert(DeliveryRow).values(sent | ended | {"entry_id": entry_id}))
    return id


async def test_nobody_looks_at_the_channel_of_another(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    path, _ = await hooked(browser)
    await enter(browser, house.cast.alice)
    assert (await browser.get(path)).status_code == 404
    for verb in ("test", "again", "label", "remove"):
        assert (await submit(browser, f"{path}/{verb}", on=PAGE, label="x")).status_code == 404


async def test_what_is_unticked_is_not_told_and_only_what_differs_is_kept(
    house: House, browser: httpx.AsyncClient
) -> None:
    await enter(browser, house.cast.bob)
    await hooked(browser)
    page = (await browser.get(PAGE)).text
    values = re.findall(r'name="wanted" value="([^"]+)" checked', page)
    assert "download_ready:webhook" in values
    assert not [value for value in values if value.startswith(("upkeep", "to_decide"))]
    without = [value for value in values if value != "download_ready:webhook"]
    await submit(browser, PAGE, on=PAGE, shown=["webhook"], wanted=without)
    chosen = (await kept(house, house.cast.bob)).choices
    assert chosen[Notice.DOWNLOAD_READY, ChannelKind.WEBHOOK] is False
    assert set(chosen) == {(Notice.DOWNLOAD_READY, ChannelKind.WEBHOOK)}
    await submit(browser, PAGE, on=PAGE, shown=["webhook"], wanted=values)
    assert (await kept(house, house.cast.bob)).choices == {}


async def test_quiet_hours_zone_and_digest_are_kept(house: House, browser: httpx.AsyncClient) -> None:
    await enter(browser, house.cast.bob)
    said = {"quiet_from": "22:30", "quiet_until": "07:00", "zone": "Asia/Tokyo", "digest": "weekly"}
    await submit(browser, PAGE, on=PAGE, **said)
    manners = (await kept(house, house.cast.bob)).manners
    assert channel_queries.said_of(manners.quiet) == "22:30-07:00"
    assert (manners.zone, manners.digest) == ("Asia/Tokyo", Digest.WEEKLY)
    await submit(browser, PAGE, on=PAGE, zone="")
    assert (await kept(house, house.cast.bob)).manners.quiet is None


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet_until"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
    ],
)
async def test_hours_and_zones_that_there_are_not_come_back(
    house: House, browser: httpx.AsyncClient, said: dict[str, str], wrong: str
) -> None:
    await enter(browser, house.cast.bob)
    answer = await submit(browser, PAGE, on=PAGE, **said)
    assert answer.status_code == 422
    assert f'id="{wrong}-wrong"' in answer.text


async def test_a_service_is_chosen_by_whom_it_is_for_and_its_address_stands_on_no_page(
    house: House, browser: httpx.AsyncClient
) -> None:
    url = SecretStr("ntfys://ntfy.example/c4nary")
    both = (ServiceSettings(name="Family <b>chat</b>", url=url),
            ServiceSettings(name="Operations", url=url, roles=frozenset({Role.ADMIN})))  # fmt: skip
    house.settings = house.settings.model_copy(update={"apprise": both})
    await enter(browser, house.cast.bob)
    page = (await browser.get(PAGE)).text
    assert "Family &lt;b&gt;chat&lt;/b&gt;" in page
    assert "Operations" not in page
    refused = await submit(browser, "/account/channels/apprise", on=PAGE, name="Operations")
    assert refused.status_code == 404
    await submit(browser, "/account/channels/apprise", on=PAGE, name="Family <b>chat</b>")
    page = (await browser.get(PAGE)).text
    assert 'id="services"' not in page
    [channel] = await house.services.db.read(channel_queries.channels, house.cast.bob.id)
    assert channel.kind is ChannelKind.APPRISE
    own = (await browser.get(f"/account/channels/{channel.id}")).text
    assert not any("c4nary" in text or "ntfy.example" in text for text in (page, own, refused.text))
