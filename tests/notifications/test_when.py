"""When people are told, and together with what: quiet hours, many at once, and not any more."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert
from sqlalchemy.orm import Session

from medianest.accounts.types import UserChange
from medianest.core import clock
from medianest.core.actor import SYSTEM, Role
from medianest.core.config import ServiceSettings
from medianest.core.event import HOUSEHOLD
from medianest.media_requests.events import RequestSent
from medianest.media_requests.models import RequestRow
from medianest.media_requests.types import State
from medianest.notifications import channel_queries
from medianest.notifications.preferring import Change
from medianest.notifications.types import DeliveryState, Manners
from tests.fakes.post_office import PostOffice
from tests.fakes.webhook_sink import WebhookSink
from tests.notifications.sending import Telling
from tests.notifications.test_email import BOB, about_wish, lettered

HOUR = timedelta(hours=1)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


PLAIN = {"smtp_security": "none", "smtp_username": "", "smtp_password": "", "smtp_host": "127.0.0.1"}


WISH = {
    "id": "r1", "media_type": "movie", "tmdb_id": 19, "is_4k": False, "seasons": [], "name": "Metropolis",
    "folded": "metropolis", "asker": "", "reason": "", "is_unwanted": False, "is_announced": True, "attempts": 0,
    "state": State.PENDING, "created_at": clock.now(), "changed_at": clock.now(),
}  # fmt: skip


def around_now() -> Manners:
    """Quiet hours that hold now."""
    start, end = (clock.now() + sign * HOUR for sign in (-1, 1))
    return Manners(zone="Etc/UTC", quiet=(_minute(start), _minute(end)))


def _minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


async def test_in_quiet_hours_nothing_is_sent_until_they_are_over_and_then_all_together(
    telling: Telling, office: PostOffice
) -> None:
    channel = await lettered(telling, office, **PLAIN)
    bob = await telling.actor(telling.cast.bob)
    await telling.notifications.preferring.change(bob, Change(manners=around_now()))
    before = len(office.letters(BOB))

    def are_held(session: Session) -> bool:
        found = channel_queries.deliveries(session, channel.id)
        return len(found) == 3 and all(one.due_at and one.due_at > clock.now() for one in found)

    async with telling.living():
        await telling.record(*(about_wish(telling.cast.bob, f"Film {number}") for number in range(3)))
        await telling.until(are_held)
        assert len(office.letters(BOB)) == before
        await telling.notifications.preferring.change(bob, Change(manners=Manners()))
        found = await telling.until_over(channel.id, n=3)
    assert sorted(one.state for one in found) == [DeliveryState.DELIVERED, DeliveryState.JOINED, DeliveryState.JOINED]
    assert len(office.letters(BOB)) == before + 1


async def test_many_at_once_are_one_message_that_names_some_of_them(telling: Telling, office: PostOffice) -> None:
    channel = await lettered(telling, office, **PLAIN)
    async with telling.listening():
        await telling.record(*(about_wish(telling.cast.bob, f"Film {number}") for number in range(8)))
        await telling.until(lambda session: len(channel_queries.deliveries(session, channel.id)) == 8)
    async with telling.living():
        await telling.until_over(channel.id, n=8)
    letter = office.letters(BOB)[-1]
    body = letter.get_body(("plain",))
    assert body
    assert "8 things happened" in letter["Subject"]
    assert "Film 7" in body.get_content()
    assert "And 3 more." in body.get_content()


async def test_who_decides_no_more_is_not_told_what_was_to_be_decided(telling: Telling, office: PostOffice) -> None:
    carol = telling.cast.carol
    channel = await lettered(telling, office, carol, **PLAIN)
    wish = {"title": "Metropolis", "owner_id": telling.cast.bob.id}
    asked = RequestSent(actor=SYSTEM, subject_id="r1", audience=HOUSEHOLD, **wish)
    before = len(office.letters(BOB))
    async with telling.listening():
        await telling.record(asked)
        await telling.until(lambda session: len(channel_queries.deliveries(session, channel.id)) == 1)
    await telling.accounts.people.change(SYSTEM, carol.id, UserChange(role=Role.MEMBER))
    async with telling.living():
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DROPPED
    assert len(office.letters(BOB)) == before


async def test_a_wish_to_decide_comes_by_letter_with_a_link_that_decides_and_by_other_ways_without(
    telling: Telling, office: PostOffice, sink: WebhookSink
) -> None:
    carol = telling.cast.carol
    channel = await lettered(telling, office, carol, **PLAIN)
    service = ServiceSettings(name="Kitchen", url=SecretStr(f"json://127.0.0.1:{sink.address[1]}/kitchen"))
    telling.settings = telling.settings.model_copy(update={"apprise": (service,)})
    room = await telling.notifications.add_apprise(await telling.actor(carol), "Kitchen")
    async with telling.db.transaction() as session:
        await session.execute(insert(RequestRow).values(**WISH, owner_id=carol.id, asked_by_id=carol.id))
    asked = RequestSent(actor=SYSTEM, subject_id="r1", audience=HOUSEHOLD, title="Metropolis", owner_id=carol.id)
    async with telling.living():
        await telling.record(asked)
        await telling.until_over(channel.id)
        await telling.until_over(room.id)
    assert "https://nest.example/decide/" in str(office.letters(BOB)[-1])
    [told] = sink.told("/kitchen")
    assert "Metropolis" in told["title"]
    assert "/decide/" not in str(told)
