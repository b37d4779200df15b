"""Long lists beside everybody else: turns, plans, sites that refuse, ten thousand entries, the journal, who leaves."""

import asyncio
import gc
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from medianest.accounts.plans import Plans
from medianest.accounts.types import NewPlan, PlanChange, Quotas
from medianest.core import clock, journal_pages
from medianest.core.actor import SYSTEM, Role
from medianest.core.journal_pages import Sought
from medianest.downloads import listeners
from medianest.downloads.line import turns
from medianest.downloads.line.turns import Turn
from medianest.downloads.lists import ledger as playlist_ledger
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.lists.types import EntryFate, ListState, ListWait
from medianest.downloads.models import PlaylistRow
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.types import ErrorCode, State
from tests.downloads.queue.test_inheritance import remove
from tests.downloads.queue.test_playlists import entries, expanded, number_of_downloads, until
from tests.fakes.media_site import MediaSite
from tests.household import Household


async def limit_members(household: Household, **quotas: int) -> str:
    new = NewPlan(name="Members", quotas=Quotas(**quotas), roles=frozenset({Role.MEMBER}))
    return (await Plans(household.db).create(SYSTEM, new)).plan.id


async def told(household: Household, kind: str) -> list[dict[str, object]]:
    page = await household.db.read(journal_pages.page, Sought(kinds=frozenset({kind})))
    return [dict(entry.data) for entry in page.items]


async def test_a_list_of_four_hundred_does_not_starve_another_s_single_video(
    household: Household, media_site: MediaSite
) -> None:
    """One of the list runs; whose turn is next when it ends, Bob's single video, although 399 were there before it."""
    alice, bob, db = household.actors["Alice"], household.actors["Bob"], household.db
    household.settings = household.settings.model_copy(update={"workers": 1, "per_site": 1})
    media_site.override("/@key=feed-1/files/clip.mp4", hold=50_000)
    async with household.at_work() as downloads:
        done = await expanded(db, await downloads.playlists.ask(alice, media_site.url("/feed/400.xml")))
        assert done.queued == 400
        first = (await entries(db, done))[0].download_id or ""
        await household.until_state(first, State.RUNNING)
        single, _ = await downloads.enqueue(bob, media_site.url("/@key=single/files/clip.mp4"))
        step = await db.read(turns.next_step, clock.now(), busy={}, per_site=2)
        assert step == Turn(id=single.id, site="127.0.0.1")
        media_site.override("/@key=feed-1/files/clip.mp4")
        media_site.release()
        await household.until_state(single.id, State.COMPLETED)
        counts = (await db.read(playlist_queries.by_id, done.id) or done).downloads
    assert counts.completed <= 2


async def test_a_plan_counts_each_entry_and_the_rest_waits_for_room(idle: Household, media_site: MediaSite) -> None:
    alice, db = idle.actors["Alice"], idle.db
    plan = await limit_members(idle, downloads=7, window_days=3)
    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url("/feed/20.xml"))
        full = await until(db, asked.id, lambda one: one.state is ListState.WAITING)
        assert (full.waits_for, full.queued, full.total) == (ListWait.ROOM, 7, 20)
        assert full.next_attempt_at
        assert timedelta(days=2.9) < full.next_attempt_at - clock.now() <= timedelta(days=3)
        with pytest.raises(QuotaExceeded):
            await downloads.playlists.ask(alice, media_site.url("/playlist?list=3"))
        await Plans(db).change(SYSTEM, plan, PlanChange(downloads=15))
        await until(db, asked.id, lambda one: one.queued == 15 and one.state is ListState.WAITING)
        await Plans(db).change(SYSTEM, plan, PlanChange(downloads=None))
        done = await expanded(db, asked)
    assert (done.queued, await number_of_downloads(db)) == (20, 20)
    assert len(media_site.hits("/feed/20.xml")) == 1
    assert [fact["why"] for fact in await told(idle, "playlist.waiting")] == ["room", "room"]
    assert [fact["n"] for fact in await told(idle, "playlist.completed")] == [20]


