"""Programs are told by webhook: signed, again until it arrives, and never to an address that may not be reached."""

import asyncio
import json

import pytest
from sqlalchemy.orm import Session

from medianest.accounts.types import UserChange
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.errors import Conflict
from medianest.core.outbound import Refused
from medianest.notifications import channel_queries
from medianest.notifications.by_webhook.client import signature
from medianest.notifications.errors import NoSuchChannel
from medianest.notifications.types import Channel, DeliveryState, Notice
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.conftest import about_download
from tests.notifications.sending import Telling

HOOK = "/hook"


async def hooked(telling: Telling, sink: WebhookSink) -> tuple[Channel, str]:
    """Bob has a webhook at the sink."""
    telling.allow(sink.address)
    bob = await telling.actor(telling.cast.bob)
    return await telling.notifications.add_webhook(bob, url=sink.url(HOOK), label="Lamp")


async def test_a_finished_download_is_posted_and_signed(telling: Telling, sink: WebhookSink) -> None:
    channel, secret = await hooked(telling, sink)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        [delivery] = await telling.until_over(channel.id)
    [request] = sink.asked(HOOK)
    body = json.loads(request.body)
    assert body["kind"] == "download.finished"
    assert "Harbour lights" in body["title"]
    assert body["url"] == f"https://nest.example{body['path']}"
    assert request.headers["webhook-id"] == body["id"] == delivery.id
    said = signature(secret, delivery.id, request.headers["webhook-timestamp"], request.body)
    assert request.headers["webhook-signature"] == said
    assert delivery.state is DeliveryState.DELIVERED


async def test_what_fails_is_sent_again_with_the_same_key(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, fail=503, times=2)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    assert len({request.headers["webhook-id"] for request in sink.asked(HOOK)}) == 1
    assert [hit.status for hit in sink.hits] == [503, 503, 200]


async def test_what_never_arrives_is_given_up_and_told_once(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, fail=500)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        await telling.until_over(channel.id)
        sink.calm()
        sink.trouble(HOOK, fail=404)
        await telling.record(about_download(telling.cast.bob, subject_id="d2"))
        found = await telling.until_over(channel.id, n=2)
    _, tried = (one for one in found if one.state is DeliveryState.DEAD)
    assert (tried.attempts, tried.error.split(":")[0]) == (3, "500 Internal Server Error")
    broken = [entry for entry in await kinds(telling) if entry == "channel.broken"]
    assert len(broken) == 1
    sink.calm()
    alice = await telling.actor(telling.cast.alice)
    once, other = await telling.db.read(channel_queries.given_up)
    assert (once.count, other.count) == (1, 1)
    assert await telling.notifications.again(alice, once.kind, once.error) == once.count
    async with telling.living():
        await telling.until_over(channel.id, n=2)
    assert len(sink.told(HOOK)) == once.count
    assert {one.notice for one in await telling.deliveries(channel.id)} == {Notice.DOWNLOAD_READY}


async def test_a_refusal_for_good_is_not_repeated(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, fail=404)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        [delivery, *_] = await telling.until_over(channel.id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 1)


async def test_a_target_that_is_gone_is_no_channel_any_more(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, fail=410)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        await telling.until(lambda session: not _is_there(session, channel.id))
    assert "channel.removed" in await kinds(telling)


async def test_what_was_on_its_way_when_the_process_died_is_sent_again_with_its_key(
    telling: Telling, sink: WebhookSink
) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, wait=30)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        await asyncio.to_thread(sink.wait_until_under_way, HOOK)
    sink.calm()
    telling.notifications = telling.built()
    async with telling.living():
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    assert {request.headers["webhook-id"] for request in sink.asked(HOOK)} == {delivery.id}


async def test_who_is_suspended_gets_nothing_more_not_even_what_is_on_its_way(
    telling: Telling, sink: WebhookSink
) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, wait=30, times=1)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob), about_download(telling.cast.bob, subject_id="d2"))
        await asyncio.to_thread(sink.wait_until_under_way, HOOK)
        async with asyncio.timeout(1):
            await telling.accounts.people.change(SYSTEM, telling.cast.bob.id, UserChange(suspended=True))
            found = await telling.until_over(channel.id, n=2)
    assert {one.state for one in found} == {DeliveryState.DROPPED}
    assert sink.told(HOOK) == []


async def test_a_channel_that_is_removed_is_sent_nothing_more(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, wait=30, times=1)
    bob = await telling.actor(telling.cast.bob)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob), about_download(telling.cast.bob, subject_id="d2"))
        await asyncio.to_thread(sink.wait_until_under_way, HOOK)
        await telling.notifications.channels.remove(bob, channel.id)
        await telling.record(about_download(telling.cast.bob, subject_id="d3"))
    sink.calm()
    assert sink.told(HOOK) == []
    assert await telling.deliveries(channel.id) == []


async def test_a_trial_says_what_the_other_side_answered(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    bob = await telling.actor(telling.cast.bob)
    well = await telling.notifications.channels.try_out(bob, channel.id)
    sink.trouble(HOOK, fail=403)
    refused = await telling.notifications.channels.try_out(bob, channel.id)
    assert (well.is_well, well.answer) == (True, "200 OK")
    assert not refused.is_well
    assert refused.answer.startswith("403 Forbidden")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8484/hook",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://2130706433/",
        "https://user:secret@example.org/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org",
    ],
)
async def test_an_address_that_is_not_public_is_not_taken(telling: Telling, url: str) -> None:
    bob = await telling.actor(telling.cast.bob)
    with pytest.raises(Refused):
        await telling.notifications.add_webhook(bob, url=url, label="Lamp")


async def test_a_name_that_leads_home_is_not_connected_to(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    telling.allow()
    bob = await telling.actor(telling.cast.bob)
    trial = await telling.notifications.channels.try_out(bob, channel.id)
    assert not trial.is_well
    assert sink.hits == []


async def test_a_redirect_is_not_followed(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, fail=302)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob))
        [delivery, *_] = await telling.until_over(channel.id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 1)
    assert len(sink.hits) == 1


async def test_the_same_address_twice_and_another_persons_are_refused(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    bob, carol = await telling.actor(telling.cast.bob), await telling.actor(telling.cast.carol)
    with pytest.raises(Conflict):
        await telling.notifications.add_webhook(bob, url=sink.url(HOOK), label="Again")
    with pytest.raises(NoSuchChannel):
        await telling.notifications.channels.remove(carol, channel.id)
    with pytest.raises(NoSuchChannel):
        await telling.notifications.channels.try_out(carol, channel.id)


async def test_where_it_leads_stands_nowhere_in_the_database(telling: Telling, sink: WebhookSink) -> None:
    _, secret = await hooked(telling, sink)
    async with telling.db.transaction():
        pass
    kept = b"".join(path.read_bytes() for path in telling.db.path.parent.glob("*.db*"))
    assert secret.encode() not in kept
    assert HOOK.encode() + b'"' not in kept


async def kinds(telling: Telling) -> list[str]:
    return [entry.kind for entry in await telling.db.read(journal.after, 0)]


def _is_there(session: Session, id: str) -> bool:
    return channel_queries.channel(session, id) is not None
