"""Summaries: due on the clock of whom they are for, made once, of what is new, and only where something is."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from medianest.accounts.types import User, UserChange
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM
from medianest.core.event import Event
from medianest.notifications import channel_queries, choosing, digesting, rhythm
from medianest.notifications.models import MannersRow, NoteRow
from medianest.notifications.preferring import Change
from medianest.notifications.types import Channel, ChannelKind, DeliveryState, Digest, Manners, Notice
from tests.fakes.post_office import PostOffice
from tests.notifications.conftest import about_download
from tests.notifications.sending import Telling
from tests.notifications.test_email import BOB, about_wish, html, lettered, text

PLAIN = {"smtp_security": "none", "smtp_username": "", "smtp_password": "", "smtp_host": "127.0.0.1"}
BERLIN, AUCKLAND = "Europe/Berlin", "Pacific/Auckland"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


async def summed_up(
    telling: Telling, office: PostOffice, *, digest: Digest = Digest.DAILY, quiet: tuple[time, time] | None = None
) -> Channel:
    """Bob gets summaries by letter, and hears of nothing else by it."""
    channel = await lettered(telling, office, **PLAIN)
    bob = await telling.actor(telling.cast.bob)
    choices = {(notice, ChannelKind.EMAIL): notice is Notice.DIGEST for notice in Notice}
    change = Change(choices=choices, manners=Manners(zone="Etc/UTC", digest=digest, quiet=quiet))
    await telling.notifications.preferring.change(bob, change)
    return channel


async def due_of(telling: Telling, user: User) -> datetime:
    async with telling.db.transaction() as session:
        found = await session.scalar(select(MannersRow.digest_due_at).where(MannersRow.user_id == user.id))
    assert isinstance(found, datetime)
    return found


async def next_morning(telling: Telling) -> int:
    """It is the time at which Bob's summary is due; how many were looked at."""
    due = await due_of(telling, telling.cast.bob)
    async with telling.db.transaction() as session:
        return await digesting.announce_due(session, now=due)


async def hear(telling: Telling, *news: Event) -> None:
    """Have this noted in inboxes."""
    await telling.record(*news)
    await telling.until(lambda session: len(session.scalars(select(NoteRow.entry_id)).all()) >= len(news))


async def announced(telling: Telling) -> int:
    entries = await telling.db.read(journal.after, 0)
    return sum(entry.kind == "digest.due" for entry in entries)


@pytest.mark.parametrize(
    ("zone", "digest", "now", "due"),
    [
        (BERLIN, Digest.DAILY, "2026-03-28T10:00", "2026-03-29T09:00"),  # clocks went forward that night
        (BERLIN, Digest.DAILY, "2026-10-24T10:00", "2026-10-25T09:00"),  # and back
        (BERLIN, Digest.WEEKLY, "2026-03-24T10:00", "2026-03-30T09:00"),
        (BERLIN, Digest.WEEKLY, "2026-10-19T09:00", "2026-10-26T09:00"),
        (AUCKLAND, Digest.DAILY, "2026-04-04T23:30", "2026-04-05T09:00"),
        (AUCKLAND, Digest.DAILY, "2026-09-26T09:00", "2026-09-27T09:00"),
        (AUCKLAND, Digest.WEEKLY, "2026-09-21T08:59", "2026-09-21T09:00"),
    ],
)
def test_it_is_due_in_the_morning_of_their_own_clock(zone: str, digest: Digest, now: str, due: str) -> None:
    here, manners = ZoneInfo(zone), Manners(zone=zone, digest=digest)
    begun = datetime.fromisoformat(now).replace(tzinfo=here)
    found = rhythm.next_digest(manners, begun.astimezone(UTC))
    assert found is not None
    assert found.astimezone(here).isoformat()[:16] == due
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", [BERLIN, AUCKLAND, "America/St_Johns", "Asia/Kathmandu"])
@pytest.mark.parametrize("digest", [Digest.DAILY, Digest.WEEKLY])
def test_no_hour_of_a_year_is_summed_up_twice_or_never(zone: str, digest: Digest) -> None:
    manners = Manners(zone=zone, digest=digest)
    due = rhythm.next_digest(manners, datetime(2026, 1, 1, tzinfo=UTC))
    for _ in range(370 if digest is Digest.DAILY else 55):
        assert due is not None
        following = rhythm.next_digest(manners, due)
        assert following is not None
        assert rhythm.digest_before(manners, following) == due
        due = following


