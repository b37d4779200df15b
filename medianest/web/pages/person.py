"""Admin: one person of the household: what they are called and may, their devices, their password."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath
from msgspec import UNSET

from medianest.accounts.permissions import ROLES_OF_PROFILES
from medianest.accounts.types import PlanInUse, User, UserChange
from medianest.core.actor import Role
from medianest.core.errors import Conflict, Invalid
from medianest.core.i18n import Message, msg
from medianest.downloads.plans import usage
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.choices import Choice
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.account import LanguageChoice, SessionRow, languages, session_row
from medianest.web.pages.people import PersonRow, person_row
from medianest.web.pages.roles import RoleChoice, roles
from medianest.web.quotas import Meter, meters


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """The page of one person; `others_path` is None where they are signed in nowhere.

    `is_profile` says whether they can be chosen on household devices; `plans` are those that they may have as their
    own, none where there are none.
    """

    person: PersonRow
    display_name: str
    roles: tuple[RoleChoice, ...]
    languages: tuple[LanguageChoice, ...]
    sessions: tuple[SessionRow, ...]
    others_path: str | None
    is_suspended: bool
    is_profile: bool
    plans: tuple[Choice, ...]
    usage: tuple[Meter, ...]
    display_name_error: Message | None = None
    role_error: Message | None = None
    plan_error: Message | None = None
    password_error: Message | None = None
    pin_error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Somebody, and what an administrator can do for them."""
    view = await person_view(reader, services, id)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/person.html", view)


async def change(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Keep what they are called, what they may, and their language."""
    form = await forms.read(request)
    role, spoken = form.choice("role", Role), form.text("language")
    wanted = UserChange(
        role=role,
        display_name=form.text("display_name"),
        language=spoken if spoken in ("", *services.catalogues.languages) else None,
        plan=form.text("plan") or None if "plan" in form.values else UNSET,
    )
    try:
        await services.accounts.people.change(reader.asking.actor, id, wanted)
    except (Invalid, Conflict) as error:
        view = await person_view(reader, services, id)
        view = replace(
            view,
            display_name=form.text("display_name"),
            roles=roles(role or Role.MEMBER),
            display_name_error=forms.wrong(error, "display_name"),
            role_error=error.message if isinstance(error, Conflict) else None,
            plan_error=forms.wrong(error, "plan"),
        )
        frame, status = replace(frame, place=Place.ADMIN), HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "admin/person.html", view, status=status)
    return htmx.go(reader, f"/admin/people/{id}")


async def set_password(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Give them a new password; all their devices are signed out."""
    form = await forms.read(request)
    try:
        await services.accounts.people.set_password(reader.asking.actor, id, form.raw("password"))
    except Invalid as error:
        view = replace(await person_view(reader, services, id), password_error=error.message)
        frame, status = replace(frame, place=Place.ADMIN), HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "admin/person.html", view, status=status)
    return htmx.go(reader, f"/admin/people/{id}")


async def set_pin(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Give them another PIN for household devices, or none."""
    form = await forms.read(request)
    try:
        await services.accounts.devices.set_pin(reader.asking.actor, id, form.text("pin"))
    except Invalid as error:
        view = replace(await person_view(reader, services, id), pin_error=error.message)
        frame, status = replace(frame, place=Place.ADMIN), HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "admin/person.html", view, status=status)
    return htmx.go(reader, f"/admin/people/{id}")


async def end_session(
    reader: CurrentReader, services: TheServices, id: FromPath[str], session_id: FromPath[str]
) -> Html:
    """Sign one of their devices out."""
    await services.accounts.end_session(reader.asking.actor, session_id)
    return htmx.go(reader, f"/admin/people/{id}")


async def person_view(reader: Reader, services: Services, id: str) -> PersonView:
    actor = reader.asking.actor
    user = await services.accounts.people.one(actor, id)
    path = f"/admin/people/{id}"
    rows = tuple(
        session_row(session, here=actor.session_id, path=f"{path}/sessions")
        for session in await services.accounts.list_sessions(actor, id)
    )
    plans = own_plans(user, await services.accounts.plans.listing(actor))
    bars = meters(await services.db.read(usage.standings, id))
    return view_of(
        user, rows, me=actor.id, spoken=languages(services.catalogues, user.language), plans=plans, usage=bars
    )


def own_plans(user: User, plans: Sequence[PlanInUse]) -> tuple[Choice, ...]:
    """The plans of which they may have one of their own, or that of their role; none where there are none."""
    if not plans:
        return ()
    by_role = next((known.plan.name for known in plans if user.role in known.roles), None)
    role = msg("web.plans.of_role", name=by_role) if by_role else msg("web.plans.of_role_none")
    own = (
        Choice(
            value=known.plan.id,
            label=msg("web.plans.named", name=known.plan.name),
            chosen=known.plan.id == user.plan_id,
        )
        for known in plans
    )
    return (Choice(value="", label=role, chosen=user.plan_id is None), *own)


def view_of(
    user: User,
    sessions: tuple[SessionRow, ...],
    *,
    me: str | None,
    spoken: tuple[LanguageChoice, ...],
    plans: tuple[Choice, ...] = (),
    usage: tuple[Meter, ...] = (),
) -> PersonView:
    return PersonView(
        person=person_row(user, me=me),
        display_name=user.display_name,
        roles=roles(user.role),
        languages=spoken,
        sessions=sessions,
        others_path=f"/admin/people/{user.id}/sign-out" if sessions else None,
        is_suspended=user.suspended_at is not None,
        is_profile=user.role in ROLES_OF_PROFILES,
        plans=plans,
        usage=usage,
    )
