"""A new token: what it may do, and its secret, shown once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.permissions import grantable
from medianest.accounts.types import Scope
from medianest.core.actor import Role
from medianest.core.errors import Invalid
from medianest.core.i18n import Message, msg
from medianest.web import forms, htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeChoice:
    """One thing that a token may be allowed."""

    name: str
    label: Message
    about: Message
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTokenView:
    """The form of a new token."""

    label: str
    scopes: tuple[ScopeChoice, ...]
    label_error: Message | None = None
    scopes_error: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMadeView:
    """A new token, shown this once."""

    label: str
    secret: str


async def ask(reader: CurrentReader, frame: PageFrame) -> Html:
    """The form."""
    view = NewTokenView(label="", scopes=scopes(reader.asking.actor.role, chosen=(Scope.READ,)))
    return htmx.page(reader, replace(frame, place=Place.ACCOUNT), "account/new_token.html", view)


async def create(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """Make the token; the answer is the only place where its secret stands."""
    form = await forms.read(request)
    actor, frame = reader.asking.actor, replace(frame, place=Place.ACCOUNT)
    label, chosen = form.text("label"), [scope for scope in Scope if scope in form.many("scopes")]
    try:
        token, secret = await services.accounts.create_token(actor, label, frozenset(chosen))
    except Invalid as error:
        view = NewTokenView(
            label=label,
            scopes=scopes(actor.role, chosen=chosen),
            label_error=forms.wrong(error, "label"),
            scopes_error=forms.wrong(error, "scopes") or (None if error.fields else error.message),
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return htmx.page(reader, frame, "account/new_token.html", view, status=status)
    reader.asking.shows_secret = True
    made = TokenMadeView(label=token.label, secret=secret)
    return htmx.page(reader, frame, "account/token_made.html", made)


async def revoke(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """End a token."""
    await services.accounts.revoke_token(reader.asking.actor, id)
    return htmx.go(reader, "/account")


def scopes(role: Role | None, *, chosen: Iterable[Scope]) -> tuple[ScopeChoice, ...]:
    """What a token of somebody with this role may be allowed."""
    allowed = grantable(role) if role else frozenset()
    wanted = frozenset(chosen)
    return tuple(
        ScopeChoice(
            name=scope, label=msg(f"web.scope.{scope}"), about=msg(f"web.scope.{scope}_about"), chosen=scope in wanted
        )
        for scope in Scope
        if scope in allowed
    )
