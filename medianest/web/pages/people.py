"""Admin: everybody of the household, who is invited, and giving somebody an account."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from medianest.accounts.types import Invitation, NewUser, User
from medianest.core import journal_pages
from medianest.core.actor import Role
from medianest.core.errors import Conflict, Invalid
from medianest.core.i18n import Message, msg
from medianest.web import forms, htmx
from medianest.web.forms import Form
from medianest.web.frame import Avatar, Place, avatar_of
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.admin import Room, RoomChip, rooms
from medianest.web.pages.household import DeviceRow, device_row
from medianest.web.pages.roles import RoleChoice, label, roles


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody of the household; `state` is the shape before its word."""

    id: str
    name: str
    display_name: str
    avatar: Avatar
    role: Message
    state: str
    standing: Message
    seen_at: datetime | None
    is_me: bool
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """An open invitation."""

    id: str
    title: Message
    role: Message
    left: Message
    expires_at: datetime
    maker: Message
    revoke_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """The page of the people."""

    places: tuple[RoomChip, ...]
    people: tuple[PersonRow, ...]
    invitations: tuple[InvitationRow, ...]
    devices: tuple[DeviceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPersonView:
    """The form of a new account."""

    roles: tuple[RoleChoice, ...]
    name: str = ""
    display_name: str = ""
    name_error: Message | None = None
    display_name_error: Message | None = None
    password_error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Everybody, and who may become one of them."""
    actor, accounts = reader.asking.actor, services.accounts
    alarms = await services.db.read(journal_pages.dead_letter_count)
    view = PeopleView(
        places=rooms(Room.PEOPLE, alarms=alarms),
        people=tuple(person_row(user, me=actor.id) for user in await accounts.people.listing(actor)),
        invitations=tuple(invitation_row(known) for known in await accounts.invitations.listing(actor)),
        devices=tuple(device_row(device) for device in await accounts.devices.listing(actor)),
    )
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/people.html", view)


async def ask_new(reader: CurrentReader, frame: PageFrame) -> Html:
    """The form of a new account."""
    view = NewPersonView(roles=roles(Role.MEMBER))
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/new_person.html", view)


async def create(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Give somebody an account with a password."""
    form = await forms.read(request)
    new = NewUser(
        name=form.text("name"),
        role=form.choice("role", Role) or Role.MEMBER,
        password=form.raw("password"),
        display_name=form.text("display_name") or None,
    )
    try:
        made = await services.accounts.people.create(reader.asking.actor, new)
    except (Invalid, Conflict) as error:
        view = _refused(form, new.role, error)
        frame, status = replace(frame, place=Place.ADMIN), HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "admin/new_person.html", view, status=status)
    return htmx.go(reader, f"/admin/people/{made.id}")


def person_row(user: User, *, me: str | None) -> PersonRow:
    state, standing = standing_of(user)
    return PersonRow(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        avatar=avatar_of(user.id, user.display_name),
        role=label(user.role),
        state=state,
        standing=standing,
        seen_at=user.last_seen_at,
        is_me=user.id == me,
        path=f"/admin/people/{user.id}",
    )


def standing_of(user: User) -> tuple[str, Message]:
    """The shape and the word of whether somebody may sign in."""
    return ("paused", msg("web.people.suspended")) if user.suspended_at else ("up", msg("web.people.active"))


def invitation_row(known: Invitation) -> InvitationRow:
    return InvitationRow(
        id=known.id,
        title=msg("web.people.invitation_named", label=known.label) if known.label else msg("web.people.invitation"),
        role=label(known.role),
        left=msg("web.people.uses_left", n=known.uses_left, most=known.uses_most),
        expires_at=known.expires_at,
        maker=msg("web.people.invited_by", name=known.maker),
        revoke_path=f"/admin/people/invitations/{known.id}/revoke",
    )


def _refused(form: Form, role: Role, error: Invalid | Conflict) -> NewPersonView:
    """A name that is taken is wrong like one that cannot be one."""
    taken = error.message if isinstance(error, Conflict) else None
    return NewPersonView(
        roles=roles(role),
        name=form.text("name"),
        display_name=form.text("display_name"),
        name_error=forms.wrong(error, "name") or taken,
        display_name_error=forms.wrong(error, "display_name"),
        password_error=forms.wrong(error, "password"),
    )
