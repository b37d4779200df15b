"""A plan at the door of the queue: how many are begun, how many are under way, and that nobody slips past."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from medianest.accounts.plans import Plans
from medianest.accounts.types import NewPlan, PlanChange, Quotas
from medianest.core import clock
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.config import DownloadsSettings
from medianest.downloads.models import UsageRow
from medianest.downloads.plans import usage
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.service import Downloads
from medianest.downloads.types import Download, Preset, Quota, Standing, State
from tests.household import Household

MEMBERS = frozenset({Role.MEMBER})


@pytest.fixture
async def downloads(household: Household) -> AsyncIterator[Downloads]:
    """A queue that waits for room on the disk: everything in it stays under way."""
    household.settings = DownloadsSettings(min_free_bytes=2**52)
    async with household.at_work() as queue:
        yield queue


async def limit_members(household: Household, **quotas: int) -> str:
    new = NewPlan(name="Members", quotas=Quotas(**quotas), roles=MEMBERS)
    return (await Plans(household.db).create(SYSTEM, new)).plan.id


async def queued(downloads: Downloads, actor: Actor, name: str = "film") -> Download:
    download, _ = await downloads.enqueue(actor, f"https://tube.example/{name}")
    return download


async def standing(household: Household, actor: Actor, quota: Quota) -> Standing:
    known = await household.db.read(usage.standings, actor.id or "")
    return next(standing for standing in known if standing.quota is quota)


async def age(household: Household, download: Download, by: timedelta) -> None:
    """Let everything that was counted for a download lie further back."""
    back = clock.now() - by
    async with household.db.transaction() as session:
        await session.execute(update(UsageRow).where(UsageRow.download_id == download.id).values(at=back))


async def test_without_a_plan_nothing_is_limited(household: Household, downloads: Downloads) -> None:
    alice = household.actors["Alice"]
    for number in range(12):
        await queued(downloads, alice, f"film-{number}")
    assert await household.db.read(usage.standings, alice.id or "") == ()


async def test_the_next_begins_when_the_oldest_leaves_the_window(household: Household, downloads: Downloads) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    await limit_members(household, downloads=2, window_days=3)
    first, _ = await queued(downloads, alice, "first"), await queued(downloads, alice, "second")
    await age(household, first, timedelta(days=2))
    with pytest.raises(QuotaExceeded) as caught:
        await queued(downloads, alice, "third")
    assert caught.value.retry_after
    assert timedelta(hours=23, minutes=59) < caught.value.retry_after <= timedelta(days=1)
    await queued(downloads, bob, "third")
    await age(household, first, timedelta(days=3))
    await queued(downloads, alice, "fourth")
    with pytest.raises(QuotaExceeded):
        await queued(downloads, alice, "fifth")


async def test_when_less_is_allowed_than_is_used_several_must_leave_first(
    household: Household, downloads: Downloads
) -> None:
    alice = household.actors["Alice"]
    plan = await limit_members(household, downloads=4)
    for days in (6, 4, 2):
        await age(household, await queued(downloads, alice, f"{days}"), timedelta(days=days))
    assert (await standing(household, alice, Quota.DOWNLOADS)).used == 3
    await Plans(household.db).change(SYSTEM, plan, PlanChange(downloads=2))
    now_allowed = await standing(household, alice, Quota.DOWNLOADS)
    assert (now_allowed.used, now_allowed.left) == (3, 0)
    assert now_allowed.resets_at
    assert timedelta(days=2, hours=23) < now_allowed.resets_at - clock.now() < timedelta(days=3)


@pytest.mark.parametrize("quotas", [{"downloads": 3}, {"active": 3}])
async def test_of_many_at_once_only_so_many_are_queued(
    household: Household, downloads: Downloads, quotas: dict[str, int]
) -> None:
    alice = household.actors["Alice"]
    await limit_members(household, **quotas)
    tries = (queued(downloads, alice, f"film-{number}") for number in range(20))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert len([result for result in results if isinstance(result, Download)]) == 3
    assert {type(result) for result in results if isinstance(result, Exception)} == {QuotaExceeded}
    for quota, limit in quotas.items():
        assert (await standing(household, alice, Quota(quota))).used == limit


async def test_what_is_paused_or_waits_is_under_way_and_what_is_over_is_not(
    household: Household, downloads: Downloads
) -> None:
    alice = household.actors["Alice"]
    await limit_members(household, active=2)
    paused, waiting = await queued(downloads, alice, "paused"), await queued(downloads, alice, "waiting")
    await downloads.pause(alice, paused.id)
    await household.until_state(waiting.id, State.WAITING)
    with pytest.raises(QuotaExceeded) as caught:
        await queued(downloads, alice, "third")
    assert caught.value.retry_after is None
    await downloads.cancel(alice, waiting.id)
    await queued(downloads, alice, "third")
    with pytest.raises(QuotaExceeded):
        await downloads.retry(alice, waiting.id)
    assert (await downloads.resume(alice, paused.id)).state is State.QUEUED


async def test_following_what_is_there_is_free(household: Household, downloads: Downloads) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    film = await queued(downloads, bob)
    await limit_members(household, downloads=0, active=0, bytes=0)
    followed, is_new = await downloads.enqueue(alice, film.url)
    assert (followed.id, is_new) == (film.id, False)
    with pytest.raises(QuotaExceeded):
        await downloads.enqueue(alice, film.url, preset=Preset.AUDIO_MP3)


async def test_what_was_counted_stays_counted_when_the_download_is_deleted(
    household: Household, downloads: Downloads
) -> None:
    alice = household.actors["Alice"]
    await limit_members(household, downloads=1)
    film = await queued(downloads, alice)
    await downloads.delete(alice, film.id)
    with pytest.raises(QuotaExceeded):
        await queued(downloads, alice, "another")


async def test_trying_again_counts_once_within_the_window_and_for_the_owner(
    household: Household, downloads: Downloads
) -> None:
    ada, alice = household.actors["Ada"], household.actors["Alice"]
    await limit_members(household, downloads=1)
    film = await queued(downloads, alice)
    for _ in range(2):
        await downloads.cancel(alice, film.id)
        await downloads.retry(ada, film.id)
    assert (await standing(household, alice, Quota.DOWNLOADS)).used == 1
    await downloads.cancel(alice, film.id)
    await age(household, film, timedelta(days=7))
    await queued(downloads, alice, "another")
    with pytest.raises(QuotaExceeded):
        await downloads.retry(ada, film.id)


async def test_a_refused_retry_leaves_the_download_as_it_was(household: Household, downloads: Downloads) -> None:
    alice = household.actors["Alice"]
    film = await queued(downloads, alice)
    cancelled = await downloads.cancel(alice, film.id)
    await limit_members(household, active=0)
    with pytest.raises(QuotaExceeded):
        await downloads.retry(alice, film.id)
    assert await household.until_state(film.id, State.CANCELLED) == cancelled


async def test_administrators_may_have_a_plan_too(household: Household, downloads: Downloads) -> None:
    ada = household.actors["Ada"]
    new = NewPlan(name="Modest", quotas=Quotas(downloads=1), roles=frozenset({Role.ADMIN}))
    await Plans(household.db).create(SYSTEM, new)
    await queued(downloads, ada)
    with pytest.raises(QuotaExceeded):
        await queued(downloads, ada, "another")
    token = replace(ada, role=Role.MEMBER, token_id="t")
    with pytest.raises(QuotaExceeded):
        await queued(downloads, token, "another")


async def test_only_what_no_window_reaches_is_forgotten(household: Household, downloads: Downloads) -> None:
    alice = household.actors["Alice"]
    old, young = await queued(downloads, alice, "old"), await queued(downloads, alice, "young")
    await age(household, old, timedelta(days=367))
    await age(household, young, timedelta(days=365))
    async with household.db.transaction() as session:
        assert await usage.purge(session) == 1
    await limit_members(household, downloads=5, window_days=366)
    assert (await standing(household, alice, Quota.DOWNLOADS)).used == 1
