"""What is lined up and not wanted any more is taken back; what is on its way, and what is wanted, arrives."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from medianest.core.actor import SYSTEM
from medianest.core.event import people
from medianest.media_requests.events import RequestDeclined
from medianest.notifications import channel_queries
from medianest.notifications.events import DigestDue
from medianest.notifications.preferring import Change
from medianest.notifications.sends import Patience
from medianest.notifications.types import Channel, ChannelKind, Delivery, DeliveryState, Digest, Manners, Notice
from tests.fakes.post_office import PostOffice
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.conftest import about_download
from tests.notifications.sending import Telling
from tests.notifications.test_email import BOB, about_wish, lettered
from tests.notifications.test_webhooks import HOOK, hooked
from tests.notifications.test_when import PLAIN

LONG = Patience(attempts=3, first=timedelta(hours=1), longest=timedelta(hours=1))
NO_DOWNLOADS = Change(choices={(Notice.DOWNLOAD_READY, ChannelKind.WEBHOOK): False})


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


async def choose(telling: Telling, change: Change) -> None:
    await telling.notifications.preferring.change(await telling.actor(telling.cast.bob), change)


def of(found: list[Delivery], notice: Notice) -> list[DeliveryState]:
    return [one.state for one in found if one.notice is notice]


async def test_what_is_unticked_is_not_sent_though_it_was_lined_up(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    bob = telling.cast.bob
    async with telling.listening():
        await telling.record(about_download(bob), about_wish(bob))
        await telling.until_lined_up(channel.id, n=2)
    await choose(telling, NO_DOWNLOADS)
    assert of(await telling.deliveries(channel.id), Notice.DOWNLOAD_READY) == [DeliveryState.DROPPED]
    async with telling.living():
        found = await telling.until_over(channel.id, n=2)
    assert of(found, Notice.REQUEST_READY) == [DeliveryState.DELIVERED]
    assert [body["kind"] for body in sink.told(HOOK)] == ["media_request.available"]


async def test_nothing_of_anybody_else_nor_of_other_channels_is_taken_back(
    telling: Telling, sink: WebhookSink, office: PostOffice
) -> None:
    letters = await lettered(telling, office, telling.cast.carol, **PLAIN)
    telling.settings = telling.settings.model_copy(
        update={"notifications": telling.settings.notifications.model_copy(
            update={"allow_private_hosts": frozenset([sink.address])})}
    )  # fmt: skip
    carol = await telling.actor(telling.cast.carol)
    hook, _ = await telling.notifications.add_webhook(carol, url=sink.url(HOOK), label="Lamp")
    async with telling.listening():
        await telling.record(about_wish(telling.cast.carol))
        for channel in (letters, hook):
            await telling.until_lined_up(channel.id, n=1)
    await choose(telling, Change(choices={(Notice.REQUEST_READY, kind): False for kind in ChannelKind}))
    await telling.notifications.preferring.change(
        carol, Change(choices={(Notice.REQUEST_READY, ChannelKind.WEBHOOK): False})
    )
    assert of(await telling.deliveries(letters.id), Notice.REQUEST_READY) == [DeliveryState.WAITING]
    assert of(await telling.deliveries(hook.id), Notice.REQUEST_READY) == [DeliveryState.DROPPED]


async def test_what_is_on_its_way_arrives_though_it_is_unticked_meanwhile(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    sink.trouble(HOOK, wait=0.5, times=1)
    async with telling.living():
        await telling.record(about_download(telling.cast.bob), about_download(telling.cast.bob, subject_id="d2"))
        await asyncio.to_thread(sink.wait_until_under_way, HOOK)
        await choose(telling, NO_DOWNLOADS)
        found = await telling.until_over(channel.id, n=2)
    assert sorted(one.state for one in found) == [DeliveryState.DELIVERED, DeliveryState.DROPPED]
    assert len(sink.told(HOOK)) == 1


async def waiting_together(telling: Telling, office: PostOffice) -> Channel:
    """A letter of three things was not taken, and waits for its next attempt."""
    telling.patience = LONG
    telling.notifications = telling.built()
    channel, bob = await lettered(telling, office, **PLAIN), telling.cast.bob
    declined = RequestDeclined(
        actor=SYSTEM, subject_id="r2", audience=people([bob.id]), title="Nosferatu", owner_id=bob.id, reason=""
    )
    async with telling.listening():
        await telling.record(about_wish(bob), declined, replace(declined, subject_id="r3"))
        await telling.until_lined_up(channel.id, n=3)
    office.say(data=["451 4.7.1 come back later"])
    async with telling.living():
        await telling.until(lambda session: _has_failed(session, channel))
    return channel


def _has_failed(session: Session, channel: Channel) -> bool:
    return any(one.error for one in channel_queries.deliveries(session, channel.id))


async def test_what_was_joined_to_something_unticked_is_told_without_it(telling: Telling, office: PostOffice) -> None:
    channel = await waiting_together(telling, office)
    joined = of(await telling.deliveries(channel.id), Notice.REQUEST_ANSWERED)
    await choose(telling, Change(choices={(Notice.REQUEST_READY, ChannelKind.EMAIL): False}))
    async with telling.living():
        found = await telling.until_over(channel.id, n=3)
    assert joined == [DeliveryState.JOINED] * 2
    assert of(found, Notice.REQUEST_READY) == [DeliveryState.DROPPED]
    assert of(found, Notice.REQUEST_ANSWERED) == [DeliveryState.DELIVERED] * 2
    assert not any("Harbour lights" in str(letter) for letter in office.letters(BOB)[1:])


async def test_what_is_unticked_leaves_what_it_was_joined_to(telling: Telling, office: PostOffice) -> None:
    channel = await waiting_together(telling, office)
    await choose(telling, Change(choices={(Notice.REQUEST_ANSWERED, ChannelKind.EMAIL): False}))
    found = await telling.deliveries(channel.id)
    assert of(found, Notice.REQUEST_READY) == [DeliveryState.WAITING]
    assert of(found, Notice.REQUEST_ANSWERED) == [DeliveryState.DROPPED] * 2
    assert all(one.finished_at for one in found if one.notice is Notice.REQUEST_ANSWERED)


async def test_a_summary_that_waits_is_taken_back_by_who_wants_none(telling: Telling, office: PostOffice) -> None:
    channel, bob = await lettered(telling, office, **PLAIN), telling.cast.bob
    await choose(telling, Change(manners=Manners(digest=Digest.DAILY)))
    what = {"rhythm": "daily", "since": "2026-11-01T09:00:00+00:00", "until": "2026-11-02T09:00:00+00:00"}
    async with telling.listening():
        await telling.record(DigestDue(actor=SYSTEM, subject_id=bob.id, audience=people([bob.id]), **what))
        await telling.until_lined_up(channel.id, n=1)
    await choose(telling, Change(manners=Manners(digest=Digest.WEEKLY)))
    assert of(await telling.deliveries(channel.id), Notice.DIGEST) == [DeliveryState.WAITING]
    await choose(telling, Change(manners=Manners(digest=Digest.OFF)))
    assert of(await telling.deliveries(channel.id), Notice.DIGEST) == [DeliveryState.DROPPED]


async def test_of_who_left_no_way_and_no_choice_stays(telling: Telling, sink: WebhookSink) -> None:
    channel, _ = await hooked(telling, sink)
    bob = telling.cast.bob
    await choose(telling, replace(NO_DOWNLOADS, manners=Manners(zone="Asia/Tokyo")))
    async with telling.listening():
        await telling.record(about_wish(bob))
        await telling.until_lined_up(channel.id, n=1)
        await telling.accounts.people.remove(SYSTEM, bob.id)
        await telling.until(lambda session: channel_queries.channel(session, channel.id) is None)
    assert await telling.deliveries(channel.id) == []
    preferences = await telling.db.read(channel_queries.preferences, bob.id)
    assert (preferences.choices, preferences.manners) == ({}, Manners())
