"""Browsers are told through their push services, so that only they can read it, until they are signed out."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from medianest.accounts.types import User, UserChange
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor
from medianest.core.errors import Conflict, Forbidden, Invalid
from medianest.core.event import Event, people
from medianest.core.outbound import Refused
from medianest.media_requests.events import RequestAvailable
from medianest.notifications import channel_queries
from medianest.notifications.by_push.client import topic
from medianest.notifications.by_push.encrypting import PLAIN_MOST, encrypt
from medianest.notifications.by_push.payload import payload
from medianest.notifications.by_push.target import decoded, is_point
from medianest.notifications.by_push.vapid import LASTS, Vapid, contact, private_key
from medianest.notifications.types import Act, Channel, DeliveryState, Notice, Outgoing
from tests.fakes.push_service import BODY_MOST, Browser, PushService, to_bytes, to_text
from tests.notifications.conftest import about_download
from tests.notifications.sending import Telling
from tests.people import ELSEWHERE, HOME, PASSWORD, sign_in


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as service:
        yield service


async def subscribed(telling: Telling, service: PushService, actor: Actor | None = None) -> tuple[Channel, Browser]:
    """Bob's browser is told by the service."""
    telling.allow(service.address)
    browser = service.subscribe(telling.notifications.push_key)
    bob = actor or await telling.actor(telling.cast.bob)
    return await telling.notifications.add_push(bob, **browser.keys, label="Firefox on Linux"), browser


async def test_a_finished_download_is_told_so_that_only_the_browser_reads_it(
    telling: Telling, service: PushService
) -> None:
    channel, browser = await subscribed(telling, service)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    [message] = service.messages(browser)
    told = message.told
    assert (told["key"], told["lang"], told["dir"], told["acts"]) == (delivery.id, "en", "ltr", [])
    assert "Harbour lights" in told["title"]
    assert (told["path"], told["unread"]) == ("/downloads/d1", 1)
    assert message.headers["topic"] == topic(browser.endpoint, told["tag"])
    assert (message.headers["ttl"], message.headers["urgency"]) == ("86400", "normal")
    assert b"Harbour" not in message.body
    assert message.claims["sub"] == "https://nest.example"
    assert message.claims["exp"] <= clock.now().timestamp() + LASTS.total_seconds()


async def test_what_fails_is_sent_again_with_the_same_key_and_topic(telling: Telling, service: PushService) -> None:
    channel, browser = await subscribed(telling, service)
    service.trouble(browser.path, fail=500, times=2)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    assert len({request.headers["topic"] for request in service.asked(browser.path)}) == 1
    assert [hit.status for hit in service.hits] == [500, 500, 201]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_wants_to_be_left_alone_is(telling: Telling, service: PushService, status: int) -> None:
    channel, browser = await subscribed(telling, service)
    service.trouble(browser.path, fail=status, retry_after="600", times=1)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        await telling.until(lambda session: bool(channel_queries.deliveries(session, channel.id)[:1]))
        await telling.until(lambda session: _is_put_off(session, channel.id))
    [delivery] = await telling.deliveries(channel.id)
    assert delivery.due_at
    assert delivery.due_at > clock.now() + timedelta(minutes=9)
    assert delivery.error.startswith(str(status))
    assert len(service.hits) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 413, 302])
async def test_a_refusal_for_good_is_not_repeated(telling: Telling, service: PushService, status: int) -> None:
    channel, browser = await subscribed(telling, service)
    service.trouble(browser.path, fail=status)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        [delivery, *_] = await telling.until_over(channel.id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 1)
    assert delivery.error.startswith(f"{status} ")


async def test_a_browser_that_is_no_more_is_no_channel_any_more(telling: Telling, service: PushService) -> None:
    channel, browser = await subscribed(telling, service)
    service.forget(browser)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        await telling.until(lambda session: channel_queries.channel(session, channel.id) is None)
    assert "channel.removed" in [entry.kind for entry in await telling.db.read(journal.after, 0)]


async def test_a_service_that_is_away_or_slow_is_tried_again(telling: Telling, service: PushService) -> None:
    channel, browser = await subscribed(telling, service)
    service.away()
    bob = await telling.actor(telling.cast.bob)
    away = await telling.notifications.channels.try_out(bob, channel.id)
    assert (away.is_well, away.said.id) == (False, "notifications.fault_connect")
    service.back()
    well = await telling.notifications.channels.try_out(bob, channel.id)
    assert (well.is_well, well.answer) == (True, "201 Created")
    [message] = service.messages(browser)
    assert (message.headers["ttl"], message.headers["urgency"]) == ("3600", "high")


