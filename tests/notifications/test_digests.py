"""Summaries: due on the clock of whom they are for, made once, of what is new, and only where something is."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from medianest.accounts.types import User, UserChange
from medianest.core import clock, journal, security
from medianest.core.actor import SYSTEM
from medianest.core.event import Event
from medianest.media_requests.models import RequestRow
from medianest.media_requests.types import State
from medianest.notifications import channel_queries, choosing, digesting, rhythm
from medianest.notifications.models import MannersRow, NoteRow
from medianest.notifications.preferring import Change
from medianest.notifications.types import Channel, ChannelKind, DeliveryState, Digest, Manners, Notice
from medianest.plex.titles import index
from medianest.plex.titles.models import ViewerRow
from medianest.plex.titles.types import Item, Kind, Section
from tests.fakes.plex import CHILD, Plex
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
        return await digesting.announce_due(session, telling.titles, now=due)


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


async def put_in_plex(telling: Telling, *, films: int) -> datetime:
    """So many films, two episodes of a show, and a film out of sight came an hour before Bob's summary; one long ago.

    Returns when that was.
    """
    newest = await due_of(telling, telling.cast.bob) - timedelta(hours=1)

    def item(key: str, section: str, title: str, kind: Kind = Kind.MOVIE, age_days: int = 0, **about: str) -> Item:
        at = newest - timedelta(days=age_days, seconds=int(key))
        return Item(key=key, section_key=section, kind=kind, title=title, added_at=at, updated_at=at, **about)

    show = {"show_key": "500", "show_title": "Paper Boats"}
    sections = [
        Section(key="1", kind=Kind.MOVIE, title="Films"),
        Section(key="2", kind=Kind.SHOW, title="Shows"),
        Section(key="3", kind=Kind.MOVIE, title="Attic", hidden=1),
    ]
    items = [item(str(100 + n), "1", f"Film {n:02} <b>") for n in range(films)]
    items += [item("90", "2", "Fog", Kind.EPISODE, **show), item("91", "2", "Rain", Kind.EPISODE, **show)]
    items += [item("92", "1", "Long ago", age_days=3), item("93", "3", "Out of sight")]
    async with telling.db.transaction() as session:
        await index.put_sections(session, sections)
        await index.put(session, items)
    return newest


async def the_summary(telling: Telling, office: PostOffice, channel: Channel) -> str:
    """Bob's next one, as text; empty where none is sent."""
    async with telling.living():
        await next_morning(telling)
        if not await announced(telling):
            return ""
        await telling.until_over(channel.id)
    return text(office.letters(BOB)[-1]).replace("\r\n", "\n")


async def test_what_came_to_plex_is_told_without_asking_the_server(
    telling: Telling, office: PostOffice, plex: Plex
) -> None:
    channel = await summed_up(telling, office)
    telling.linked.server = plex.server
    plex.server.away()
    await put_in_plex(telling, films=11)
    letter = await the_summary(telling, office, channel)
    assert "New on Plex: 12 titles\n- Paper Boats\n- Film 00 <b>\n" in letter
    assert letter.count("Paper Boats") == 1
    assert "Film 08" in letter
    assert "Film 09" not in letter
    assert "2" in letter.split("Film 08 <b>")[1].splitlines()[1]
    assert "Long ago" not in letter
    assert "Out of sight" not in letter


@pytest.mark.parametrize(("asked_hours_ago", "is_told"), [(20, True), (25, False), (None, False)])
async def test_of_plex_they_are_told_what_they_may_see_as_far_as_that_is_known(
    telling: Telling, office: PostOffice, plex: Plex, asked_hours_ago: int | None, is_told: bool
) -> None:
    channel, bob = await summed_up(telling, office), telling.cast.bob
    telling.linked.server, telling.linked.people = plex.server, {bob.id: CHILD}
    await put_in_plex(telling, films=1)
    if asked_hours_ago is not None:
        told = {"token": security.digest(plex.server.token_for(CHILD)), "keys": ["1"]}
        asked_at = clock.now() - timedelta(hours=asked_hours_ago)
        async with telling.db.transaction() as session:
            await session.execute(insert(ViewerRow).values(user_id=bob.id, sections=told, asked_at=asked_at))
    async with telling.living():
        await hear(telling, about_download(bob))
    letter = await the_summary(telling, office, channel)
    assert "New for you: 1 download" in letter
    assert ("New on Plex: 1 title\n- Film 00 <b>" in letter) is is_told
    assert "Paper Boats" not in letter


async def test_an_administrator_is_told_of_all_that_came_to_plex(
    telling: Telling, office: PostOffice, plex: Plex
) -> None:
    await summed_up(telling, office)
    telling.linked.server, telling.linked.people = plex.server, {telling.cast.alice.id: CHILD}
    newest = await put_in_plex(telling, films=1)
    since = newest - timedelta(days=1)
    async with telling.db.transaction() as session:
        found = await digesting.summary(session, telling.titles, telling.cast.alice, since, newest)
    assert found.n == 2


async def test_where_no_plex_is_connected_what_the_index_still_has_is_not_told(
    telling: Telling, office: PostOffice
) -> None:
    channel = await summed_up(telling, office)
    await put_in_plex(telling, films=1)
    assert await the_summary(telling, office, channel) == ""


async def test_open_wishes_stand_in_it_and_are_its_cause_only_where_they_changed(
    telling: Telling, office: PostOffice
) -> None:
    channel, now = await summed_up(telling, office), clock.now()
    long_ago = now - timedelta(days=3)
    wishes = [("w1", "Harbour lights", State.PENDING, long_ago), ("w2", "Paper Boats", State.AVAILABLE, now)]
    async with telling.db.transaction() as session:
        for id, name, state, at in wishes:
            about = {"media_type": "movie", "tmdb_id": int(id[1:]), "is_4k": False, "seasons": [], "is_announced": True}
            row = RequestRow(id=id, name=name, state=state, owner_id=telling.cast.bob.id, created_at=at, changed_at=at)
            for column, value in about.items():
                setattr(row, column, value)
            session.add(row)
    assert await next_morning(telling) == 1
    assert await announced(telling) == 0, "nothing changed"
    async with telling.db.transaction() as session:
        due = await session.scalar(select(MannersRow.digest_due_at))
        assert due is not None
        changed = update(RequestRow).where(RequestRow.id == "w1")
        await session.execute(changed.values(changed_at=due - timedelta(hours=1)))
    letter = await the_summary(telling, office, channel)
    assert "1 open wish\n- Harbour lights: Waits for a decision" in letter
    assert "Paper Boats" not in letter


async def test_two_starts_in_the_same_minute_make_one(telling: Telling, office: PostOffice) -> None:
    channel = await summed_up(telling, office)
    due = await due_of(telling, telling.cast.bob)

    async def start() -> None:
        async with telling.db.transaction() as session:
            await digesting.announce_due(session, telling.titles, now=due)

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
