"""People: one's own account, and for administrators everybody's."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from medianest.accounts import types
from medianest.accounts.types import NewUser, UserChange
from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.v1.plex import PlexAccount, plex_shape
from medianest.api.windows import window
from medianest.api.wire import Input, List, Output, Paged, Word
from medianest.core.actor import Role
from medianest.core.errors import FieldError, Invalid
from medianest.core.i18n import msg
from medianest.http.given import CurrentActor
from medianest.http.services import Services
from medianest.plex import people as plex_people
from medianest.plex.types import Identity

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Language = Annotated[str, Meta(max_length=35)]


class User(Output, frozen=True, kw_only=True):
    """Somebody of the household; `name` is for signing in, `display_name` is what others see.

    `last_seen_at` is a few minutes behind. Who is suspended cannot sign in. `plan` is the id of their own plan; null is
    that of their role. `plex` is the account at Plex by which they sign in, if they have one.
    """

    id: str
    name: str
    display_name: str
    role: Role
    language: str | None
    suspended_at: datetime | None
    last_seen_at: datetime | None
    created_at: datetime
    plan: str | None
    plex: PlexAccount | None


class NewPerson(Input, frozen=True, kw_only=True):
    """Somebody to be; without a password they cannot sign in by one until they are given it."""

    name: Name
    role: Role = Role.MEMBER
    password: Annotated[str, Meta(max_length=1024)] | None = None
    display_name: Name | None = None
    language: Language | None = None


class PersonChange(Input, frozen=True, kw_only=True):
    """What changes; `role`, `suspended` and `plan` are for administrators.

    An empty language is the browser's; with null for a plan they have none of their own.
    """

    role: Role | None = None
    suspended: bool | None = None
    display_name: Name | None = None
    language: Language | None = None
    plan: Word | UnsetType | None = UNSET


async def listing(services: Served, actor: CurrentActor, asked: Given[Paged]) -> Answer:
    """Everybody by name for administrators, yourself for everybody else."""
    people = services.accounts.people
    known = await people.listing(actor) if actor.is_admin else [await people.one(actor, actor.id or "")]
    page = window(known, asked, lambda user: user.id)
    linked = await services.db.read(plex_people.identities)
    items = [user_shape(user, linked.get(user.id)) for user in page.items]
    return answers.json(List(items=items, next_cursor=page.next_cursor))


async def create(services: Served, actor: CurrentActor, given: Given[NewPerson]) -> Answer:
    """Give somebody an account."""
    new = NewUser(
        name=given.name,
        role=given.role,
        password=given.password,
        display_name=given.display_name,
        language=_spoken(services, given.language),
    )
    made = await services.accounts.people.create(actor, new)
    return answers.json(user_shape(made, None), status=HTTPStatus.CREATED)


async def change(services: Served, actor: CurrentActor, id: FromPath[str], given: Given[PersonChange]) -> Answer:
    """Change an account: your own, or as an administrator anybody's."""
    change = UserChange(
        role=given.role,
        suspended=given.suspended,
        display_name=given.display_name,
        language=_spoken(services, given.language),
        plan=given.plan,
    )
    changed = await services.accounts.people.change(actor, id, change)
    return answers.json(user_shape(changed, await services.by_plex.door.identity(id)))


async def delete(services: Served, actor: CurrentActor, id: FromPath[str]) -> Answer:
    """Let somebody go: sessions, tokens and invitations end, downloads go to a follower or an administrator."""
    await services.accounts.people.remove(actor, id)
    return answers.nothing()


async def sign_out(services: Served, actor: CurrentActor, id: FromPath[str]) -> Answer:
    """Sign all devices out; of your own all but the one that asks."""
    await services.accounts.people.sign_out_everywhere(actor, id)
    return answers.nothing()


def user_shape(user: types.User, linked: Identity | None) -> User:
    return User(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        role=user.role,
        language=user.language,
        suspended_at=user.suspended_at,
        last_seen_at=user.last_seen_at,
        created_at=user.created_at,
        plan=user.plan_id,
        plex=plex_shape(linked),
    )


def _spoken(services: Services, language: str | None) -> str | None:
    """The language, if the portal speaks it. Raises Invalid."""
    if language and language not in services.catalogues.languages:
        words = ", ".join(services.catalogues.languages)
        message = msg("api.field.not_one_of", words=words)
        raise Invalid(message, fields=(FieldError(field="language", message=message),))
    return language
