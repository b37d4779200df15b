"""People are told by services of the administrator's: sent by the real Apprise, over real sockets."""

import asyncio
import json
import logging

import pytest
from pydantic import SecretStr

from medianest.accounts.events import PasswordReset, about
from medianest.accounts.types import User, UserChange
from medianest.core import journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.apprise import asking
from medianest.core.config import ServiceSettings
from medianest.core.errors import Conflict
from medianest.notifications.errors import NoSuchService
from medianest.notifications.types import Channel, DeliveryState
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.sending import Telling

CANARY = "c4naryc4nary"
PATH = f"/{CANARY}"
NAME = "Family chat"


def setup(telling: Telling, sink: WebhookSink, *, scheme: str = "json", path: str = PATH, **said: object) -> None:
    """From now on there is this one service, at the sink."""
    host, port = sink.address
    url = SecretStr(f"{scheme}://{host}:{port}{path}")
    service = ServiceSettings(name=NAME, url=url, **said)  # type: ignore[arg-type]  # roles, people
    telling.settings = telling.settings.model_copy(update={"apprise": (service,)})


async def chosen(telling: Telling, user: User | None = None) -> Channel:
    actor = await telling.actor(user or telling.cast.bob)
    return await telling.notifications.add_apprise(actor, NAME)


async def tell(telling: Telling, user: User | None = None) -> None:
    """Something happened to somebody's account, which is told at once."""
    id = (user or telling.cast.bob).id
    await telling.record(PasswordReset(actor=SYSTEM, subject_id=id, audience=about(id)))


@pytest.mark.parametrize(
    ("scheme", "path", "asked", "text"),
    [
        ("json", f"/{CANARY}", f"/{CANARY}", "message"),
        ("ntfy", f"/{CANARY}", "/", "message"),
        ("gotify", f"/{CANARY}x", "/message", "message"),
    ],
)
async def test_a_trial_arrives_by_several_services_and_says_what_they_answered(
    telling: Telling, sink: WebhookSink, scheme: str, path: str, asked: str, text: str
) -> None:
    setup(telling, sink, scheme=scheme, path=path)
    channel = await chosen(telling)
    bob = await telling.actor(telling.cast.bob)
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert (trial.is_well, trial.answer) == (True, "200 OK")
    [request] = sink.asked(asked)
    body = json.loads(request.body)
    assert "https://nest.example/inbox" in body[text]
    assert body["title"] == "This is a test"


async def test_what_happens_is_told_with_its_address(telling: Telling, sink: WebhookSink) -> None:
    setup(telling, sink)
    channel = await chosen(telling)
    async with telling.living():
        await tell(telling)
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    [body] = sink.told(PATH)
    assert "https://nest.example/account" in body["message"]
    assert body["attachments"] == []


async def test_what_fails_is_sent_again_and_what_is_refused_is_not(telling: Telling, sink: WebhookSink) -> None:
    setup(telling, sink)
    channel = await chosen(telling)
    sink.trouble(PATH, fail=503, times=1)
    async with telling.living():
        await tell(telling)
        [delivery] = await telling.until_over(channel.id)
        assert [hit.status for hit in sink.hits] == [503, 200]
        sink.trouble(PATH, fail=400)
        await tell(telling)
        newest = (await telling.until_over(channel.id, n=2))[0]
    assert (delivery.state, newest.state, newest.attempts) == (DeliveryState.DELIVERED, DeliveryState.DEAD, 1)
    assert newest.error.startswith("400 ")


async def test_a_trial_says_why_it_did_not_arrive_and_nothing_of_the_address(
    telling: Telling, sink: WebhookSink
) -> None:
    setup(telling, sink, path=f"{PATH}?rto=0.2")
    channel = await chosen(telling)
    bob = await telling.actor(telling.cast.bob)
    host, port = sink.address
    sink.trouble(PATH, fail=403, times=1)
    refused = await telling.notifications.channels.try_out(bob, channel.id)
    assert (refused.said.id, refused.answer[:14]) == ("notifications.refused", "403 Forbidden:")
    sink.trouble(PATH, wait=30, times=1)
    slow = await telling.notifications.channels.try_out(bob, channel.id)
    assert slow.said.id == "notifications.fault_time"
    sink.calm()
    sink.away()
    away = await telling.notifications.channels.try_out(bob, channel.id)
    assert away.said.id == "notifications.fault_connect"
    sink.back()
    assert (await telling.notifications.channels.try_out(bob, channel.id)).is_well
    for trial in (refused, slow, away):
        assert not trial.is_well
        assert not any(part in trial.answer for part in (CANARY, host, str(port)))