async def test_another_key_of_the_portal_is_refused_and_the_answer_shown(
    telling: Telling, service: PushService
) -> None:
    channel, browser = await subscribed(telling, service)
    other = service.subscribe(Vapid(lambda: bytes(32)).public)
    service._shelf.browsers[browser.path] = replace(other, path=browser.path)
    bob = await telling.actor(telling.cast.bob)
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert not trial.is_well
    assert trial.answer == "403 Forbidden: another sender than was subscribed to"


async def test_who_signs_out_there_is_told_nothing_more_there(telling: Telling, service: PushService) -> None:
    opened, here = await sign_in(telling.accounts, telling.cast.bob)
    channel, browser = await subscribed(telling, service, here)
    other, other_browser = await subscribed(telling, service)
    await telling.accounts.sign_out(here)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        await telling.until_over(other.id)
    assert service.messages(browser) == []
    assert len(service.messages(other_browser)) == 1
    assert await telling.db.read(channel_queries.channel, channel.id) is None
    assert opened.user.id == telling.cast.bob.id


async def test_who_signs_in_again_there_is_told_on_and_another_person_is_not(
    telling: Telling, service: PushService
) -> None:
    _, here = await sign_in(telling.accounts, telling.cast.bob)
    channel, browser = await subscribed(telling, service, here)
    opened = await telling.accounts.sign_in_again(here, PASSWORD, HOME)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        await telling.until_over(channel.id)
    assert len(service.told(browser)) == 1
    await telling.accounts.sign_in(telling.cast.carol.name, PASSWORD, HOME, replaces=opened.session_id)
    assert await telling.db.read(channel_queries.channel, channel.id) is None


@pytest.mark.parametrize("how", ["another device", "an administrator", "a new password"])
async def test_a_session_that_is_ended_from_elsewhere_takes_its_browser_along(
    telling: Telling, service: PushService, how: str
) -> None:
    opened, here = await sign_in(telling.accounts, telling.cast.bob, ELSEWHERE)
    channel, browser = await subscribed(telling, service, here)
    bob, alice = await telling.actor(telling.cast.bob), await telling.actor(telling.cast.alice)
    service.trouble(browser.path, wait=30, times=1)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob), about_wish(telling.cast.bob, "r2"))
        await asyncio.to_thread(service.wait_until_under_way, browser.path)
        async with asyncio.timeout(1):
            if how == "a new password":
                await telling.accounts.change_password(bob, PASSWORD, "another horse battery", HOME)
            else:
                ender = bob if how == "another device" else alice
                await telling.accounts.end_session(ender, opened.session_id)
            await telling.until(lambda session: _is_still(session, channel.id))
    service.calm()
    assert service.told(browser) == []


async def test_who_is_suspended_is_told_nothing_more(telling: Telling, service: PushService) -> None:
    _, browser = await subscribed(telling, service)
    carols, _ = await subscribed(telling, service, await telling.actor(telling.cast.carol))
    await telling.accounts.people.change(SYSTEM, telling.cast.bob.id, UserChange(suspended=True))
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob), about_wish(telling.cast.carol, "r2"))
        await telling.until_over(carols.id)
    assert service.asked(browser.path) == []


async def test_a_browser_has_one_channel_however_often_it_says_so(telling: Telling, service: PushService) -> None:
    bob = await telling.actor(telling.cast.bob)
    channel, _ = await subscribed(telling, service, bob)
    await telling.notifications.channels.rename(bob, channel.id, "Kitchen")
    again, browser = await subscribed(telling, service, bob)
    async with telling.living():
        await telling.record(about_wish(telling.cast.bob))
        await telling.until_over(channel.id)
    assert again.id == channel.id
    [there] = await telling.db.read(channel_queries.channels, bob.id)
    assert there.label == "Kitchen"
    assert len(service.told(browser)) == 1


async def test_a_browser_that_changes_hands_tells_its_new_owner_only(telling: Telling, service: PushService) -> None:
    bob, carol = await telling.actor(telling.cast.bob), await telling.actor(telling.cast.carol)
    _, browser = await subscribed(telling, service, bob)
    await subscribed(telling, service, carol)
    moved = await telling.notifications.add_push(carol, **browser.keys, label="Tablet")
    assert [one.id for one in await telling.db.read(channel_queries.channels, carol.id)] == [moved.id]
    assert await telling.db.read(channel_queries.channels, bob.id) == []
    alice = await telling.actor(telling.cast.alice)
    await telling.notifications.add_push(alice, **browser.keys, label="Tablet")
    assert await telling.db.read(channel_queries.channels, carol.id) == []


