"""Lists in the queue: asked for whole or in part, expanded by a real child, stopped, gone on with after a crash."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medianest.core.config import DownloadsSettings
from medianest.core.db import Database
from medianest.core.errors import Conflict, Forbidden, NotFound
from medianest.downloads import queries
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.lists.types import Choice, EntryFate, Leftovers, ListEntry, ListState, ListTick, Playlist
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import ErrorCode, State
from tests.fakes.media_site import MediaSite
from tests.household import Household


async def until(db: Database, id: str, holds: Callable[[Playlist], bool], *, seconds: float = 60) -> Playlist:
    """The list once a condition holds of it, looked at after each commit."""
    changed = asyncio.Event()
    db.after_commit(lambda _tables: changed.set())
    found = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                changed.clear()
                found = await db.read(playlist_queries.by_id, id)
                if found and holds(found):
                    return found
                await changed.wait()
    except TimeoutError:
        raise AssertionError(f"it came no further than {found}") from None


async def expanded(db: Database, playlist: Playlist) -> Playlist:
    return await until(db, playlist.id, lambda one: one.state is ListState.COMPLETED)


async def entries(db: Database, playlist: Playlist) -> list[ListEntry]:
    return list(await db.read(playlist_queries.entries, playlist.id, limit=20_000))


async def titles(db: Database) -> list[str]:
    """What is queued, in the order in which it is."""

    def read(session: Session) -> list[str]:
        return list(session.scalars(select(DownloadRow.title).order_by(DownloadRow.position)))

    return await db.read(read)


async def number_of_downloads(db: Database) -> int:
    def count(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(DownloadRow)) or 0

    return await db.read(count)


async def test_a_list_becomes_its_downloads_in_its_order(idle: Household, media_site: MediaSite) -> None:
    alice, db = idle.actors["Alice"], idle.db
    async with idle.at_work() as downloads:
        with idle.live.watch() as signals:
            asked = await downloads.playlists.ask(alice, media_site.url("/feed/120.xml"), preset="720p")
            assert (asked.state, asked.total, asked.queued) == (ListState.EXPANDING, None, 0)
            done = await expanded(db, asked)
            tick = signals.get_nowait()
        assert isinstance(tick.data, ListTick)
        assert (tick.subject_id, tick.data.total) == (asked.id, 120)
        assert tick.holds
        assert not await db.read(tick.holds), "how far it is holds as long as it expands"
    assert (done.title, done.total, done.queued, done.skipped) == ("A serial in 120 parts", 120, 120, 0)
    assert await titles(db) == [f"Part {number}" for number in range(1, 121)]
    (first, *_) = await entries(db, done)
    assert (first.number, first.fate, first.duration_s) == (1, EntryFate.QUEUED, 600.0)
    download = await db.read(queries.by_id, first.download_id or "")
    assert download
    assert (download.owner.id, download.preset, download.site) == (alice.id, "720p", "127.0.0.1")
    assert download.url == media_site.base + "/@key=feed-1/files/clip.mp4"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(entries=(2, 119, 120, 5000)), ["Part 2", "Part 119", "Part 120"]),
        (Choice(newest=3), ["Part 120", "Part 119", "Part 118"]),
    ],
)
async def test_some_of_a_list(idle: Household, media_site: MediaSite, choice: Choice, expected: list[str]) -> None:
    alice, db = idle.actors["Alice"], idle.db
    async with idle.at_work() as downloads:
        done = await expanded(db, await downloads.playlists.ask(alice, media_site.url("/feed/120.xml"), choice=choice))
    assert (done.total, done.queued) == (3, 3)
    assert await titles(db) == expected


async def test_a_file_is_named_by_its_list_and_its_number_there(household: Household, media_site: MediaSite) -> None:
    presets = {"serial": {"template": "{playlist}/{index:02} {title}"}}
    values = household.settings.model_dump(exclude_unset=True) | {"presets": presets}
    household.settings = DownloadsSettings.model_validate(values)
    alice, url = household.actors["Alice"], media_site.url("/feed/12.xml")
    async with household.at_work() as downloads:
        single, _ = await downloads.enqueue(alice, media_site.url("/files/clip.mp4"), preset="serial")
        await household.until_state(single.id, State.COMPLETED, State.FAILED)
        asked = await downloads.playlists.ask(alice, url, preset="serial", choice=Choice(entries=(3, 11)))
        done = await expanded(household.db, asked)
        for entry in await entries(household.db, done):
            await household.until_state(entry.download_id or "", State.COMPLETED, State.FAILED)
    paths = [str(file.relative_to(household.media)) for file in household.files()]
    assert sorted(path.split("/")[1][:3] for path in paths if "/" in path) == ["03 ", "11 "]
    assert {path.split("/")[0] for path in paths if "/" in path} == {"A serial in 12 parts"}
    assert len(paths) == 3, "what is of no list has no folder for one"


async def test_what_a_preview_showed_is_not_asked_for_again(idle: Household, media_site: MediaSite) -> None:
    alice, db, url = idle.actors["Alice"], idle.db, media_site.url("/feed/7.xml")
    async with idle.at_work() as downloads:
        preview = await downloads.preview(alice, url)
        assert (preview.is_playlist, preview.entry_count, len(preview.entries)) == (True, 7, 7)
        choice = Choice(newest=2)
        asked = await downloads.playlists.ask(alice, url, choice=choice, preview_id=preview.id)
        await expanded(db, asked)
    assert await titles(db) == ["Part 7", "Part 6"]
    assert len(media_site.hits("/feed/7.xml")) == 1


async def test_what_is_here_is_skipped_and_what_is_not_to_be_had_is_told(
    idle: Household, media_site: MediaSite
) -> None:
    alice, bob, db = idle.actors["Alice"], idle.actors["Bob"], idle.db
    async with idle.at_work() as downloads:
        mine, _ = await downloads.enqueue(alice, media_site.url("/watch?v=odd-3"))
        theirs, _ = await downloads.enqueue(bob, media_site.url("/watch?v=odd-1"))
        preview = await downloads.preview(alice, media_site.url("/playlist?list=odd"))
        done = await expanded(db, await downloads.playlists.ask(alice, media_site.url("/playlist?list=odd")))
    assert [entry.is_here for entry in preview.entries] == [True, False, True, False, False, False, True]
    assert (done.total, done.queued, done.here, done.unavailable) == (6, 0, 2, 4)
    assert [(entry.number, entry.fate, entry.error, entry.download_id) for entry in await entries(db, done)] == [
        (1, EntryFate.HERE, None, theirs.id),
        (2, EntryFate.UNAVAILABLE, ErrorCode.PRIVATE, None),
        (3, EntryFate.HERE, None, mine.id),
        (4, EntryFate.UNAVAILABLE, ErrorCode.REMOVED, None),
        (5, EntryFate.UNAVAILABLE, ErrorCode.UNSUPPORTED_URL, None),
        (6, EntryFate.UNAVAILABLE, ErrorCode.BLOCKED_ADDRESS, None),
    ]
    followed = await db.read(queries.by_id, theirs.id)
    assert followed
    assert [person.id for person in followed.followers] == [alice.id]


async def test_a_list_is_stopped_while_it_expands(idle: Household, media_site: MediaSite) -> None:
    alice, db = idle.actors["Alice"], idle.db
    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url("/feed/10000.xml"))
        await until(db, asked.id, lambda one: one.queued >= 100)
        stopped = await downloads.playlists.stop(alice, asked.id)
        left = await number_of_downloads(db)
        assert stopped.state is ListState.STOPPED
        assert 100 <= left == stopped.queued < 10_000
        again = await downloads.playlists.ask(alice, media_site.url("/playlist?list=3"))
        await expanded(db, again)
        assert await number_of_downloads(db) == left + 3
        with pytest.raises(Conflict):
            await downloads.playlists.stop(alice, asked.id)


async def test_with_a_list_its_waiting_downloads_stop_if_that_is_asked_for(
    idle: Household, media_site: MediaSite
) -> None:
    """But for what somebody else follows, and for what was there before."""
    alice, bob, db = idle.actors["Alice"], idle.actors["Bob"], idle.db
    async with idle.at_work() as downloads:
        before, _ = await downloads.enqueue(alice, media_site.url("/@key=feed-1/files/clip.mp4"))
        done = await expanded(db, await downloads.playlists.ask(alice, media_site.url("/feed/6.xml")))
        followed, _ = await downloads.enqueue(bob, media_site.url("/@key=feed-2/files/clip.mp4"))
        stopped = await downloads.playlists.stop(alice, done.id, leftovers=Leftovers.CANCEL)
    assert (stopped.downloads.cancelled, stopped.downloads.under_way) == (4, 1)
    states = {entry.number: entry.download_state for entry in await entries(db, done)}
    assert states[1] is states[2] is State.WAITING
    assert {states[number] for number in range(3, 7)} == {State.CANCELLED}
    assert {before.id, followed.id} == {entry.download_id for entry in (await entries(db, done))[:2]}


async def test_who_may_stop_a_list(idle: Household, media_site: MediaSite) -> None:
    alice, bob, kim, ada = (idle.actors[name] for name in ("Alice", "Bob", "Kim", "Ada"))
    async with idle.at_work() as downloads:
        done = await expanded(idle.db, await downloads.playlists.ask(alice, media_site.url("/feed/2.xml")))
        with pytest.raises(Forbidden):
            await downloads.playlists.stop(bob, done.id)
        with pytest.raises(NotFound):
            await downloads.playlists.stop(kim, done.id)
        with pytest.raises(Forbidden):
            await downloads.playlists.ask(kim, media_site.url("/feed/2.xml"))
        assert (await downloads.playlists.stop(ada, done.id)).state is ListState.STOPPED


async def test_a_link_of_a_video_in_a_list_is_either(idle: Household, media_site: MediaSite) -> None:
    alice, db, link = idle.actors["Alice"], idle.db, media_site.url("/watch?v=part-2&list=3&index=2")
    async with idle.at_work() as downloads:
        preview = await downloads.preview(alice, link)
        assert (preview.title, preview.is_playlist) == ("The video part-2", False)
        assert preview.playlist_url == media_site.url("/playlist?list=3")
        video, _ = await downloads.enqueue(alice, link, preview_id=preview.id)
        done = await expanded(db, await downloads.playlists.ask(alice, link))
    assert (done.title, done.queued, done.total) == ("The list 3", 3, 3)
    assert video.title == "The video part-2"


async def test_a_video_is_refused_as_a_list(idle: Household, media_site: MediaSite) -> None:
    alice, db = idle.actors["Alice"], idle.db
    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url("/shows/harbour"))
        failed = await until(db, asked.id, lambda one: one.state is ListState.FAILED)
    assert failed.failure
    assert failed.failure.code is ErrorCode.UNSUPPORTED_URL


async def test_after_a_crash_in_the_middle_a_list_goes_on_without_doubles(
    idle: Household, media_site: MediaSite
) -> None:
    alice, db = idle.actors["Alice"], idle.db
    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url("/feed/1000.xml"))
        await until(db, asked.id, lambda one: one.queued >= 200)
    broken_off = await db.read(playlist_queries.by_id, asked.id)
    assert broken_off
    assert (broken_off.state, broken_off.is_read) == (ListState.EXPANDING, False)
    assert 200 <= broken_off.queued < 1000
    async with idle.at_work():
        done = await expanded(db, asked)
    assert (done.total, done.queued, done.skipped) == (1000, 1000, 0)
    assert await titles(db) == [f"Part {number}" for number in range(1, 1001)]


async def test_a_list_that_is_longer_than_lists_may_be_is_cut(idle: Household, media_site: MediaSite) -> None:
    idle.settings = idle.settings.model_copy(update={"max_list_entries": 60})
    async with idle.at_work() as downloads:
        done = await expanded(
            idle.db, await downloads.playlists.ask(idle.actors["Alice"], media_site.url("/feed/61.xml"))
        )
    assert (done.queued, done.total, done.is_cut) == (60, 60, True)
