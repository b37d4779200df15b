"""Sites that refuse us, with the whole queue at work: what waits, who asks first again, what an admin may do."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from medianest.core import clock, journal
from medianest.core.errors import Forbidden
from medianest.downloads.errors import NoSite, SiteLeftAlone
from medianest.downloads.models import SiteRow
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.health import Site, Standing
from medianest.downloads.types import ErrorCode, State, Wait
from tests.fakes.media_site import MediaSite
from tests.household import Household

SITE = "127.0.0.1"
REFUSES = "/status/429/slow.mp4"


async def site(household: Household) -> Site:
    return await household.db.read(site_queries.one, SITE)


async def let_the_time_pass(household: Household) -> None:
    async with household.db.transaction() as session:
        await session.execute(update(SiteRow).values(until=clock.now() - timedelta(seconds=1)))
    household.workers._crew.wake()


async def told(household: Household) -> list[str]:
    entries = await household.db.read(journal.after, 0, limit=1000)
    return [entry.kind for entry in entries if entry.kind.startswith(("site.", "downloads."))]


async def test_one_refusal_and_everything_of_that_site_waits_and_is_not_asked(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    household.settings = household.settings.model_copy(update={"workers": 1})
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(alice, media_site.url(REFUSES))
        refused = await household.until_state(first.id, State.WAITING)
        asked = len(media_site.hits())
        others = [
            (await downloads.enqueue(bob, media_site.url(f"/files/padded-{n}.mp4")))[0] for n in range(140_000, 140_003)
        ]
        for other in others:
            waiting = await household.until_state(other.id, State.WAITING)
            assert waiting.failure
            assert (waiting.failure.code, waiting.waits_for) == (ErrorCode.RATE_LIMITED, Wait.SITE)
            assert waiting.next_attempt_at == refused.next_attempt_at == (await site(household)).until
        with pytest.raises(SiteLeftAlone) as caught:
            await downloads.preview(alice, media_site.url("/files/clip.mp4"))
        assert caught.value.code == ErrorCode.RATE_LIMITED
        assert caught.value.retry_after
        assert len(media_site.hits()) == asked
    assert refused.next_attempt_at
    assert timedelta(minutes=29) < refused.next_attempt_at - clock.now() <= timedelta(minutes=30)
    first_told, *others_told = await told(household)
    assert (first_told, set(others_told)) == ("site.cooling", {"downloads.waiting"})


async def test_when_the_time_is_over_one_probe_goes_and_opens_the_way_for_all(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    household.settings = household.settings.model_copy(update={"workers": 1})
    async with household.at_work() as downloads:
        hopeless, _ = await downloads.enqueue(alice, media_site.url("/@fail=429/@times=1/files/padded-142000.mp4"))
        await household.until_state(hopeless.id, State.WAITING)
        others = [
            (await downloads.enqueue(alice, media_site.url(f"/files/padded-{n}.mp4")))[0] for n in (142001, 142002)
        ]
        for other in others:
            await household.until_state(other.id, State.WAITING)
        await let_the_time_pass(household)
        for one in (hopeless, *others):
            await household.until_state(one.id, State.COMPLETED)
        assert (await site(household)).standing is Standing.OK
    assert "site.answers" in await told(household)


async def test_a_refused_probe_lets_the_others_wait_twice_as_long_without_asking_for_them(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    household.settings = household.settings.model_copy(update={"workers": 1})
    async with household.at_work() as downloads:
        refused, _ = await downloads.enqueue(alice, media_site.url(REFUSES))
        await household.until_state(refused.id, State.WAITING)
        probe, _ = await downloads.enqueue(alice, media_site.url(REFUSES, key="probe"))
        other, _ = await downloads.enqueue(alice, media_site.url("/files/padded-143001.mp4"))
        for waiting in (probe, other):
            await household.until_state(waiting.id, State.WAITING)
        await let_the_time_pass(household)
        half_an_hour = clock.now() + timedelta(minutes=31)
        later = await household.until(other.id, lambda one: (one.next_attempt_at or clock.now()) > half_an_hour)
        assert later.next_attempt_at == (await site(household)).until
        assert media_site.hits(media_site.url(REFUSES, key="probe"))
        assert media_site.hits("/files/padded-143001.mp4") == []


async def test_a_site_that_asks_for_less_is_asked_sooner(household: Household, media_site: MediaSite) -> None:
    async with household.at_work() as downloads:
        path = "/@retry_after=240/status/429/slow.mp4"
        refused, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(path))
        waiting = await household.until_state(refused.id, State.WAITING)
    assert waiting.next_attempt_at
    assert timedelta(minutes=3) < waiting.next_attempt_at - clock.now() <= timedelta(minutes=4)


async def test_an_admin_holds_a_site_and_releases_it(household: Household, media_site: MediaSite) -> None:
    ada, alice = household.actors["Ada"], household.actors["Alice"]
    async with household.at_work() as downloads:
        before, _ = await downloads.enqueue(alice, media_site.url("/files/padded-144000.mp4"))
        await household.until_state(before.id, State.COMPLETED)
        with pytest.raises(Forbidden):
            await downloads.sites.hold(alice, SITE)
        with pytest.raises(NoSite):
            await downloads.sites.hold(ada, "never.example")
        assert (await downloads.sites.hold(ada, SITE)).standing is Standing.HELD
        one, _ = await downloads.enqueue(alice, media_site.url("/files/padded-144001.mp4"))
        waiting = await household.until_state(one.id, State.WAITING)
        assert (waiting.waits_for, waiting.next_attempt_at) == (Wait.SITE, None)
        with pytest.raises(Forbidden):
            await downloads.sites.release(alice, SITE)
        await downloads.sites.release(ada, SITE)
        await household.until_state(one.id, State.COMPLETED)
    assert await told(household) == ["site.held", "downloads.waiting", "downloads.in_line", "site.released"]


async def test_a_site_keeps_its_distance_between_two_beginnings(household: Household, media_site: MediaSite) -> None:
    ada, alice = household.actors["Ada"], household.actors["Alice"]
    async with household.at_work() as downloads:
        known, _ = await downloads.enqueue(alice, media_site.url("/files/padded-145000.mp4"))
        await household.until_state(known.id, State.COMPLETED)
        await downloads.sites.set_manners(ada, SITE, per_site=None, pause_s=60)
        first, _ = await downloads.enqueue(alice, media_site.url("/files/padded-145001.mp4"))
        await household.until_state(first.id, State.COMPLETED)
        second, _ = await downloads.enqueue(alice, media_site.url("/files/padded-145002.mp4"))
        rests = (await site(household)).rests_until
        assert rests
        assert timedelta(seconds=50) < rests - clock.now() < timedelta(seconds=120)
        assert media_site.hits("/files/padded-145002.mp4") == []
        await downloads.sites.set_manners(ada, SITE, per_site=None, pause_s=None)
        await household.until_state(second.id, State.COMPLETED)
        assert media_site.hits("/files/padded-145002.mp4")


async def test_a_restart_forgets_a_probe_that_died(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        refused, _ = await downloads.enqueue(alice, media_site.url(REFUSES))
        await household.until_state(refused.id, State.WAITING)
        await downloads.cancel(alice, refused.id)
        slow, _ = await downloads.enqueue(alice, media_site.url("/@hold=60000/files/padded-146001.mp4"))
        await household.until_state(slow.id, State.WAITING)
        await let_the_time_pass(household)
        await household.until_state(slow.id, State.RUNNING)
        assert (await site(household)).standing is Standing.PROBING
    async with household.at_work():
        again = await site(household)
        assert again.standing is Standing.COOLING
        assert again.until
        assert again.until - clock.now() <= timedelta(minutes=5)


async def test_who_finds_out_for_all_does_not_pay_for_it_and_each_has_a_go(
    household: Household, media_site: MediaSite
) -> None:
    bob = household.actors["Bob"]
    household.settings = household.settings.model_copy(update={"workers": 1, "max_attempts": 2})
    links = [media_site.url(REFUSES, key=key) for key in "abc"]
    probed = []
    async with household.at_work() as downloads:
        ids = [(await downloads.enqueue(bob, link))[0].id for link in links]
        for id in ids:
            await household.until_state(id, State.WAITING)
        for _ in range(6):
            asked = [len(media_site.hits(link)) for link in links]
            so_far = (await site(household)).until
            assert so_far
            await let_the_time_pass(household)
            for id in ids:
                await household.until(id, lambda one, so_far=so_far: (one.next_attempt_at or so_far) > so_far)
            probed += [n for n, link in enumerate(links) if len(media_site.hits(link)) > asked[n]]
        last = [await household.until_state(id, State.WAITING) for id in ids]
    assert sorted(probed[:3]) == sorted(probed[3:]) == [0, 1, 2]
    assert [one.attempts for one in last] == [1, 0, 0]


async def test_one_that_alone_is_refused_by_a_site_that_answers_is_given_up(
    household: Household, media_site: MediaSite
) -> None:
    ada, bob = household.actors["Ada"], household.actors["Bob"]
    household.settings = household.settings.model_copy(update={"max_attempts": 2})
    async with household.at_work() as downloads:
        refused, _ = await downloads.enqueue(bob, media_site.url(REFUSES))
        await household.until_state(refused.id, State.WAITING)
        await downloads.sites.release(ada, SITE)
        failed = await household.until_state(refused.id, State.FAILED)
    assert failed.failure
    assert (failed.failure.code, failed.attempts) == (ErrorCode.RATE_LIMITED, 2)