async def test_a_program_has_no_browser(telling: Telling, service: PushService) -> None:
    for who in (telling.cast.bob, telling.cast.alice):
        program = replace(await telling.actor(who), session_id=None, token_id="t")
        with pytest.raises(Forbidden):
            await subscribed(telling, service, program)
    assert await telling.db.read(channel_queries.channels, telling.cast.alice.id) == []


async def test_a_person_has_no_more_channels_than_can_be_looked_after(telling: Telling, service: PushService) -> None:
    for _ in range(channel_queries.CHANNELS_MOST):
        await subscribed(telling, service)
    with pytest.raises(Conflict):
        await subscribed(telling, service)


GOOD = "https://push.example.org/send/abc"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/send/abc",
        "https://127.0.0.1/send",
        "https://127.0.0.1:8484/send",
        "https://192.168.1.1/send",
        "https://[::1]/send",
        "https://[::ffff:169.254.169.254]/send",
        "https://169.254.169.254/latest/meta-data",
        "https://metadata.google.internal/",
        "https://localhost./send",
        "https://2130706433/send",
        "https://user:secret@push.example.org/send",
        "https://push.example.org/\r\nX-Evil: 1",
        f"https://push.example.org/{'a' * 2048}",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//push.example.org/send",
        "",
    ],
)
async def test_an_endpoint_that_is_no_public_https_address_is_not_taken(telling: Telling, endpoint: str) -> None:
    bob, keys = await telling.actor(telling.cast.bob), browser_keys()
    with pytest.raises(Refused):
        await telling.notifications.add_push(bob, endpoint=endpoint, **keys, label="Phone")
    assert await telling.db.read(channel_queries.channels, bob.id) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("p256dh", ""),
        ("p256dh", "A" * 87),
        ("p256dh", to_text(b"\x04" + bytes(63) + b"\x01")),
        ("p256dh", to_text(b"\x04" + b"\xff" * 64)),
        ("p256dh", "B" * 1_000_000),
        ("p256dh", "é" * 87),
        ("auth", ""),
        ("auth", "A" * 21),
        ("auth", "A" * 23),
        ("auth", "!" * 22),
    ],
)
async def test_keys_that_are_none_are_not_taken(telling: Telling, field: str, value: str) -> None:
    bob, keys = await telling.actor(telling.cast.bob), browser_keys() | {field: value}
    with pytest.raises(Invalid) as told:
        await telling.notifications.add_push(bob, endpoint=GOOD, **keys, label="Phone")
    assert [one.field for one in told.value.fields] == [field]


async def test_a_name_that_leads_home_is_not_connected_to(telling: Telling, service: PushService) -> None:
    bob = await telling.actor(telling.cast.bob)
    channel, _ = await subscribed(telling, service, bob)
    telling.allow()
    assert not (await telling.notifications.channels.try_out(bob, channel.id)).is_well
    assert service.hits == []


async def test_where_it_leads_stands_nowhere_in_the_database(telling: Telling, service: PushService) -> None:
    _, browser = await subscribed(telling, service)
    kept = b"".join(path.read_bytes() for path in telling.db.path.parent.glob("*.db*"))
    assert browser.path.encode() not in kept
    assert browser.auth.encode() not in kept


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    """RFC 8291, appendix A."""
    sender = to_bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh=to_bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth=to_bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        padded_to=0,
        salt=to_bytes("DGv6ra1nlYgDCS1FRnbzlw"),
        sender=ec.derive_private_key(int.from_bytes(sender), ec.SECP256R1()),
    )
    assert to_text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_length_of_a_message_tells_nothing_of_it() -> None:
    keys = {name: to_bytes(value) for name, value in browser_keys().items()}
    lengths = {len(encrypt(plain, **keys)) for plain in (b"", b"yes", b"x" * PLAIN_MOST)}
    assert len(lengths) == 1
    assert lengths.pop() <= BODY_MOST
    with pytest.raises(ValueError, match="do not fit"):
        encrypt(b"x" * (PLAIN_MOST + 1), **keys)