async def test_what_is_new_comes_in_one_letter(telling: Telling, office: PostOffice) -> None:
    channel = await summed_up(telling, office)
    async with telling.living():
        bob = telling.cast.bob
        title = "File {:02} {{x}} <b>"
        files = [about_download(bob, subject_id=f"d{n}", title=title.format(n)) for n in range(12)]
        await hear(telling, *files, about_wish(telling.cast.bob, "Harbour lights"))
        await next_morning(telling)
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DELIVERED
    letter = office.letters(BOB)[-1]
    assert letter["Subject"] == "Your summary"
    assert "New for you: 12 downloads" in text(letter)
    assert "1 wish has come true" in text(letter)
    assert "File 09 {x} <b>" in text(letter)
    assert "File 10" not in text(letter)
    assert "2" in text(letter).split("File 09 {x} <b>")[1].splitlines()[1]
    assert html(letter).count("<li") == 11
    assert "File 00 {x} &lt;b&gt;" in html(letter)


async def test_two_starts_in_the_same_minute_make_one(telling: Telling, office: PostOffice) -> None:
    channel = await summed_up(telling, office)
    due = await due_of(telling, telling.cast.bob)

    async def start() -> None:
        async with telling.db.transaction() as session:
            await digesting.announce_due(session, now=due)

    async with telling.living():
        await hear(telling, about_download(telling.cast.bob))
        await asyncio.gather(start(), start(), start())
        await telling.until_over(channel.id)
    assert await announced(telling) == 1
    assert await due_of(telling, telling.cast.bob) == due + timedelta(days=1)


async def test_where_nothing_is_new_nothing_is_sent(telling: Telling, office: PostOffice) -> None:
    channel = await summed_up(telling, office)
    assert await next_morning(telling) == 1
    assert await announced(telling) == 0
    async with telling.living():
        await hear(telling, about_download(telling.cast.bob))
        await next_morning(telling)
        assert await announced(telling) == 0, "it is not of that day"
    assert await telling.deliveries(channel.id) == []


async def test_what_was_summed_up_is_gone_when_it_is_sent(telling: Telling, office: PostOffice) -> None:
    channel = await summed_up(telling, office)
    async with telling.living():
        await hear(telling, about_download(telling.cast.bob))
    await next_morning(telling)
    async with telling.db.transaction() as session:
        await session.execute(delete(NoteRow))
    async with telling.living():
        [delivery] = await telling.until_over(channel.id)
    assert delivery.state is DeliveryState.DROPPED


async def test_who_is_suspended_gets_none(telling: Telling, office: PostOffice) -> None:
    await summed_up(telling, office)
    async with telling.living():
        await hear(telling, about_download(telling.cast.bob))
    await telling.accounts.people.change(SYSTEM, telling.cast.bob.id, UserChange(suspended=True))
    assert await next_morning(telling) == 1
    assert await announced(telling) == 0


async def test_quiet_hours_hold_it_back(telling: Telling, office: PostOffice) -> None:
    now = clock.now().replace(second=0, microsecond=0)
    quiet = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    channel = await summed_up(telling, office, quiet=quiet)
    async with telling.living():
        await hear(telling, about_download(telling.cast.bob))
        await next_morning(telling)
        await telling.until(lambda session: _is_held_back(session, channel.id))
    assert len(office.letters(BOB)) == 1


async def test_it_stands_in_no_inbox(telling: Telling, office: PostOffice) -> None:
    channel = await summed_up(telling, office)
    async with telling.living():
        await hear(telling, about_download(telling.cast.bob))
        await next_morning(telling)
        await telling.until_over(channel.id)
    async with telling.db.transaction() as session:
        assert list(await session.scalars(select(NoteRow.kind))) == ["download.finished"]


@pytest.mark.parametrize("kind", ChannelKind)
def test_letters_and_pockets_are_its_usual_way(kind: ChannelKind) -> None:
    assert choosing.is_usual(Notice.DIGEST, kind) is (kind in (ChannelKind.EMAIL, ChannelKind.PUSH))


def _is_held_back(session: Session, channel_id: str) -> bool:
    found = channel_queries.deliveries(session, channel_id)
    return [one.due_at is not None and one.due_at > clock.now() for one in found] == [True]
