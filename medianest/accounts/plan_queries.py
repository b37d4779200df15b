"""Reading plans, and who has which."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session as Reading

from medianest.accounts.models import PlanRow, RolePlanRow, UserRow
from medianest.accounts.types import Plan, PlanInUse, Quotas
from medianest.core.actor import Role

TABLES = (PlanRow.__tablename__, RolePlanRow.__tablename__, UserRow.__tablename__)
PLANS_MOST = 200

_PLAN = tuple(column for column in PlanRow.__table__.c if column.name not in ("name_key", "created_at"))


def plan(session: Reading, id: str) -> Plan | None:
    row = session.execute(select(*_PLAN).where(PlanRow.id == id)).first()
    return _plan(row) if row else None


def plan_named(session: Reading, name_key: str) -> str | None:
    """The id of the plan of this name."""
    return session.scalar(select(PlanRow.id).where(PlanRow.name_key == name_key))


def plan_of(session: Reading, user_id: str) -> Plan | None:
    """The plan that holds for somebody: their own, else that of their role, else none."""
    own_or_by_role = func.coalesce(UserRow.plan_id, RolePlanRow.plan_id)
    query = (
        select(*_PLAN)
        .select_from(UserRow)
        .outerjoin(RolePlanRow, RolePlanRow.role == UserRow.role)
        .join(PlanRow, PlanRow.id == own_or_by_role)
        .where(UserRow.id == user_id)
    )
    row = session.execute(query).first()
    return _plan(row) if row else None


def plans(session: Reading) -> Sequence[PlanInUse]:
    """All plans by name, with who has them."""
    rows = session.execute(select(*_PLAN).order_by(PlanRow.name_key).limit(PLANS_MOST)).all()
    roles, people = plans_of_roles(session), _people(session)
    return [
        PlanInUse(
            plan=_plan(row),
            roles=tuple(role for role in Role if roles.get(role) == row.id),
            people=people.get(row.id, 0),
        )
        for row in rows
    ]


def plans_of_roles(session: Reading) -> dict[Role, str]:
    """The ids of the plans that roles have."""
    return {Role(role): plan_id for role, plan_id in session.execute(select(RolePlanRow.role, RolePlanRow.plan_id))}


def _people(session: Reading) -> dict[str, int]:
    query = select(UserRow.plan_id, func.count()).where(UserRow.plan_id.is_not(None)).group_by(UserRow.plan_id)
    return {str(plan_id): number for plan_id, number in session.execute(query)}


def _plan(row: Row[Any]) -> Plan:
    quotas = Quotas(downloads=row.downloads, bytes=row.bytes, active=row.active, window_days=row.window_days)
    return Plan(id=row.id, name=row.name, quotas=quotas)
