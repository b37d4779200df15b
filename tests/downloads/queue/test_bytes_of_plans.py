"""The bytes of a plan: counted to the byte for the owner, and never exceeded by all that they have running."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from medianest.accounts.plans import Plans
from medianest.accounts.types import NewPlan, PlanChange, Quotas
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.downloads import listeners
from medianest.downloads.models import UsageRow
from medianest.downloads.plans import usage
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.service import Downloads
from medianest.downloads.types import Download, ErrorCode, Quota, State, Wait
from tests.downloads.queue.test_at_work import until_bytes
from tests.fakes.media_site import MediaSite
from tests.household import Household

SIZE = 300_000
OVER = (State.COMPLETED, State.FAILED)


async def plan_of_bytes(household: Household, limit: int) -> str:
    new = NewPlan(name=f"{limit}", quotas=Quotas(bytes=limit), roles=frozenset({Role.MEMBER}))
    return (await Plans(household.db).create(SYSTEM, new)).plan.id


async def used(household: Household, actor: Actor) -> int:
    standing = await household.db.read(usage.standing_of, actor.id or "", Quota.BYTES)
    assert standing
    return standing.used


async def fetch(household: Household, downloads: Downloads, actor: Actor, url: str) -> Download:
    """The download once it is over."""
    download, _ = await downloads.enqueue(actor, url)
    return await household.until_state(download.id, *OVER)


async def test_a_download_that_fits_to_the_byte_comes_and_a_larger_one_ends_with_the_last_byte_that_fits(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    plan = await plan_of_bytes(household, 10**9)
    url = media_site.page(f"/files/padded-{SIZE}.mp4")
    async with household.at_work() as downloads:
        first = await fetch(household, downloads, alice, url)
        once = await used(household, alice)
        assert first.state is State.COMPLETED
        assert SIZE < once < SIZE + 20_000
        await downloads.delete(alice, first.id)
        await Plans(household.db).change(SYSTEM, plan, PlanChange(bytes=2 * once))
        second = await fetch(household, downloads, alice, url)
        assert second.state is State.COMPLETED
        assert await used(household, alice) == 2 * once
        with pytest.raises(QuotaExceeded):
            await downloads.enqueue(alice, media_site.url("/files/clip.mp4"))
        await downloads.delete(alice, second.id)
        await Plans(household.db).change(SYSTEM, plan, PlanChange(bytes=2 * once + SIZE // 2))
        third = await fetch(household, downloads, alice, url)
        assert third.failure
        assert (third.state, third.failure.code) == (State.FAILED, ErrorCode.QUOTA_EXCEEDED)
        assert await used(household, alice) == 2 * once + SIZE // 2


async def test_several_at_once_never_receive_more_than_is_left_for_all(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    limit = 2 * SIZE + 50_000
    await plan_of_bytes(household, limit)
    async with household.at_work() as downloads:
        begun = [
            (await downloads.enqueue(alice, media_site.url(f"/@slow=300000/files/padded-{SIZE + n}.mp4")))[0]
            for n in range(3)
        ]
        other = await fetch(household, downloads, bob, media_site.url(f"/files/padded-{SIZE}.mp4"))
        over = [await household.until_state(download.id, *OVER) for download in begun]
    assert State.FAILED in {download.state for download in over}
    assert {download.failure.code for download in over if download.failure} == {ErrorCode.QUOTA_EXCEEDED}
    assert await used(household, alice) == limit
    assert other.state is State.COMPLETED, "somebody else's plan is their own"


async def test_what_a_paused_and_a_stopped_run_received_counts_too(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    await plan_of_bytes(household, 10**9)
    url = media_site.url(f"/@slow=300000/files/padded-{4 * SIZE}.mp4")
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, url)
        with household.live.watch() as signals:
            await until_bytes(signals, 100_000)
        await downloads.pause(alice, download.id)
        at_pause = await used(household, alice)
        assert 100_000 < at_pause < 4 * SIZE
        await downloads.resume(alice, download.id)
        with household.live.watch() as signals:
            await until_bytes(signals, at_pause + 100_000)
    assert at_pause + 50_000 < await used(household, alice)


async def test_what_is_in_line_waits_for_room_and_goes_on_when_the_plan_has_some(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    household.settings = household.settings.model_copy(update={"workers": 1})
    plan = await plan_of_bytes(household, SIZE)
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(alice, media_site.url(f"/@slow=600000/files/padded-{SIZE}.mp4"))
        second, _ = await downloads.enqueue(alice, media_site.url("/files/clip.mp4"))
        await household.until_state(first.id, State.FAILED)
        waiting = await household.until_state(second.id, State.WAITING)
        assert (waiting.waits_for, waiting.failure and waiting.failure.code) == (Wait.PLAN, ErrorCode.QUOTA_EXCEEDED)
        assert waiting.next_attempt_at
        assert timedelta(days=6, hours=23) < waiting.next_attempt_at - clock.now() <= timedelta(days=7)
        with pytest.raises(QuotaExceeded):
            await downloads.retry(alice, first.id)
        await Plans(household.db).change(SYSTEM, plan, PlanChange(bytes=10 * SIZE))
        await hear(household, "plan.changed")
        await household.until_state(second.id, State.COMPLETED)
        await downloads.retry(alice, first.id)
        done = await household.until_state(first.id, *OVER)
        assert done.state is State.COMPLETED


async def test_what_was_received_before_the_window_counts_no_more(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    await plan_of_bytes(household, 2 * SIZE)
    async with household.at_work() as downloads:
        await fetch(household, downloads, alice, media_site.url(f"/files/padded-{SIZE}.mp4"))
        before = await used(household, alice)
        async with household.db.transaction() as session:
            await session.execute(update(UsageRow).values(at=clock.now() - timedelta(days=7)))
        assert (before > SIZE, await used(household, alice)) == (True, 0)


async def hear(household: Household, kind: str) -> None:
    """Let the queue's listeners take what happened last of this kind."""
    entries = [entry for entry in await household.db.read(journal.after, 0) if entry.kind == kind]
    for listener in listeners.listeners(household.media):
        if kind in listener.kinds:
            async with household.db.transaction() as session:
                await listener.handle(session, entries[-1])
