"""What was given up is sent again, by whom it is for: with the same key, and while it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.notifications import channel_queries
from medianest.notifications.errors import NoSuchChannel
from medianest.notifications.models import DeliveryRow
from medianest.notifications.types import Channel, Delivery, DeliveryState
from tests.fakes.post_office import PostOffice
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.conftest import about_download
from tests.notifications.sending import Telling
from tests.notifications.test_email import BOB, about_wish, lettered
from tests.notifications.test_webhooks import HOOK, hooked
from tests.notifications.test_when import PLAIN


async def given_up(telling: Telling, sink: WebhookSink, *, n: int = 2) -> Channel:
    """So many that Bob's webhook did not take, and would now."""
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, fail=404)
    async with telling.living():
        await telling.record(*(about_download(telling.cast.bob, subject_id=f"d{number}") for number in range(n)))
        found = await telling.until_over(channel.id, n=n)
    assert {one.state for one in found} == {DeliveryState.DEAD}
    sink.calm()
    return channel


async def age(telling: Telling, by: timedelta) -> None:
    """All that is over was over so much earlier."""
    async with telling.db.transaction() as session:
        await session.execute(update(DeliveryRow).values(finished_at=clock.now() - by))


async def test_ones_own_is_sent_again_with_the_same_key(telling: Telling, sink: WebhookSink) -> None:
    channel = await given_up(telling, sink)
    keys = {request.headers["webhook-id"] for request in sink.asked(HOOK)}
    bob = await telling.actor(telling.cast.bob)
    assert await telling.notifications.again_to(bob, channel.id) == 2
    async with telling.living():
        found = await telling.until_over(channel.id, n=2)
    assert {one.state for one in found} == {DeliveryState.DELIVERED}
    assert {body["id"] for body in sink.told(HOOK)} == keys
    assert await telling.notifications.again_to(bob, channel.id) == 0


async def test_one_alone_is_sent_again(telling: Telling, sink: WebhookSink) -> None:
    channel = await given_up(telling, sink)
    bob, (one, _) = await telling.actor(telling.cast.bob), await telling.deliveries(channel.id)
    assert await telling.notifications.again_to(bob, channel.id, delivery_id="another") == 0
    assert await telling.notifications.again_to(bob, channel.id, delivery_id=one.id) == 1
    async with telling.living():
        await telling.until_over(channel.id, n=2)
    assert [body["id"] for body in sink.told(HOOK)] == [one.id]


async def test_what_is_kept_no_longer_is_not_sent_again(telling: Telling, sink: WebhookSink) -> None:
    channel = await given_up(telling, sink)
    bob = await telling.actor(telling.cast.bob)
    keep, since = telling.settings.notifications.keep, telling.notifications.kept_since
    await age(telling, keep + timedelta(minutes=1))
    assert await telling.notifications.again_to(bob, channel.id) == 0
    assert not await telling.db.read(channel_queries.is_given_up, channel.id, since)
    await age(telling, keep - timedelta(minutes=1))
    assert await telling.db.read(channel_queries.is_given_up, channel.id, since)
    assert await telling.notifications.again_to(bob, channel.id) == 2


async def test_nobody_sends_again_what_is_anothers_and_no_other_channel_is_meant(
    telling: Telling, sink: WebhookSink
) -> None:
    channel = await given_up(telling, sink)
    alice, bob = await telling.actor(telling.cast.alice), await telling.actor(telling.cast.bob)
    with pytest.raises(NoSuchChannel):
        await telling.notifications.again_to(alice, channel.id)
    other, _ = await telling.notifications.add_webhook(bob, url=sink.url("/other"), label="Door")
    (one, _) = await telling.deliveries(channel.id)
    assert await telling.notifications.again_to(bob, other.id) == 0
    assert await telling.notifications.again_to(bob, other.id, delivery_id=one.id) == 0
    assert {one.state for one in await telling.deliveries(channel.id)} == {DeliveryState.DEAD}


async def test_what_was_told_together_ends_and_comes_again_together(telling: Telling) -> None:
    with PostOffice() as office:
        channel = await lettered(telling, office, **PLAIN)
        async with telling.listening():
            await telling.record(*(about_wish(telling.cast.bob, f"Film {number}") for number in range(3)))
            await telling.until_lined_up(channel.id, n=3)
        office.say(rcpt=["550 5.1.1 nobody of that name"])
        async with telling.living():
            found = await telling.until_over(channel.id, n=3)
            assert sorted(one.state for one in found) == [
                DeliveryState.DEAD,
                DeliveryState.JOINED,
                DeliveryState.JOINED,
            ]
            assert all(one.finished_at for one in found)
            before = len(office.letters(BOB))
            bob = await telling.actor(telling.cast.bob)
            assert await telling.notifications.again_to(bob, channel.id) == 1
            await telling.until(lambda session: len(_over(session, channel)) == 3)
    assert len(office.letters(BOB)) == before + 1
    assert "3 things happened" in office.letters(BOB)[-1]["Subject"]


def _over(session: Session, channel: Channel) -> list[Delivery]:
    ended = (DeliveryState.DELIVERED, DeliveryState.JOINED)
    found = channel_queries.deliveries(session, channel.id)
    return [one for one in found if one.state in ended and one.finished_at]
