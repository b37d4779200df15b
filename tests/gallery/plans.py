"""The samples of everything about plans: their pages, and what a plan leaves of its quotas."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medianest.accounts.types import Plan, PlanInUse, Quotas
from medianest.core.actor import Role
from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.downloads.types import Quota, Standing
from medianest.web.forms import Form
from medianest.web.pages import plan_form, plans
from medianest.web.pages.admin import Room, rooms
from tests.gallery.samples import NOW

CHILDREN = PlanInUse(
    plan=Plan(id="children", name="Children", quotas=Quotas(downloads=5, bytes=20 * 10**9, active=2)),
    roles=(Role.CHILD, Role.GUEST),
    people=1,
)
CAREFUL = PlanInUse(
    plan=Plan(id="careful", name="Careful with the line", quotas=Quotas(bytes=1_500_000_000, window_days=1)),
    roles=(Role.MEMBER,),
    people=0,
)
EVERYTHING = PlanInUse(
    plan=Plan(id="all", name="Fernwartungsmitarbeiterinnenkontingent", quotas=Quotas()), roles=(), people=3
)
ALL = (CAREFUL, CHILDREN, EVERYTHING)


def standing(quota: Quota, used: int, limit: int, *, hours: float | None = None) -> Standing:
    resets_at = None if hours is None else NOW + timedelta(hours=hours)
    return Standing(quota=quota, limit=limit, used=used, window_days=7, resets_at=resets_at)


SOME = (
    standing(Quota.DOWNLOADS, 3, 5, hours=30),
    standing(Quota.BYTES, 18_400_000_000, 20 * 10**9, hours=80),
    standing(Quota.ACTIVE, 0, 2),
)
NOTHING_LEFT = (standing(Quota.DOWNLOADS, 5, 5, hours=30), standing(Quota.BYTES, 0, 0))


def samples_of_plans() -> Iterator[tuple[str, tuple[str, object]]]:
    full = plans.PlansView(places=rooms(Room.PLANS), plans=tuple(plans.plan_row(known) for known in ALL))
    yield "plans", ("admin/plans.html", full)
    yield "plans-empty", ("admin/plans.html", replace(full, plans=()))
    yield "plan", ("admin/plan.html", plan_form.known("/admin/plans/children", CHILDREN, ALL))
    typed = Form({"name": ("Children",), "bytes": ("a lot",), "downloads": ("3",), "role": ("child",)})
    number = msg("web.plans.no_number")
    error = Invalid(number, fields=(FieldError(field="bytes", message=number),))
    yield "plan-wrong", ("admin/plan.html", plan_form.refused(plan_form.new("/admin/plans", ALL), typed, error))
    others = [CAREFUL.plan, EVERYTHING.plan]
    yield "plan-remove", ("question/page.html", plans.removal(CHILDREN, others))