@pytest.mark.parametrize("letter", ["a", "é", "\N{CRYING FACE}", '"', "\x01", "\\"])
def test_long_texts_are_cut_and_the_json_stays_whole(letter: str) -> None:
    said = payload(outgoing(title=letter * 5000, body=letter * 5000), most=PLAIN_MOST)
    told = json.loads(said)
    assert PLAIN_MOST - 20 < len(said) <= PLAIN_MOST
    assert told["title"].rstrip("…")
    assert told["acts"] == [{"label": "Decide", "url": "https://nest.example/decide/abc"}]


def test_what_fits_is_told_as_it_is_and_buttons_go_before_words_break() -> None:
    told = json.loads(payload(outgoing(title="“Harbour”", body="It is there."), most=PLAIN_MOST))
    assert (told["title"], told["body"], told["dir"]) == ("“Harbour”", "It is there.", "rtl")
    huge = (Act(label="x" * 4000, url="https://nest.example"),)
    cut = json.loads(payload(replace(outgoing(), acts=huge), most=PLAIN_MOST))
    assert (cut["acts"], cut["body"]) == ([], "text")


def test_the_key_is_the_same_after_every_start_and_another_one_for_every_portal(tmp_path: Path) -> None:
    one, other = b"a" * 32, b"b" * 32
    assert Vapid(lambda: one).public == Vapid(lambda: one).public != Vapid(lambda: other).public
    assert is_point(to_bytes(Vapid(lambda: one).public))
    assert private_key(one).private_numbers().private_value != int.from_bytes(one)


def test_what_is_signed_is_kept_for_hours_and_apart_for_each_service(monkeypatch: pytest.MonkeyPatch) -> None:
    vapid, now = Vapid(lambda: b"a" * 32), clock.now()
    first = vapid.authorization("https://one.example", "mailto:me@example.org")
    assert vapid.authorization("https://one.example", "mailto:me@example.org") == first
    assert vapid.authorization("https://two.example", "mailto:me@example.org") != first
    monkeypatch.setattr(clock, "now", lambda: now + LASTS - timedelta(hours=1))
    later = vapid.authorization("https://one.example", "mailto:me@example.org")
    assert later != first


@pytest.mark.parametrize(
    ("said", "address", "expected"),
    [
        ("mailto:me@example.org", "https://nest.example", "mailto:me@example.org"),
        ("me@example.org", None, "mailto:me@example.org"),
        ("https://example.org/contact", None, "https://example.org/contact"),
        ("", "https://nest.example", "https://nest.example"),
        ("", "http://nas:8484", None),
        ("", None, None),
        ("call me", None, None),
    ],
)
def test_push_services_are_told_whom_to_ask(said: str, address: str | None, expected: str | None) -> None:
    assert contact(said, address) == expected


def test_points_off_the_curve_are_none() -> None:
    good = to_bytes(browser_keys()["p256dh"])
    assert is_point(good)
    assert not is_point(good[:-1] + bytes([good[-1] ^ 1]))
    assert not is_point(b"\x02" + good[1:33])
    assert decoded(to_text(good) + "=") == good


def about_wish(owner: User, subject_id: str = "r1") -> Event:
    """What is told at once, for it does not come in numbers."""
    audience = people([owner.id])
    return RequestAvailable(
        actor=SYSTEM, subject_id=subject_id, audience=audience, title="The General", owner_id=owner.id
    )


def outgoing(title: str = "title", body: str = "text") -> Outgoing:
    return Outgoing(
        key="k" * 16,
        notice=Notice.TO_DECIDE,
        kind="media_request.sent",
        title=title,
        body=body,
        path="/requests/r1",
        url="https://nest.example/requests/r1",
        tag="7",
        at=clock.now(),
        language="ar",
        acts=(Act(label="Decide", url="https://nest.example/decide/abc"),),
    )


def browser_keys() -> dict[str, str]:
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    return {"p256dh": to_text(b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)), "auth": to_text(bytes(16))}


def _is_put_off(session: Session, channel_id: str) -> bool:
    [delivery] = channel_queries.deliveries(session, channel_id)
    return bool(delivery.error)


def _is_still(session: Session, channel_id: str) -> bool:
    """Nothing waits to be sent there, or it is no channel any more."""
    found = channel_queries.deliveries(session, channel_id)
    return all(one.state is not DeliveryState.WAITING for one in found) and (
        bool(found) or channel_queries.channel(session, channel_id) is None
    )
