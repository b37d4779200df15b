"""Admin: inviting somebody; the link is shown once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.types import Invitation, NewInvitation
from medianest.core.actor import Role
from medianest.core.errors import Invalid
from medianest.core.i18n import Message, msg
from medianest.http import links
from medianest.web import forms, htmx
from medianest.web.forms import Form
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.roles import RoleChoice, label, roles

USES = (1, 2, 3, 5, 10, 25)
DAYS = (1, 7, 30, 90)
_DAYS_USUAL = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of a few numbers."""

    value: int
    label: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteView:
    """The form of an invitation."""

    roles: tuple[RoleChoice, ...]
    uses: tuple[Option, ...]
    days: tuple[Option, ...]
    label: str = ""
    label_error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMadeView:
    """A new invitation with its link, shown this once."""

    role: Message
    uses: Message
    expires_at: datetime
    link: str


async def ask(reader: CurrentReader, frame: PageFrame) -> Html:
    """The form."""
    view = invite_view(Role.MEMBER, uses=1, days=_DAYS_USUAL)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/invite.html", view)


async def create(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Make the invitation; the answer is the only place where its link stands."""
    form = await forms.read(request)
    frame = replace(frame, place=Place.ADMIN)
    role, uses, days = (
        form.choice("role", Role) or Role.MEMBER,
        _one_of(form, "uses", USES),
        _one_of(form, "days", DAYS),
    )
    new = NewInvitation(role=role, label=form.text("label"), uses=uses, lasts=timedelta(days=days))
    try:
        made, secret = await services.accounts.invitations.create(reader.asking.actor, new)
    except Invalid as error:
        view = replace(invite_view(role, uses=uses, days=days), label=new.label, label_error=error.message)
        return htmx.page(reader, frame, "admin/invite.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    reader.asking.shows_secret = True
    link = links.absolute(reader.asking, f"/invite/{secret}", services.settings().server)
    return htmx.page(reader, frame, "admin/invitation_made.html", made_view(made, link))


async def revoke(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Let nobody in by it any more."""
    await services.accounts.invitations.revoke(reader.asking.actor, id)
    return htmx.go(reader, "/admin/people")


def invite_view(role: Role, *, uses: int, days: int) -> InviteView:
    return InviteView(
        roles=roles(role),
        uses=tuple(Option(value=n, label=msg("web.invite.people", n=n), chosen=n == uses) for n in USES),
        days=tuple(Option(value=n, label=msg("web.invite.days", n=n), chosen=n == days) for n in DAYS),
    )


def made_view(made: Invitation, link: str) -> InvitationMadeView:
    return InvitationMadeView(
        role=label(made.role), uses=msg("web.invite.people", n=made.uses_most), expires_at=made.expires_at, link=link
    )


def _one_of(form: Form, field: str, numbers: tuple[int, ...]) -> int:
    """The number that was chosen; the least where it is none of them."""
    return next((number for number in numbers if str(number) == form.text(field)), numbers[0])
