"""Cookies of a site with the whole queue at work: given once, used when the site asks, renewed, refused, replaced."""

import asyncio

import pytest
from sqlalchemy import select

from medianest.core import journal
from medianest.core.errors import Forbidden
from medianest.downloads.errors import NoSite, Refused
from medianest.downloads.models import SiteCookiesRow
from medianest.downloads.protocol import SignedIn
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.sites.cookie_jars import CookieJars, Lent
from medianest.downloads.sites.cookies import BadCookies, Use
from medianest.downloads.sites.queries import CookieFacts
from medianest.downloads.types import ErrorCode, State
from tests.fakes.media_site import MediaSite
from tests.household import Household

SITE = "127.0.0.1"
FILE = "127.0.0.1\tFALSE\t/\tFALSE\t0\tmember\ts3cret\n"


async def facts(household: Household) -> CookieFacts | None:
    return (await household.db.read(site_queries.cookies_of, [SITE])).get(SITE)


async def told(household: Household) -> list[str]:
    entries = await household.db.read(journal.after, 0, limit=1000)
    return [entry.kind for entry in entries if entry.kind.startswith("site.cookies")]


def jars(household: Household) -> CookieJars:
    return CookieJars(household.db, household.folder / "secret.key")


async def lent(household: Household) -> Lent:
    copy = await jars(household).lend(SITE)
    assert copy
    return copy


async def values(household: Household) -> dict[str, str]:
    return {cookie.name: cookie.value for cookie in (await lent(household)).cookies}


async def test_what_is_for_members_comes_once_there_are_cookies(household: Household, media_site: MediaSite) -> None:
    ada, bob = household.actors["Ada"], household.actors["Bob"]
    link = media_site.url("/files/clip.mp4", cookie="s3cret")
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(bob, link)
        failed = await household.until_state(first.id, State.FAILED)
        assert failed.failure
        assert failed.failure.code is ErrorCode.LOGIN_REQUIRED
        await downloads.cookies.put(ada, SITE, FILE, Use.WHEN_NEEDED)
        await downloads.retry(bob, first.id)
        await household.until_state(first.id, State.COMPLETED)
        preview = await downloads.preview(bob, media_site.url("/files/clip.mp4", cookie="s3cret", key="b"))
        assert preview.site == SITE
    known = await facts(household)
    assert known
    assert (known.number, known.use, known.refused_at) == (2, Use.WHEN_NEEDED, None)
    assert known.accepted_at
    assert await values(household) == {"member": "s3cret", "seen": "today"}


async def test_cookies_that_help_no_more_are_told_of_once(household: Household, media_site: MediaSite) -> None:
    ada, bob = household.actors["Ada"], household.actors["Bob"]
    async with household.at_work() as downloads:
        await downloads.cookies.put(ada, SITE, FILE, Use.WHEN_NEEDED)
        for key in "ab":
            with pytest.raises(Refused):
                await downloads.preview(bob, media_site.url("/files/clip.mp4", cookie="another", key=key))
    known = await facts(household)
    assert known
    assert known.refused_at
    assert await told(household) == ["site.cookies_set", "site.cookies_refused"]


async def test_what_is_never_used_does_not_leave_the_house(household: Household, media_site: MediaSite) -> None:
    ada, bob = household.actors["Ada"], household.actors["Bob"]
    async with household.at_work() as downloads:
        await downloads.cookies.put(ada, SITE, FILE, Use.ALWAYS)
        await downloads.cookies.set_use(ada, SITE, Use.NEVER)
        with pytest.raises(Refused):
            await downloads.preview(bob, media_site.url("/files/clip.mp4", cookie="s3cret"))
    assert not any("cookie" in hit.headers for hit in media_site.hits())


async def test_they_are_sealed_and_bound_to_their_site(household: Household) -> None:
    keeper = jars(household)
    await keeper.put(household.actors["Ada"], SITE, FILE, Use.ALWAYS)
    sealed = await household.db.read(lambda session: session.scalar(select(SiteCookiesRow.sealed)))
    assert sealed
    assert b"s3cret" not in sealed
    with pytest.raises(ValueError, match="not sealed"):
        keeper._sealer.open(sealed, context="other.example")


async def test_what_several_runs_bring_back_at_once_all_counts(household: Household) -> None:
    keeper = jars(household)
    await keeper.put(household.actors["Ada"], SITE, FILE, Use.ALWAYS)
    copies = [await lent(household) for _ in range(8)]
    back = (SignedIn(cookies=f"{FILE}127.0.0.1\tFALSE\t/\tFALSE\t0\trun{n}\t1\n") for n in range(8))
    await asyncio.gather(*(keeper.take_back(copy, said, None) for copy, said in zip(copies, back, strict=True)))
    assert await values(household) == {"member": "s3cret"} | {f"run{n}": "1" for n in range(8)}


@pytest.mark.parametrize("said", ["{}", "nonsense", ".evil.example\tTRUE\t/\tTRUE\t0\ta\tb\n"])
async def test_a_child_that_says_nonsense_changes_nothing(household: Household, said: str) -> None:
    keeper = jars(household)
    await keeper.put(household.actors["Ada"], SITE, FILE, Use.ALWAYS)
    await keeper.take_back(await lent(household), SignedIn(cookies=said), None)
    assert await values(household) == {"member": "s3cret"}


async def test_a_run_that_began_with_older_ones_does_not_bring_them_back(household: Household) -> None:
    ada, keeper = household.actors["Ada"], jars(household)
    await keeper.put(ada, SITE, FILE, Use.ALWAYS)
    old = await lent(household)
    await keeper.put(ada, SITE, FILE.replace("s3cret", "newer"), Use.ALWAYS)
    await keeper.take_back(old, SignedIn(cookies=FILE), ErrorCode.LOGIN_REQUIRED)
    assert await values(household) == {"member": "newer"}
    known = await facts(household)
    assert known
    assert known.refused_at is None
    await keeper.remove(ada, SITE)
    await keeper.take_back(old, SignedIn(cookies=FILE), None)
    assert await facts(household) is None


async def test_only_administrators_give_them_and_only_those_of_a_site(household: Household) -> None:
    ada, keeper = household.actors["Ada"], jars(household)
    with pytest.raises(Forbidden):
        await keeper.put(household.actors["Bob"], SITE, FILE, Use.ALWAYS)
    with pytest.raises(BadCookies):
        await keeper.put(ada, "tube.example", FILE, Use.ALWAYS)
    for name in ("", "tube", "Tube.example", "tube.example/x", "../x.y", "a" * 300 + ".example"):
        with pytest.raises(NoSite):
            await keeper.put(ada, name, FILE, Use.ALWAYS)
    with pytest.raises(NoSite):
        await keeper.set_use(ada, SITE, Use.NEVER)
    with pytest.raises(NoSite):
        await keeper.remove(ada, SITE)


async def test_a_short_address_has_the_cookies_of_the_site_that_it_leads_to(household: Household) -> None:
    keeper = jars(household)
    await keeper.put(household.actors["Ada"], "youtube.com", FILE.replace("127.0.0.1", ".youtube.com"), Use.ALWAYS)
    for host in ("youtu.be", "www.youtube.com", "youtube.com"):
        copy = await keeper.lend(host)
        assert copy
        assert copy.site == "youtube.com"
    assert await keeper.lend("tube.example") is None