async def test_where_only_a_few_may_be_under_way_the_list_follows_as_they_end(
    household: Household, media_site: MediaSite
) -> None:
    alice, db = household.actors["Alice"], household.db
    await limit_members(household, active=2)
    async with household.at_work() as downloads:
        done = await expanded(db, await downloads.playlists.ask(alice, media_site.url("/feed/5.xml")))
        for entry in await entries(db, done):
            await household.until_state(entry.download_id or "", State.COMPLETED)
    assert done.queued == 5


async def test_a_site_that_refuses_keeps_its_list_waiting(idle: Household, media_site: MediaSite) -> None:
    alice, db, path = idle.actors["Alice"], idle.db, "/feed/4.xml"
    media_site.override(path, fail=429, retry_after=900)
    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url(path))
        waiting = await until(db, asked.id, lambda one: one.state is ListState.WAITING)
        assert (waiting.waits_for, waiting.queued) == (ListWait.SITE, 0)
        assert waiting.failure
        assert waiting.failure.code is ErrorCode.RATE_LIMITED
        media_site.override(path)
        await downloads.sites.release(idle.actors["Ada"], "127.0.0.1")
        async with db.transaction() as session:
            await playlist_ledger.go_on(session, asked.id)
        assert (await expanded(db, asked)).queued == 4


async def test_thousands_of_entries_leave_the_loop_to_others(idle: Household, media_site: MediaSite) -> None:
    """Between two beats of 5 ms the loop's own thread never computes for 20 ms; what others compute does not count.

    As in the portal, a full collection does not look through what was there from the start. The same work takes longer
    while others use the processor: each time is held against what a fixed piece of work took right after it.
    """
    alice, db = idle.actors["Alice"], idle.db
    beats: list[tuple[float, float]] = []

    async def beat() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.005)
            between = time.thread_time()
            sum(range(20_000))
            beats.append((between - before, time.thread_time() - between))

    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url("/feed/2000.xml"))
        await until(db, asked.id, lambda one: one.read > 0)
        gc.freeze()
        beating = asyncio.create_task(beat())
        done = await until(db, asked.id, lambda one: one.state is ListState.COMPLETED, seconds=120)
        beating.cancel()
        gc.unfreeze()
    assert (done.queued, done.total, done.skipped) == (2000, 2000, 0)
    assert await number_of_downloads(db) == 2000
    assert len(media_site.hits("/feed/2000.xml")) == 1
    quiet_s = min(fixed_s for _, fixed_s in beats)
    assert max(took_s * quiet_s / fixed_s for took_s, fixed_s in beats) < 0.02


async def test_the_lists_of_who_leaves_stop_and_go_to_the_heir(idle: Household, media_site: MediaSite) -> None:
    ada, alice, db = idle.actors["Ada"], idle.actors["Alice"], idle.db
    await limit_members(idle, downloads=3, window_days=3)
    async with idle.at_work() as downloads:
        asked = await downloads.playlists.ask(alice, media_site.url("/feed/9.xml"))
        await until(db, asked.id, lambda one: one.state is ListState.WAITING)
        entry = await remove(idle, ada, alice)
        async with db.transaction() as session:
            await listeners.hand_over(session, entry)
        left = await until(db, asked.id, lambda one: one.state is ListState.STOPPED)
    assert (left.owner.name, left.queued) == ("Ada", 3)


async def test_old_lists_are_forgotten_and_their_downloads_stay(idle: Household, media_site: MediaSite) -> None:
    alice, db = idle.actors["Alice"], idle.db
    async with idle.at_work() as downloads:
        done = await expanded(db, await downloads.playlists.ask(alice, media_site.url("/feed/2.xml")))
        await _age(idle, done.id, playlist_ledger.KEPT)
        assert await _purged(idle) == 0
        for entry in await entries(db, done):
            assert entry.fate is EntryFate.QUEUED
            await downloads.cancel(alice, entry.download_id or "")
    assert await _purged(idle) == 1
    assert await db.read(playlist_queries.by_id, done.id) is None
    assert await number_of_downloads(db) == 2


async def _age(household: Household, id: str, by: timedelta) -> None:
    async with household.db.transaction() as session:
        old = update(PlaylistRow).where(PlaylistRow.id == id).values(finished_at=clock.now() - by)
        await session.execute(old)


async def _purged(household: Household) -> int:
    async with household.db.transaction() as session:
        return await playlist_ledger.purge(session)
