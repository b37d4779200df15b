"""The same source asked by several: fetched once, everybody's own, and kept until the last one lets it go."""

from medianest.accounts.plans import Plans
from medianest.accounts.types import NewPlan, Quotas
from medianest.core import journal
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.downloads import queries
from medianest.downloads.events import DownloadFinished, DownloadFollowed, DownloadJoined
from medianest.downloads.plans import usage
from medianest.downloads.types import Download, Preset, Quota, State
from tests.fakes.media_site import MediaSite
from tests.household import Household

SIZE = 1_500_000
FILE = f"/files/padded-{SIZE}.mp4"


async def mine(household: Household, actor: Actor) -> list[Download]:
    return list((await household.db.read(queries.listing, actor, mine=True)).items)


async def heard(household: Household, kind: str, actor: Actor) -> list[journal.Entry]:
    """What this person was told of this kind."""
    entries = await household.db.read(journal.after, 0)
    return [entry for entry in entries if entry.kind == kind and f"user:{actor.id}" in entry.audience]


async def test_another_link_to_what_is_under_way_is_joined_and_not_fetched_again(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    direct = media_site.url(FILE, hold=400_000, after=1)
    around = media_site.base + f"/redirect/other?to={direct}"
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(alice, direct)
        await media_site.seen(direct, count=2)
        later, is_new = await downloads.enqueue(bob, around)
        assert is_new
        joined = await household.until(first.id, lambda known: bool(known.followers))
        assert [person.name for person in joined.followers] == ["Bob"]
        await household.workers.stop(later.id)
        assert not [path for path in household.left_over() if later.id in path.parts]
        assert (await household.db.read(queries.one, bob, later.id)).id == first.id, "his id leads there"
        media_site.release()
        done = await household.until_state(first.id, State.COMPLETED, State.FAILED)
    assert done.state is State.COMPLETED
    assert [item.id for item in await mine(household, bob)] == [item.id for item in await mine(household, alice)]
    assert len(household.files()) == 1
    for person in (alice, bob):
        assert len(await heard(household, DownloadJoined.kind, person)) == 1
        assert len(await heard(household, DownloadFinished.kind, person)) == 1
    assert await downloads.file_path(bob, later.id) == household.files()[0]


async def test_another_link_to_what_is_here_is_joined_and_the_file_outlives_the_first_owner(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    await Plans(household.db).create(
        SYSTEM, NewPlan(name="One", quotas=Quotas(downloads=1), roles=frozenset({Role.MEMBER}))
    )
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(alice, media_site.url("/files/clip.mp4"))
        await household.until_state(first.id, State.COMPLETED)
        path = await downloads.file_path(alice, first.id)
        around = media_site.base + "/redirect/again?to=" + media_site.url("/files/clip.mp4")
        later, _ = await downloads.enqueue(bob, around)
        joined = await household.until(first.id, lambda known: bool(known.followers))
        assert joined.state is State.COMPLETED
        standing = await household.db.read(usage.standing_of, bob.id or "", Quota.DOWNLOADS)
        assert standing
        assert standing.used == 0, "what another fetched is free"
        await downloads.delete(alice, first.id, keep_file=False)
        assert path.is_file()
        assert await mine(household, alice) == []
        assert [item.owner.name for item in await mine(household, bob)] == ["Bob"]
        assert await downloads.file_path(bob, later.id) == path
        await downloads.delete(bob, first.id, keep_file=False)
    assert not path.exists()


async def test_the_same_link_is_followed_at_once_and_a_follower_who_leaves_takes_nothing_along(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    url = media_site.page(FILE, slow=700_000)
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(alice, url)
        await household.until(first.id, lambda known: known.title != "padded-1500000.mp4")
        followed, is_new = await downloads.enqueue(bob, url)
        assert (followed.id, is_new) == (first.id, False)
        other, is_new = await downloads.enqueue(bob, url, preset=Preset.AUDIO_MP3)
        assert is_new, "another quality is another file"
        await downloads.cancel(bob, other.id)
        assert [len(await heard(household, DownloadFollowed.kind, person)) for person in (alice, bob)] == [1, 1]
        await downloads.delete(bob, first.id)
        assert [item.id for item in await mine(household, bob)] == [other.id]
        done = await household.until_state(first.id, State.COMPLETED, State.FAILED)
    assert (done.state, done.followers) == (State.COMPLETED, ())


async def test_two_links_of_one_person_to_the_same_are_one_download(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    direct = media_site.url(FILE, hold=400_000, after=1)
    async with household.at_work() as downloads:
        first, _ = await downloads.enqueue(alice, direct)
        await media_site.seen(direct, count=2)
        later, _ = await downloads.enqueue(alice, media_site.base + f"/redirect/b?to={direct}")
        await household.until_gone(later.id)
        media_site.release()
        await household.until_state(first.id, State.COMPLETED, State.FAILED)
    assert [item.followers for item in await mine(household, alice)] == [()]
    assert len(household.files()) == 1
    assert later.id != first.id
