"""The form of a plan: what stands in its fields, what they mean, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from medianest.accounts.types import NewPlan, PlanChange, PlanInUse, Quotas
from medianest.core.actor import Role
from medianest.core.errors import Conflict, FieldError, Invalid
from medianest.core.i18n import Message, msg
from medianest.web import forms
from medianest.web.forms import Form
from medianest.web.pages.roles import label

_GB = 10**9
_LIMITS = ("downloads", "bytes", "active", "window_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitField:
    """One limit as it stands in its field; `keys` is the keyboard that a phone shows."""

    name: str
    label: Message
    hint: Message
    text: str
    keys: str
    error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleBox:
    """A role that may have the plan; `other` is the name of the one that it has now."""

    name: Role
    label: Message
    chosen: bool
    other: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFormView:
    """The form of a plan."""

    title: Message
    path: str
    name: str
    limits: tuple[LimitField, ...]
    roles: tuple[RoleBox, ...]
    name_error: Message | None = None


def new(path: str, plans: Sequence[PlanInUse]) -> PlanFormView:
    """An empty form."""
    return PlanFormView(
        title=msg("web.plans.new"), path=path, name="", limits=_fields(_texts(Quotas())), roles=_boxes(None, plans)
    )


def known(path: str, plan: PlanInUse, plans: Sequence[PlanInUse]) -> PlanFormView:
    """The form of a plan that there is."""
    return PlanFormView(
        title=msg("web.plans.change", name=plan.plan.name),
        path=path,
        name=plan.plan.name,
        limits=_fields(_texts(plan.plan.quotas)),
        roles=_boxes(plan, plans),
    )


def refused(view: PlanFormView, form: Form, error: Invalid | Conflict) -> PlanFormView:
    """The form as it was sent, with what is wrong at its field; a name that is taken is wrong too."""
    taken = error.message if isinstance(error, Conflict) else None
    texts = {name: form.text(name) for name in _LIMITS}
    chosen = form.many("role")
    return replace(
        view,
        name=form.text("name"),
        name_error=forms.wrong(error, "name") or taken,
        limits=tuple(replace(field, error=forms.wrong(error, field.name)) for field in _fields(texts)),
        roles=tuple(replace(box, chosen=box.name in chosen) for box in view.roles),
    )


def new_plan(form: Form) -> NewPlan:
    """The plan that a form asks for. Raises Invalid for what is no number."""
    return NewPlan(name=form.text("name"), quotas=_quotas(form), roles=_roles(form))


def plan_change(form: Form) -> PlanChange:
    """Everything as the form says. Raises Invalid for what is no number."""
    quotas = _quotas(form)
    return PlanChange(
        name=form.text("name"),
        downloads=quotas.downloads,
        bytes=quotas.bytes,
        active=quotas.active,
        window_days=quotas.window_days,
        roles=_roles(form),
    )


def _quotas(form: Form) -> Quotas:
    numbers: dict[str, int] = {}
    wrong = []
    for name in _LIMITS:
        try:
            if (number := _number(form.text(name), unit=_GB if name == "bytes" else 1)) is not None:
                numbers[name] = number
        except (InvalidOperation, ValueError):
            wrong.append(FieldError(field=name, message=msg("web.plans.no_number")))
    if wrong:
        raise Invalid(wrong[0].message, fields=tuple(wrong))
    return Quotas(**numbers)


def _number(text: str, *, unit: int) -> int | None:
    """A whole number of what is counted, None for an empty field. Raises InvalidOperation, ValueError."""
    if not text:
        return None
    exact = Decimal(text.replace(",", ".")) * unit
    if not exact.is_finite() or exact != exact.to_integral_value() or exact.adjusted() > len(str(2**64)):
        raise ValueError(text)
    return int(exact)


def _roles(form: Form) -> frozenset[Role]:
    return frozenset(role for role in Role if role in form.many("role"))


def _texts(quotas: Quotas) -> dict[str, str]:
    size = None if quotas.bytes is None else f"{(Decimal(quotas.bytes) / _GB).normalize():f}"
    found = {"downloads": quotas.downloads, "bytes": size, "active": quotas.active, "window_days": quotas.window_days}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _fields(texts: dict[str, str]) -> tuple[LimitField, ...]:
    return tuple(
        LimitField(
            name=name,
            label=msg(f"web.plans.field_{name}"),
            hint=msg(f"web.plans.hint_{name}"),
            text=texts[name],
            keys="decimal" if name == "bytes" else "numeric",
        )
        for name in _LIMITS
    )


def _boxes(own: PlanInUse | None, plans: Sequence[PlanInUse]) -> tuple[RoleBox, ...]:
    holders = {role: other.plan for other in plans for role in other.roles}
    own_id = own.plan.id if own else None
    return tuple(
        RoleBox(
            name=role,
            label=label(role),
            chosen=own is not None and role in own.roles,
            other=holders[role].name if role in holders and holders[role].id != own_id else None,
        )
        for role in Role
    )
