"""Admin: the plans, making and changing them, and removing one after a question about who has it."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.types import Plan, PlanInUse, Quotas
from medianest.core import journal_pages
from medianest.core.errors import Conflict, Invalid
from medianest.core.i18n import Message, msg
from medianest.downloads.plans.quotas import limited
from medianest.downloads.types import Quota
from medianest.web import forms, htmx
from medianest.web.choices import Choice
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages import plan_form
from medianest.web.pages.admin import Room, RoomChip, rooms
from medianest.web.pages.plan_form import PlanFormView
from medianest.web.pages.question import Choices, QuestionView, ask
from medianest.web.pages.roles import label

PATH = "/admin/plans"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One quota of a plan in words, by the id of its message; `is_size` says that its number is bytes.

    `window` is None for what does not count over days.
    """

    id: str
    value: int
    is_size: bool
    window: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan, what it allows and who has it."""

    id: str
    name: str
    limits: tuple[Limit, ...]
    roles: tuple[Message, ...]
    people: int
    path: str
    remove_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansView:
    """The page of the plans."""

    places: tuple[RoomChip, ...]
    plans: tuple[PlanRow, ...]


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """All plans."""
    alarms = await services.db.read(journal_pages.dead_letter_count)
    plans = await services.accounts.plans.listing(reader.asking.actor)
    view = PlansView(
        places=rooms(Room.PLANS, alarms=alarms),
        plans=tuple(plan_row(known) for known in plans),
    )
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/plans.html", view)


async def ask_new(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The form of a new plan."""
    plans = await services.accounts.plans.listing(reader.asking.actor)
    return _form(reader, frame, plan_form.new(PATH, plans))


async def create(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Make a plan."""
    actor, form = reader.asking.actor, await forms.read(request)
    try:
        await services.accounts.plans.create(actor, plan_form.new_plan(form))
    except (Invalid, Conflict) as error:
        view = plan_form.new(PATH, await services.accounts.plans.listing(actor))
        return _form(reader, frame, plan_form.refused(view, form, error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return htmx.go(reader, PATH)


async def edit(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """The form of a plan that there is."""
    actor = reader.asking.actor
    known = await services.accounts.plans.one(actor, id)
    plans = await services.accounts.plans.listing(actor)
    return _form(reader, frame, plan_form.known(f"{PATH}/{id}", known, plans))


async def change(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Keep what a plan allows, and which roles have it."""
    actor, form = reader.asking.actor, await forms.read(request)
    known = await services.accounts.plans.one(actor, id)
    try:
        await services.accounts.plans.change(actor, id, plan_form.plan_change(form))
    except (Invalid, Conflict) as error:
        plans = await services.accounts.plans.listing(actor)
        view = plan_form.refused(plan_form.known(f"{PATH}/{id}", known, plans), form, error)
        return _form(reader, frame, view, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return htmx.go(reader, PATH)


async def ask_remove(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether a plan should go, and what who has it gets then."""
    actor = reader.asking.actor
    going = await services.accounts.plans.one(actor, id)
    others = [known.plan for known in await services.accounts.plans.listing(actor) if known.plan.id != id]
    return ask(reader, frame, Place.ADMIN, removal(going, others))


async def remove(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Remove a plan."""
    form = await forms.read(request)
    await services.accounts.plans.remove(reader.asking.actor, id, instead=form.text("instead") or None)
    return htmx.go(reader, PATH)


def plan_row(known: PlanInUse) -> PlanRow:
    plan = known.plan
    return PlanRow(
        id=plan.id,
        name=plan.name,
        limits=limits(plan.quotas),
        roles=tuple(label(role) for role in known.roles),
        people=known.people,
        path=f"{PATH}/{plan.id}",
        remove_path=f"{PATH}/{plan.id}/remove",
    )


def limits(quotas: Quotas) -> tuple[Limit, ...]:
    window = msg("web.plans.window", n=quotas.window_days)
    return tuple(
        Limit(
            id=f"web.plans.{quota}",
            value=limit,
            is_size=quota is Quota.BYTES,
            window=None if quota is Quota.ACTIVE else window,
        )
        for quota, limit in limited(quotas).items()
    )


def removal(going: PlanInUse, others: list[Plan]) -> QuestionView:
    """The question before a plan is removed, with who has it and what they may have instead."""
    lines = [msg("web.plans.remove_role", role=label(role)) for role in going.roles]
    if going.people:
        lines.append(msg("web.plans.remove_people", n=going.people))
    is_used = bool(lines)
    return QuestionView(
        title=msg("web.plans.remove_title", name=going.plan.name),
        lines=(*lines, msg("web.plans.remove_used" if is_used else "web.plans.remove_unused")),
        path=f"{PATH}/{going.plan.id}/remove",
        button=msg("web.plans.remove"),
        back=PATH,
        choices=_instead(others) if is_used else None,
    )


def _instead(others: list[Plan]) -> Choices:
    nothing = Choice(value="", label=msg("web.plans.no_plan"), chosen=True)
    plans = (Choice(value=plan.id, label=msg("web.plans.named", name=plan.name)) for plan in others)
    return Choices(name="instead", label=msg("web.plans.instead"), options=(nothing, *plans))


def _form(reader: Reader, frame: PageFrame, view: PlanFormView, *, status: int = HTTPStatus.OK) -> Html:
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/plan.html", view, status=status)
