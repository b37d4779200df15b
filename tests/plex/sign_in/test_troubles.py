"""plex.tv slow, in trouble, malformed, away: each is told as what it is, and who is in stays in."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.core.outbound.clients import CallLimits
from medianest.core.resilience import CircuitOpen, Retry
from medianest.plex.errors import TokenRefused, TvAway, TvBusy
from medianest.plex.models import PinRow
from medianest.plex.service import Plex as Ours
from tests.fakes.plex import FRIEND, OWNER, Plex
from tests.plex.way import enter_by_plex, is_in, set_out
from tests.web.house import House, at_once, enter, submit

BEYOND_JSON = b"[" * 200_000


@pytest.fixture
async def ours(db: Database, settings: PlexSettings, tmp_path: Path) -> AsyncIterator[Ours]:
    plex = Ours(db, settings, tmp_path / "secret.key", retry=Retry(sleep=at_once))
    yield plex
    await plex.stop()


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ({"fail": 503}, "not with what was asked for"),
        ({"fail": 500}, "not with what was asked for"),
        ({"malformed": True}, "not with what was asked for"),
        ({"cut": True}, "not with what was asked for"),
        ({"body": b"<html>"}, "not with what was asked for"),
        ({"body": BEYOND_JSON}, "not with what was asked for"),
        ({"fail": 429, "retry_after": "30"}, "asks to be left alone"),
    ],
    ids=["503", "500", "malformed", "cut", "html", "deep", "429"],
)
async def test_trouble_at_the_beginning_is_told_at_the_door(
    browser: httpx.AsyncClient, plex: Plex, trouble: dict[str, object], sentence: str
) -> None:
    plex.tv.trouble("/api/v2/pins", **trouble)
    answer = await submit(browser, "/sign-in/plex", on="/sign-in")
    assert answer.status_code == 503
    assert sentence in answer.text
    assert "with a password" in answer.text


async def test_plex_away_is_told_and_passwords_go_on(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    plex.tv.away()
    answer = await submit(browser, "/sign-in/plex", on="/sign-in")
    assert (answer.status_code, "cannot be reached from here" in answer.text) == (503, True)
    await enter(browser, house.cast.bob)
    assert await is_in(browser)


async def test_trouble_on_the_way_back_can_be_waited_out(browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    plex.tv.trouble("/api/v2/user", fail=502)
    answer = await way.come_back()
    assert answer.status_code == 503
    assert f'href="{way.back}"' in answer.text
    plex.tv.calm()
    assert (await way.come_back()).status_code == 303
    assert await is_in(browser)


async def test_a_token_that_lags_behind_is_asked_for_again_by_the_page_itself(
    browser: httpx.AsyncClient, plex: Plex
) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND, lag=1)
    answer = await way.come_back()
    assert (answer.status_code, answer.headers["refresh"]) == (200, "2")
    assert f'href="{way.back}"' in answer.text
    assert (await way.come_back()).status_code == 303


async def test_a_page_that_asked_long_enough_waits_for_the_button(
    db: Database, browser: httpx.AsyncClient, plex: Plex
) -> None:
    way = await set_out(browser)
    async with db.transaction() as session:
        await session.execute(update(PinRow).values(asked=20))
    answer = await way.come_back()
    assert "refresh" not in answer.headers
    assert f'href="{way.back}"' in answer.text


async def test_a_token_that_was_taken_back_on_the_way_is_told_so(browser: httpx.AsyncClient, plex: Plex) -> None:
    way = await set_out(browser)
    plex.tv.approve(way.code, FRIEND)
    plex.tv.revoke(FRIEND)
    answer = await way.come_back()
    assert answer.status_code == 403
    assert "does not take this sign-in any more" in answer.text


async def test_the_server_away_is_no_reason_to_refuse(house: House, browser: httpx.AsyncClient, plex: Plex) -> None:
    """It was recognised once; who may come in is asked of plex.tv."""
    await enter_by_plex(browser, plex, FRIEND)
    plex.server.away()
    async with house.browser() as again:
        await enter_by_plex(again, plex, FRIEND)
        assert await is_in(again)


async def test_a_slow_answer_ends_in_time(ours: Ours, plex: Plex) -> None:
    """Seconds of silence are not waited out here: what is tested is that silence is told as such."""
    tv = ours.tv()
    tv.limits = CallLimits(connect_s=0.2, first_byte_s=0.2, total_s=0.3)
    plex.tv.trouble("/api/v2/user", wait=2)
    with pytest.raises(TvAway) as caught:
        await tv.account(plex.tv.token_of(FRIEND))
    assert caught.value.message.id == "plex_sign_in.away_time"


async def test_a_name_that_nobody_knows_is_told_as_such(db: Database, settings: PlexSettings, tmp_path: Path) -> None:
    lost = settings.model_copy(update={"tv_url": "http://plex.invalid"})
    ours = Ours(db, lost, tmp_path / "secret.key", retry=Retry(sleep=at_once))
    with pytest.raises(TvAway) as caught:
        await ours.tv().make_pin()
    assert caught.value.message.id == "plex_sign_in.away_name"
    await ours.stop()


async def test_a_bad_certificate_is_told_as_such(
    db: Database, settings: PlexSettings, plex: Plex, tmp_path: Path
) -> None:
    bad = settings.model_copy(update={"tv_url": plex.tv.base.replace("http:", "https:")})
    ours = Ours(db, bad, tmp_path / "secret.key", retry=Retry(sleep=at_once))
    with pytest.raises(TvAway) as caught:
        await ours.tv().make_pin()
    assert caught.value.message.id == "plex_sign_in.away_tls"
    await ours.stop()


async def test_a_pin_is_asked_for_once_and_what_changes_nothing_again(ours: Ours, plex: Plex) -> None:
    plex.tv.trouble("/api/v2/pins", fail=502, times=1)
    with pytest.raises(TvAway):
        await ours.tv().make_pin()
    assert len(plex.tv.asked("/api/v2/pins")) == 1
    plex.tv.trouble("/api/v2/user", fail=502, times=1)
    assert (await ours.tv().account(plex.tv.token_of(FRIEND))).id == FRIEND.id


async def test_five_failures_open_the_circuit_and_spare_plex(ours: Ours, plex: Plex) -> None:
    plex.tv.trouble("/api/v2/pins", fail=500)
    for _ in range(5):
        with pytest.raises(TvAway):
            await ours.tv().make_pin()
    with pytest.raises(CircuitOpen):
        await ours.tv().make_pin()
    assert len(plex.tv.asked("/api/v2/pins")) == 5


async def test_who_is_asked_to_wait_waits_as_long_as_was_asked_for(ours: Ours, plex: Plex) -> None:
    plex.tv.trouble("/api/v2/pins", fail=429, retry_after="30")
    with pytest.raises(TvBusy):
        await ours.tv().make_pin()
    with pytest.raises(CircuitOpen) as caught:
        await ours.tv().make_pin()
    assert caught.value.retry_after is not None
    assert 25 < caught.value.retry_after.total_seconds() <= 30


async def test_a_guests_bad_token_says_nothing_about_the_link(ours: Ours) -> None:
    for _ in range(6):
        with pytest.raises(TokenRefused):
            await ours.tv().account("no-token-of-anybody")
    assert not ours.tv().health.credentials_refused
    with pytest.raises(TokenRefused):
        await ours.tv().ping("no-token-of-anybody")
    assert ours.tv().health.credentials_refused


async def test_an_answer_that_is_too_large_is_not_read(ours: Ours, plex: Plex) -> None:
    plex.tv.trouble("/api/v2/user", body=b"x" * (8 * 1024 * 1024 + 1))
    with pytest.raises(TvAway):
        await ours.tv().account(plex.tv.token_of(FRIEND))


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><MediaContainer><User id="1" title="&a;"/></MediaContainer>',
        b"<MediaContainer><User id='1'",
        b"<other/>",
        b"{}",
        b"<MediaContainer><User id='x'/></MediaContainer>",
        b"<MediaContainer><User/></MediaContainer>",
    ],
)
async def test_a_list_of_members_that_cannot_be_read_is_no_empty_list(ours: Ours, plex: Plex, body: bytes) -> None:
    plex.tv.trouble("/api/users", body=body)
    with pytest.raises(TvAway):
        await ours.tv().members(plex.tv.token_of(OWNER))
