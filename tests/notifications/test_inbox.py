"""The inbox: each is told once what is theirs to know, and no longer than it is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from medianest.accounts.events import NewDevice, about
from medianest.accounts.types import UserChange
from medianest.admin.events import BackupFailed, DiskLow, UpstreamBack, UpstreamDown
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.event import ADMINS, HOUSEHOLD, people, topics
from medianest.core.i18n import Catalogues
from medianest.core.jobs import JobFailed
from medianest.core.journal_tables import EntryRow
from medianest.downloads.events import DownloadCancelled, DownloadFailed, DownloadFinished
from medianest.downloads.ytdlp.events import YtdlpOutdated
from medianest.media_requests.events import RequestDeclined, RequestSent
from medianest.notifications import places, queries, sentences
from medianest.notifications.models import NoteRow
from medianest.notifications.telling import TOGETHER, TOLD
from medianest.notifications.types import Topic
from medianest.status import news
from medianest.status.encounters import Encounter
from medianest.status.events import LinkRefused, WorksAgain
from medianest.status.types import Function, Trouble
from tests.notifications.conftest import Inboxes, about_download

FINISHED, FAILED = DownloadFinished.kind, DownloadFailed.kind


def sent(subject: str = "r1") -> RequestSent:
    return RequestSent(actor=SYSTEM, subject_id=subject, audience=HOUSEHOLD, title="The General", owner_id=None)


def failed_job() -> JobFailed:
    return JobFailed(actor=SYSTEM, subject_id="backup", audience=ADMINS, error="disk full")


def test_everything_that_is_told_happens_somewhere_and_has_its_sentence() -> None:
    known = frozenset[str]().union(*topics().values())
    english = Catalogues().of("en")
    assert {kind for kind in TOLD if kind not in known} == set()
    ids = {f"notifications.{kind.replace('.', '_')}" for kind in TOLD}
    said_whole = {f"notifications.{WorksAgain.kind.replace('.', '_')}"}
    assert {id for id in ids if english.lookup(id, 1) is None} == said_whole
    of_many = {english.lookup(f"notifications.{kind.replace('.', '_')}", 3) for kind in TOGETHER}
    assert all(text and "{n}" in text for text in of_many)


async def test_who_asked_and_who_follows_are_told_and_nobody_else(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    with inboxes.live.watch() as signals:
        await inboxes.happen(about_download(cast.bob, cast.dora))
        assert inboxes.told(signals) == [people([cast.bob.id, cast.dora.id])]
    assert [await inboxes.kinds(one) for one in (cast.bob, cast.dora, cast.alice, cast.carol)] == [
        [FINISHED], [FINISHED], [], [],
    ]  # fmt: skip
    assert await inboxes.db.read(queries.unread, await inboxes.actor(cast.bob)) == 1


async def test_who_did_it_themselves_is_not_told(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    bob = await inboxes.actor(cast.bob)
    await inboxes.happen(about_download(cast.bob, cast.dora, kind=DownloadCancelled, actor=bob))
    assert (await inboxes.kinds(cast.bob), await inboxes.kinds(cast.dora)) == ([], [DownloadCancelled.kind])


async def test_a_new_device_is_told_to_its_person_and_to_admins_once_each(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    for user in (cast.bob, cast.alice):
        actor = await inboxes.actor(user)
        event = NewDevice(actor=actor, subject_id=user.id, audience=about(user.id), user_agent="Firefox")
        await inboxes.happen(event)
    assert [(note.topic, note.entry.subject_id) for note in await inboxes.notes(cast.bob)] == [
        (Topic.ACCOUNT, cast.bob.id)
    ]
    assert [(note.topic, note.entry.subject_id) for note in await inboxes.notes(cast.alice)] == [
        (Topic.ACCOUNT, cast.alice.id), (Topic.HOUSE, cast.bob.id),
    ]  # fmt: skip


async def test_who_is_told_by_two_reasons_is_told_by_the_nearer_one(inboxes: Inboxes) -> None:
    alice = inboxes.cast.alice
    await inboxes.happen(NewDevice(actor=SYSTEM, subject_id=alice.id, audience=about(alice.id), user_agent="Firefox"))
    assert [note.topic for note in await inboxes.notes(alice)] == [Topic.ACCOUNT]


async def test_who_decides_no_more_reads_no_more_of_what_is_to_be_decided(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    await inboxes.happen(sent(), failed_job())
    assert await inboxes.kinds(cast.carol) == [RequestSent.kind]
    assert await inboxes.kinds(cast.alice) == [JobFailed.kind, RequestSent.kind]
    alice = await inboxes.actor(cast.alice)
    await inboxes.accounts.people.change(alice, cast.carol.id, UserChange(role=Role.MEMBER))
    assert await inboxes.kinds(cast.carol) == []
    assert await inboxes.db.read(queries.unread, await inboxes.actor(cast.carol)) == 0


async def test_who_is_suspended_is_told_nothing_and_who_left_has_nothing(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    alice = await inboxes.actor(cast.alice)
    await inboxes.happen(about_download(cast.dora))
    await inboxes.accounts.people.change(alice, cast.bob.id, UserChange(suspended=True))
    await inboxes.accounts.people.remove(alice, cast.dora.id)
    await inboxes.happen(about_download(cast.bob, cast.dora))
    assert await inboxes.db.read(_owners) == []


async def test_a_listener_that_is_called_again_tells_once(inboxes: Inboxes) -> None:
    await inboxes.happen(about_download(inboxes.cast.bob))
    (note,) = await inboxes.notes(inboxes.cast.bob)
    async with inboxes.db.transaction() as session:
        await inboxes.inbox.take(session, note.entry)
    assert [again.n for again in await inboxes.notes(inboxes.cast.bob)] == [1]


async def test_each_is_told_once_though_the_portal_dies_in_the_middle(inboxes: Inboxes) -> None:
    bob = inboxes.cast.bob
    events = [about_download(bob, kind=DownloadCancelled, subject_id=f"d{n}") for n in range(60)]
    async with inboxes.db.transaction() as session:
        for event in events:
            await journal.record(session, event)
    for life in range(5):
        try:
            async with inboxes.dispatching() as changed:
                for _ in range(3 + life):
                    changed.clear()
                    await changed.wait()
                raise InterruptedError
        except InterruptedError:
            assert 0 < len(await inboxes.notes(bob, limit=200)) < len(events)
    async with inboxes.dispatching():
        pass
    told = [note.entry.subject_id for note in await inboxes.notes(bob, limit=200)]
    assert told == [f"d{n}" for n in reversed(range(60))]


async def test_what_comes_in_numbers_is_one_note_until_it_is_read(inboxes: Inboxes) -> None:
    bob = inboxes.cast.bob
    await inboxes.happen(*(about_download(bob, subject_id=f"d{n}", title=f"Part {n}") for n in range(3)))
    await inboxes.happen(about_download(bob, kind=DownloadFailed, code="network"))
    failed, finished = await inboxes.notes(bob)
    assert (failed.n, finished.n, finished.entry.subject_id) == (1, 3, "d2")
    assert said(finished) == "3 videos are here, “Part 2” among them."
    assert await inboxes.db.read(queries.unread, await inboxes.actor(bob)) == 2

    assert await inboxes.inbox.read(await inboxes.actor(bob), ids=[finished.id]) == 1
    await inboxes.happen(about_download(bob, subject_id="d4"))
    assert [(note.n, note.is_read) for note in await inboxes.notes(bob)] == [(1, False), (1, False), (3, True)]


async def test_what_comes_much_later_is_a_note_of_its_own(inboxes: Inboxes) -> None:
    bob = inboxes.cast.bob
    await inboxes.happen(about_download(bob, subject_id="d1"))
    async with inboxes.db.transaction() as session:
        await session.execute(update(EntryRow).values(at=clock.now() - timedelta(minutes=31)))
    await inboxes.happen(about_download(bob, subject_id="d2"))
    assert [note.n for note in await inboxes.notes(bob)] == [1, 1]


async def test_a_note_says_why_and_leads_to_what_it_is_about(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    declined = RequestDeclined(
        actor=SYSTEM, subject_id="r1", audience=people([cast.dora.id]), title="Häxan", owner_id=None, reason="Too old"
    )
    await inboxes.happen(about_download(cast.dora, kind=DownloadFailed, code="network"), declined)
    first, second = await inboxes.notes(cast.dora)
    english = Catalogues().of("en")
    why = sentences.reason(first)
    assert why
    assert (said(first), english.say(why)) == ("“Häxan” was declined.", "“Too old”")
    assert places.path(first, cast.dora.id) == "/requests/r1"
    assert places.path(second, cast.dora.id) == "/downloads/d1"
    assert sentences.reason(second) is not None


async def test_what_the_house_is_told_names_the_job_and_says_why(inboxes: Inboxes) -> None:
    refused = LinkRefused(actor=SYSTEM, subject_id="", audience=ADMINS, error=Trouble.CODE)
    await inboxes.happen(failed_job(), refused)
    english, told = Catalogues().of("en"), await inboxes.notes(inboxes.cast.alice)
    assert [(said(note), english.say(why)) for note in told if (why := sentences.reason(note))] == [
        ("Uptime Kuma does not let the portal in.", english.text("status.code")),
        ("The portal could not do this by itself: Daily backup.", "It says: disk full"),
    ]


async def test_what_goes_wrong_with_the_house_is_said_with_its_reason(inboxes: Inboxes) -> None:
    to_admins: dict[str, Any] = {"actor": SYSTEM, "audience": ADMINS}
    left: dict[str, Any] = {"reason": "admin.disk_left", "values": {"free": 1.5, "path": "/media"}}
    key: dict[str, Any] = {"name": "Overseerr", "reason": "requests.found_key", "values": {"version": "1.34.0"}}
    await inboxes.happen(
        BackupFailed(**to_admins, subject_id="", error="No space left on device"),
        DiskLow(**to_admins, subject_id="media_dir", free_bytes=1_500_000_000, **left),
        UpstreamDown(**to_admins, subject_id="services.overseerr", **key),
        UpstreamBack(**to_admins, subject_id="services.overseerr", name="Overseerr"),
        YtdlpOutdated(**to_admins, subject_id="yt-dlp", in_use="2026.09.01", n=80),
    )
    english, told = Catalogues().of("en"), await inboxes.notes(inboxes.cast.alice)
    assert [(said(note), english.say(why) if (why := sentences.reason(note)) else None) for note in told] == [
        ("yt-dlp 2026.09.01 is 80 days old, and no newer one was to be had: sites may stop working with it.", None),
        ("The portal can use Overseerr again.", None),
        ("The portal cannot use Overseerr.", "The server answers, version 1.34.0, but does not take the key."),
        ("A disk is nearly full.", "1.5 GB are left for /media."),
        ("The daily backup was not made.", "It says: No space left on device"),
    ]
    assert {note.topic for note in told} == {Topic.HOUSE}
    assert await inboxes.kinds(inboxes.cast.bob) == []


async def test_who_ran_into_an_outage_reads_that_it_is_over(inboxes: Inboxes) -> None:
    encounter = Encounter(
        user_id=inboxes.cast.dora.id,
        incident_id="i1",
        monitor=1,
        name="Plex",
        function=Function.PLEX,
        met_at=clock.now(),
    )
    await inboxes.happen(news.for_one(encounter, None))
    (note,) = await inboxes.notes(inboxes.cast.dora)
    english = Catalogues().of("en")
    assert (said(note), sentences.reason(note)) == (english.text("status.again_plex"), None)
    assert places.path(note, inboxes.cast.dora.id) == "/status"
    assert await inboxes.kinds(inboxes.cast.alice) == []


async def test_pages_and_topics_and_what_is_unread_are_found(inboxes: Inboxes) -> None:
    alice = inboxes.cast.alice
    await inboxes.happen(*(sent(f"r{n}") for n in range(5)), failed_job())
    actor = await inboxes.actor(alice)
    seen, cursor = [], None
    while True:
        page = await inboxes.db.read(queries.listing, actor, topics=[Topic.DECIDE], cursor=cursor, limit=2)
        seen += [note.entry.subject_id for note in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["r4", "r3", "r2", "r1", "r0"]
    assert await inboxes.inbox.read(actor, topics=[Topic.DECIDE]) == 1
    assert [note.topic for note in await inboxes.notes(alice, is_unread=True)] == [Topic.HOUSE]
    assert await inboxes.inbox.read(actor) == 0


async def test_nobody_marks_what_is_anothers(inboxes: Inboxes) -> None:
    cast = inboxes.cast
    await inboxes.happen(about_download(cast.bob, cast.dora))
    (note,) = await inboxes.notes(cast.bob)
    await inboxes.inbox.read(await inboxes.actor(cast.dora), ids=[note.id])
    assert not (await inboxes.notes(cast.bob))[0].is_read


async def test_notes_go_with_the_entries_that_they_are_about(inboxes: Inboxes) -> None:
    await inboxes.happen(about_download(inboxes.cast.bob))
    async with inboxes.db.transaction() as session:
        await session.execute(delete(EntryRow))
    assert await inboxes.db.read(_owners) == []


@pytest.mark.parametrize("hostile", ["{actor}", "{{7*7}}", "%n", "{title.__class__}", "a\nb"])
async def test_a_title_is_never_a_template(inboxes: Inboxes, hostile: str) -> None:
    await inboxes.happen(about_download(inboxes.cast.bob, title=hostile))
    (note,) = await inboxes.notes(inboxes.cast.bob)
    assert said(note) == f"“{hostile}” is here."


def said(note: queries.Note) -> str:
    return Catalogues().of("en").say(sentences.sentence(note))


def _owners(session: Any) -> list[str]:
    return list(session.scalars(select(NoteRow.user_id).group_by(NoteRow.user_id).having(func.count() > 0)))
