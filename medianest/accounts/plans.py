"""Plans: what administrators make, change, give to roles and take away; who has one is limited by its quotas."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from msgspec import UNSET
from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, names
from medianest.accounts import plan_queries as queries
from medianest.accounts.errors import NameTaken, NoSuchPlan
from medianest.accounts.models import PlanRow, RolePlanRow, UserRow
from medianest.accounts.rights import require_admin
from medianest.accounts.types import NewPlan, Plan, PlanChange, PlanInUse, Quotas
from medianest.core import clock, journal
from medianest.core.actor import Actor, Role
from medianest.core.db import Database
from medianest.core.errors import Conflict, FieldError, Invalid
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.core.security import new_id

DOWNLOADS_MOST = 1_000_000
BYTES_MOST = 2**53
ACTIVE_MOST = 10_000
WINDOW_DAYS_MOST = 366

_BETWEEN = {
    "downloads": (0, DOWNLOADS_MOST),
    "bytes": (0, BYTES_MOST),
    "active": (0, ACTIVE_MOST),
    "window_days": (1, WINDOW_DAYS_MOST),
}


class Plans:
    """The plans of the household."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def listing(self, actor: Actor) -> Sequence[PlanInUse]:
        """All of them by name, with who has them. Raises Forbidden."""
        require_admin(actor)
        return await self._db.read(queries.plans)

    async def one(self, actor: Actor, id: str) -> PlanInUse:
        """Raises Forbidden, NoSuchPlan."""
        return _found(await self.listing(actor), id)

    async def create(self, actor: Actor, new: NewPlan) -> PlanInUse:
        """Make a plan. Raises Forbidden, Invalid, NameTaken."""
        require_admin(actor)
        plan = Plan(id=new_id(), name=names.clean_name(new.name), quotas=_checked(new.quotas))
        async with self._db.transaction() as session:
            await _insert(session, plan)
            await journal.record(session, events.PlanCreated(actor=actor, **_about(plan)))
            await _give_to_roles(session, actor, plan, new.roles)
            return _found(await session.run_sync(queries.plans), plan.id)

    async def change(self, actor: Actor, id: str, change: PlanChange) -> PlanInUse:
        """Change a plan for everybody who has it, from now on. Raises Forbidden, NoSuchPlan, Invalid, NameTaken."""
        require_admin(actor)
        async with self._db.transaction() as session:
            before = _there(await session.run_sync(queries.plan, id))
            after = _changed(before, change)
            if changed := _differences(before, after):
                await _update(session, after)
                await journal.record(session, events.PlanChanged(actor=actor, changed=changed, **_about(after)))
            if change.roles is not UNSET:
                await _give_to_roles(session, actor, after, change.roles)
            return _found(await session.run_sync(queries.plans), id)

    async def remove(self, actor: Actor, id: str, *, instead: str | None = None) -> None:
        """Remove a plan; the roles and people who have it get the plan `instead`, or none of that kind any more.

        Raises Forbidden, NoSuchPlan, Conflict where it would be replaced by itself.
        """
        require_admin(actor)
        if instead == id:
            raise Conflict(msg("accounts.plan_instead_of_itself"), code="same_plan")
        async with self._db.transaction() as session:
            plan = _there(await session.run_sync(queries.plan, id))
            if instead is not None:
                _there(await session.run_sync(queries.plan, instead))
            for row in (RolePlanRow, UserRow):
                await _hand_over(session, row, id, instead)
            await session.execute(delete(PlanRow).where(PlanRow.id == id))
            await journal.record(session, events.PlanRemoved(actor=actor, instead=instead, **_about(plan)))


