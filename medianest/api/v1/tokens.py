"""API tokens: one's own, and for administrators everybody's."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar.params import FromPath
from msgspec import Meta

from medianest.accounts import types
from medianest.accounts.types import Scope
from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Given, Served
from medianest.api.v1.people import Person
from medianest.api.windows import window
from medianest.api.wire import Input, List, Output, Paged
from medianest.http.given import CurrentActor, CurrentAsking


class NewToken(Input, frozen=True, kw_only=True):
    """A token to be; `user` is the sign-in name of somebody else, for administrators."""

    label: Annotated[str, Meta(min_length=1, max_length=200)]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=20)]
    user: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class Token(Output, frozen=True, kw_only=True):
    """An API token without its secret."""

    id: str
    label: str
    scopes: Sequence[Scope]
    user: Person
    created_at: datetime
    last_used_at: datetime | None


class ShownToken(Token, frozen=True, kw_only=True):
    """A new token with its secret, which is shown this once."""

    token: str


class Tokens(Paged, frozen=True, kw_only=True):
    """Whose tokens."""

    everyone: bool = False


async def listing(services: Served, actor: CurrentActor, asked: Given[Tokens]) -> Answer:
    """Your tokens, or as an administrator everyone's."""
    known = await services.accounts.list_tokens(actor, everyone=asked.everyone)
    page = window(known, asked, lambda token: token.id)
    return answers.json(List(items=[Token(**_facts(token)) for token in page.items], next_cursor=page.next_cursor))


async def create(services: Served, asking: CurrentAsking, given: Given[NewToken]) -> Answer:
    """Make a token; its secret is in this answer and nowhere else."""
    scopes = frozenset(given.scopes)
    known, secret = await services.accounts.create_token(asking.actor, given.label, scopes, owner=given.user)
    asking.shows_secret = True
    return answers.json(ShownToken(**_facts(known), token=secret), status=HTTPStatus.CREATED)


async def delete(services: Served, actor: CurrentActor, id: FromPath[str]) -> Answer:
    """End a token; it is refused from then on."""
    await services.accounts.revoke_token(actor, id)
    return answers.nothing()


def _facts(known: types.Token) -> dict[str, Any]:
    return {
        "id": known.id,
        "label": known.label,
        "scopes": sorted(known.scopes),
        "user": Person(id=known.user_id, name=known.user_name),
        "created_at": known.created_at,
        "last_used_at": known.last_used_at,
    }