async def test_a_service_that_echoes_its_address_does_not_bring_it_to_light(
    telling: Telling, sink: WebhookSink
) -> None:
    setup(telling, sink, path=f"{PATH}?:token=an%20{CANARY}")
    channel = await chosen(telling)
    bob = await telling.actor(telling.cast.bob)
    sink.repeats = True
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert trial.answer.startswith("422 ")
    assert CANARY not in trial.answer


@pytest.mark.parametrize(
    ("url", "said", "left"),
    [
        ("tgram://123456:AAH_bot-secret/-100200", "no bot 123456:AAH_bot-secret here", ("AAH_bot-secret", "123456")),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "JHMHI8qBe7bk2ZwO5U711o3dV_js", ("JHMHI8qBe7bk2Zw",)),
        ("ntfy://me:p%40ss@nas.lan/topic", "me p@ss nas.lan /topic", ("p@ss", "nas.lan", "topic")),
        ("json://h/?+X-Key=s3cret", "X-Key: s3cret", ("s3cret",)),
    ],
)
def test_no_part_of_an_address_is_in_what_was_said(url: str, said: str, left: tuple[str, ...]) -> None:
    assert not [part for part in left if part in asking.without(url, said)]


async def test_it_stands_in_no_log_no_journal_and_not_in_the_database(
    telling: Telling, sink: WebhookSink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    setup(telling, sink)
    channel = await chosen(telling)
    sink.trouble(PATH, fail=500)
    async with telling.living():
        await tell(telling)
        await telling.until_over(channel.id)
    kept = b"".join(path.read_bytes() for path in telling.db.path.parent.glob("*.db*"))
    assert CANARY.encode() not in kept
    assert CANARY not in caplog.text
    assert CANARY not in repr(telling.settings)


async def test_a_new_address_holds_from_the_next_message_on(telling: Telling, sink: WebhookSink) -> None:
    setup(telling, sink)
    channel = await chosen(telling)
    setup(telling, sink, path="/moved")
    bob = await telling.actor(telling.cast.bob)
    assert (await telling.notifications.channels.try_out(bob, channel.id)).is_well
    assert [hit.request.path for hit in sink.hits] == ["/moved"]


async def test_what_a_reload_took_away_is_told_by_no_more(telling: Telling, sink: WebhookSink) -> None:
    setup(telling, sink)
    channel = await chosen(telling)
    telling.settings = telling.settings.model_copy(update={"apprise": ()})
    async with telling.living():
        await tell(telling)
        [delivery] = await telling.until_over(channel.id)
    assert (delivery.state, delivery.error) == (DeliveryState.DEAD, "notifications.service_gone")
    assert sink.hits == []


async def test_each_chooses_among_those_that_are_for_them(telling: Telling, sink: WebhookSink) -> None:
    setup(telling, sink, roles=frozenset({Role.ADMIN}))
    alice, bob = await telling.actor(telling.cast.alice), await telling.actor(telling.cast.bob)
    assert (await telling.notifications.services(alice), await telling.notifications.services(bob)) == ([NAME], [])
    with pytest.raises(NoSuchService):
        await telling.notifications.add_apprise(bob, NAME)
    with pytest.raises(NoSuchService):
        await telling.notifications.add_apprise(alice, "Nothing")
    await telling.notifications.add_apprise(alice, NAME)
    with pytest.raises(Conflict):
        await telling.notifications.add_apprise(alice, NAME)
    setup(telling, sink, people=frozenset({"carol"}))
    carol = await telling.actor(telling.cast.carol)
    assert (await telling.notifications.services(carol), await telling.notifications.services(bob)) == ([NAME], [])
    await telling.notifications.add_apprise(carol, NAME)


async def test_who_may_choose_it_no_more_is_told_by_it_no_more(telling: Telling, sink: WebhookSink) -> None:
    setup(telling, sink)
    channel = await chosen(telling)
    setup(telling, sink, roles=frozenset({Role.ADMIN}))
    async with telling.living():
        await tell(telling)
        await telling.until_over(channel.id)
    assert sink.hits == []


async def test_who_is_suspended_gets_nothing_more_not_even_what_is_on_its_way(
    telling: Telling, sink: WebhookSink
) -> None:
    setup(telling, sink)
    channel = await chosen(telling)
    sink.trouble(PATH, wait=30, times=1)
    async with telling.living():
        await tell(telling)
        await tell(telling)
        await asyncio.to_thread(sink.wait_until_under_way, PATH)
        async with asyncio.timeout(1):
            await telling.accounts.people.change(SYSTEM, telling.cast.bob.id, UserChange(suspended=True))
            found = await telling.until_over(channel.id, n=2)
    sink.calm()
    assert {one.state for one in found} == {DeliveryState.DROPPED}
    assert sink.told(PATH) == []
    assert "channel.broken" not in [entry.kind for entry in await telling.db.read(journal.after, 0)]