async def give(session: AsyncSession, actor: Actor, user_id: str, *, before: str | None, after: str | None) -> None:
    """Let the plan `after` be somebody's own, or let them have none of their own. Raises Invalid for an unknown one."""
    if before == after:
        return
    told = await session.run_sync(queries.plan, after or before or "")
    if after is not None and told is None:
        message = msg("accounts.no_such_plan")
        raise Invalid(message, fields=(FieldError(field="plan", message=message),))
    await session.execute(update(UserRow).where(UserRow.id == user_id).values(plan_id=after))
    kind = events.PlanGiven if after else events.PlanTaken
    name = told.name if told else ""
    await journal.record(session, kind(actor=actor, subject_id=user_id, audience=events.about(user_id), name=name))


async def _insert(session: AsyncSession, plan: Plan) -> None:
    await _check_name(session, plan)
    values = {"id": plan.id, "created_at": clock.now(), **_columns(plan)}
    await session.execute(insert(PlanRow).values(**values))


async def _update(session: AsyncSession, plan: Plan) -> None:
    await _check_name(session, plan)
    await session.execute(update(PlanRow).where(PlanRow.id == plan.id).values(**_columns(plan)))


async def _check_name(session: AsyncSession, plan: Plan) -> None:
    if await session.run_sync(queries.plan_named, names.name_key(plan.name)) not in (None, plan.id):
        raise NameTaken(msg("accounts.plan_name_taken", name=plan.name))


async def _give_to_roles(session: AsyncSession, actor: Actor, plan: Plan, roles: frozenset[Role]) -> None:
    """Let exactly these roles have the plan; one that had another has this one now."""
    held = await session.run_sync(queries.plans_of_roles)
    if roles == {role for role, plan_id in held.items() if plan_id == plan.id}:
        return
    leaving = (RolePlanRow.plan_id == plan.id) | RolePlanRow.role.in_(roles)
    await session.execute(delete(RolePlanRow).where(leaving))
    for role in sorted(roles):
        await session.execute(insert(RolePlanRow).values(role=role, plan_id=plan.id))
    await journal.record(session, events.PlanRolesChanged(actor=actor, roles=sorted(roles), **_about(plan)))


async def _hand_over(
    session: AsyncSession, row: type[RolePlanRow] | type[UserRow], plan_id: str, instead: str | None
) -> None:
    if instead is None and row is RolePlanRow:
        await session.execute(delete(row).where(row.plan_id == plan_id))
        return
    await session.execute(update(row).where(row.plan_id == plan_id).values(plan_id=instead))


def _changed(plan: Plan, change: PlanChange) -> Plan:
    name = plan.name if change.name is UNSET else names.clean_name(change.name)
    wanted = {field: getattr(change, field) for field in _BETWEEN if getattr(change, field) is not UNSET}
    return replace(plan, name=name, quotas=_checked(replace(plan.quotas, **wanted)))


def _differences(before: Plan, after: Plan) -> list[str]:
    renamed = ["name"] if before.name != after.name else []
    was, is_now = asdict(before.quotas), asdict(after.quotas)
    return renamed + sorted(field for field in was if was[field] != is_now[field])


def _checked(quotas: Quotas) -> Quotas:
    """The quotas, if each lies where it may. Raises Invalid with every one that does not."""
    wrong = [
        FieldError(field=field, message=msg("accounts.quota_out_of_range", least=least, most=most))
        for field, (least, most) in _BETWEEN.items()
        if (value := getattr(quotas, field)) is not None and not least <= value <= most
    ]
    if wrong:
        raise Invalid(wrong[0].message, fields=tuple(wrong))
    return quotas


def _columns(plan: Plan) -> dict[str, Any]:
    return {"name": plan.name, "name_key": names.name_key(plan.name), **asdict(plan.quotas)}


def _about(plan: Plan) -> dict[str, Any]:
    return {"subject_id": plan.id, "audience": ADMINS, "name": plan.name}


def _there(plan: Plan | None) -> Plan:
    if plan is None:
        raise NoSuchPlan(msg("accounts.no_such_plan"))
    return plan


def _found(plans: Sequence[PlanInUse], id: str) -> PlanInUse:
    found = next((known for known in plans if known.plan.id == id), None)
    if found is None:
        raise NoSuchPlan(msg("accounts.no_such_plan"))
    return found
