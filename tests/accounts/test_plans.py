"""Plans: who may make and give them, which one holds for somebody, and what becomes of people when one goes."""

import pytest

from medianest.accounts import plan_queries
from medianest.accounts.errors import NameTaken, NoSuchPlan
from medianest.accounts.service import Accounts
from medianest.accounts.types import NewPlan, PlanChange, PlanInUse, Quotas, User, UserChange
from medianest.core import journal_pages
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.db import Database
from medianest.core.errors import Conflict, Forbidden, Invalid
from medianest.core.journal_pages import Sought
from tests.people import Cast, sign_in

SMALL = NewPlan(name="Small", quotas=Quotas(downloads=3, bytes=5_000, active=1))
EVERYTHING = NewPlan(name="As much as you like")


async def holding(db: Database, user: User) -> str | None:
    """The name of the plan that holds for somebody."""
    plan = await db.read(plan_queries.plan_of, user.id)
    return plan.name if plan else None


async def told(db: Database, type: str, id: str) -> list[tuple[str, object]]:
    """What the journal says of something, the oldest first."""
    entries = (await db.read(journal_pages.page, Sought(subject=(type, id)))).items
    return [(entry.kind, entry.data.get("changed", entry.data.get("roles"))) for entry in reversed(entries)]


async def test_nobody_is_limited_until_a_plan_is_given(accounts: Accounts, cast: Cast, db: Database) -> None:
    made = await accounts.plans.create(SYSTEM, SMALL)
    assert made == PlanInUse(plan=made.plan, roles=(), people=0)
    assert (made.plan.name, made.plan.quotas.window_days) == ("Small", 7)
    assert [await holding(db, user) for user in (cast.alice, cast.bob)] == [None, None]


async def test_ones_own_plan_stands_over_that_of_the_role(accounts: Accounts, cast: Cast, db: Database) -> None:
    roles = frozenset({Role.MEMBER, Role.ADMIN})
    small = await accounts.plans.create(SYSTEM, NewPlan(name="Small", quotas=SMALL.quotas, roles=roles))
    assert small.roles == (Role.ADMIN, Role.MEMBER)
    own = (await accounts.plans.create(SYSTEM, EVERYTHING)).plan
    assert [await holding(db, user) for user in (cast.alice, cast.bob, cast.gus)] == ["Small", "Small", None]
    changed = await accounts.people.change(SYSTEM, cast.bob.id, UserChange(plan=own.id))
    assert changed.plan_id == own.id
    assert await holding(db, cast.bob) == own.name
    assert (await accounts.plans.one(SYSTEM, own.id)).people == 1
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(display_name="Bobby"))
    assert await holding(db, cast.bob) == own.name, "what is not said stays"
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(plan=None))
    assert await holding(db, cast.bob) == "Small"
    assert [kind for kind, _ in await told(db, "user", cast.bob.id)][-3:] == [
        "user.plan_given",
        "user.changed",
        "user.plan_taken",
    ]


async def test_a_role_has_one_plan_and_the_last_one_given_is_it(accounts: Accounts, cast: Cast, db: Database) -> None:
    small = (await accounts.plans.create(SYSTEM, SMALL)).plan
    roles = frozenset({Role.MEMBER, Role.CURATOR})
    await accounts.plans.change(SYSTEM, small.id, PlanChange(roles=roles))
    large = await accounts.plans.create(SYSTEM, NewPlan(name="Large", roles=frozenset({Role.MEMBER})))
    assert large.roles == (Role.MEMBER,)
    assert (await accounts.plans.one(SYSTEM, small.id)).roles == (Role.CURATOR,)
    assert [await holding(db, user) for user in (cast.bob, cast.carol)] == ["Large", "Small"]
    await accounts.plans.change(SYSTEM, small.id, PlanChange(roles=frozenset()))
    assert await holding(db, cast.carol) is None
    assert await told(db, "plan", small.id) == [
        ("plan.created", None),
        ("plan.roles_changed", ["curator", "member"]),
        ("plan.roles_changed", []),
    ]


async def test_a_plan_is_changed_quota_by_quota(accounts: Accounts, cast: Cast, db: Database) -> None:
    small = (await accounts.plans.create(SYSTEM, SMALL)).plan
    changed = await accounts.plans.change(SYSTEM, small.id, PlanChange(name="Smaller", bytes=None, active=2))
    assert changed.plan.quotas == Quotas(downloads=3, bytes=None, active=2)
    assert await accounts.plans.change(SYSTEM, small.id, PlanChange(name="Smaller", active=2)) == changed
    assert (await told(db, "plan", small.id))[1:] == [("plan.changed", ["name", "active", "bytes"])]


