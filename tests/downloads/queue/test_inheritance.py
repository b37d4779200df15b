"""When somebody leaves, what they queued belongs to somebody else."""

from medianest.accounts import queries as accounts
from medianest.accounts import users
from medianest.core import journal, journal_pages
from medianest.core.actor import Actor
from medianest.core.journal_pages import Sought
from medianest.downloads import listeners, queries
from medianest.downloads.types import Download, Estate
from tests.household import Household


async def remove(house: Household, by: Actor, gone: Actor) -> journal.Entry:
    async with house.db.transaction() as session:
        user = await session.run_sync(accounts.user, gone.id or "")
        assert user
        await users.remove(session, by, user)
    return (await house.db.read(journal_pages.page, Sought(kinds=frozenset({"user.removed"})))).items[0]


async def owner_of(house: Household, download: Download) -> tuple[str, list[str]]:
    found = await house.db.read(queries.by_id, download.id)
    assert found
    return found.owner.name, [person.name for person in found.followers]


async def test_a_follower_inherits_first_and_then_who_looks_after_the_house(household: Household) -> None:
    ada, alice, bob = (household.actors[name] for name in ("Ada", "Alice", "Bob"))
    async with household.at_work() as downloads:
        wanted, _ = await downloads.enqueue(alice, "https://tube.example/wanted")
        await downloads.enqueue(bob, "https://tube.example/wanted")
        alone, _ = await downloads.enqueue(alice, "https://tube.example/alone")
        bobs, _ = await downloads.enqueue(bob, "https://tube.example/bobs")
        await downloads.enqueue(alice, "https://tube.example/bobs")
        for item in (wanted, alone, bobs):
            await downloads.pause(ada, item.id)
        assert await household.db.read(queries.estate, alice.id or "") == Estate(total=2, followed=1)
        entry = await remove(household, ada, alice)
        for _ in range(2):  # a listener may run twice
            async with household.db.transaction() as session:
                await listeners.hand_over(session, entry)
        assert await owner_of(household, wanted) == ("Bob", [])
        assert await owner_of(household, alone) == ("Ada", [])
        assert await owner_of(household, bobs) == ("Bob", [])
    assert await household.db.read(queries.estate, alice.id or "") == Estate(total=0, followed=0)
    (told,) = (await household.db.read(journal_pages.page, Sought(kinds=frozenset({"downloads.handed_over"})))).items
    assert told.data == {"name": f"former-{(alice.id or '')[:6]}", "number": 2}
    assert f"user:{bob.id}" in told.audience


async def test_who_had_nothing_leaves_nothing(household: Household) -> None:
    entry = await remove(household, household.actors["Ada"], household.actors["Kim"])
    async with household.db.transaction() as session:
        await listeners.hand_over(session, entry)
    assert (await household.db.read(journal_pages.page, Sought(kinds=frozenset({"downloads.handed_over"})))).items == []