async def test_who_had_a_plan_that_goes_gets_another_or_none(accounts: Accounts, cast: Cast, db: Database) -> None:
    large = (await accounts.plans.create(SYSTEM, NewPlan(name="Large", roles=frozenset({Role.CURATOR})))).plan
    for instead, left in ((large.id, "Large"), (None, None)):
        going = (await accounts.plans.create(SYSTEM, NewPlan(name="Going", roles=frozenset({Role.MEMBER})))).plan
        await accounts.people.change(SYSTEM, cast.gus.id, UserChange(plan=going.id))
        await accounts.plans.remove(SYSTEM, going.id, instead=instead)
        assert [await holding(db, user) for user in (cast.bob, cast.gus)] == [left, left]
        assert await holding(db, cast.carol) == "Large"
        with pytest.raises(NoSuchPlan):
            await accounts.plans.one(SYSTEM, going.id)
    assert [known.plan.name for known in await accounts.plans.listing(SYSTEM)] == ["Large"]


async def test_a_plan_cannot_take_its_own_place_nor_one_that_is_not_there(accounts: Accounts, cast: Cast) -> None:
    small = (await accounts.plans.create(SYSTEM, SMALL)).plan
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(plan=small.id))
    with pytest.raises(Conflict):
        await accounts.plans.remove(SYSTEM, small.id, instead=small.id)
    with pytest.raises(NoSuchPlan):
        await accounts.plans.remove(SYSTEM, small.id, instead="nothing")
    assert (await accounts.plans.one(SYSTEM, small.id)).people == 1


async def test_who_leaves_has_no_plan_any_more(accounts: Accounts, cast: Cast) -> None:
    small = (await accounts.plans.create(SYSTEM, SMALL)).plan
    await accounts.people.change(SYSTEM, cast.bob.id, UserChange(plan=small.id))
    await accounts.people.remove(SYSTEM, cast.bob.id)
    assert (await accounts.plans.one(SYSTEM, small.id)).people == 0


@pytest.mark.parametrize(
    ("quotas", "field"),
    [
        (Quotas(downloads=-1), "downloads"),
        (Quotas(bytes=2**53 + 1), "bytes"),
        (Quotas(active=10_001), "active"),
        (Quotas(window_days=0), "window_days"),
        (Quotas(window_days=367), "window_days"),
    ],
)
async def test_a_quota_out_of_its_range_is_refused(accounts: Accounts, cast: Cast, quotas: Quotas, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        await accounts.plans.create(SYSTEM, NewPlan(name="Wrong", quotas=quotas))
    assert [wrong.field for wrong in caught.value.fields] == [field]
    assert await accounts.plans.listing(SYSTEM) == []


async def test_two_plans_are_not_called_alike(accounts: Accounts, cast: Cast) -> None:
    await accounts.plans.create(SYSTEM, SMALL)
    other = (await accounts.plans.create(SYSTEM, EVERYTHING)).plan
    with pytest.raises(NameTaken):
        await accounts.plans.create(SYSTEM, NewPlan(name="SMALL"))
    with pytest.raises(NameTaken):
        await accounts.plans.change(SYSTEM, other.id, PlanChange(name="small"))
    with pytest.raises(Invalid):
        await accounts.plans.change(SYSTEM, other.id, PlanChange(name=" "))
    assert {known.plan.name for known in await accounts.plans.listing(SYSTEM)} == {"Small", other.name}


async def test_an_unknown_plan_cannot_be_given(accounts: Accounts, cast: Cast) -> None:
    with pytest.raises(Invalid) as caught:
        await accounts.people.change(SYSTEM, cast.bob.id, UserChange(plan="nothing", role=Role.GUEST))
    assert [wrong.field for wrong in caught.value.fields] == ["plan"]
    assert (await accounts.people.one(SYSTEM, cast.bob.id)).role is Role.MEMBER


async def test_only_administrators_deal_with_plans(accounts: Accounts, cast: Cast) -> None:
    small = (await accounts.plans.create(SYSTEM, SMALL)).plan
    _, carol = await sign_in(accounts, cast.carol)

    async def refuses(actor: Actor) -> None:
        with pytest.raises(Forbidden):
            await accounts.plans.listing(actor)
        with pytest.raises(Forbidden):
            await accounts.plans.create(actor, EVERYTHING)
        with pytest.raises(Forbidden):
            await accounts.plans.change(actor, small.id, PlanChange(downloads=None))
        with pytest.raises(Forbidden):
            await accounts.plans.remove(actor, small.id)
        with pytest.raises(Forbidden):
            await accounts.people.change(actor, actor.id or "", UserChange(plan=None))

    await refuses(carol)
