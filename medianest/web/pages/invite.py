"""The door for who was invited: a name and a password of one's own, and in.

The secret stands in the address only until the first answer, which puts it into a cookie and leads on: so it is in no
Referer, and in no history that somebody else looks through later.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.errors import InvitationOver
from medianest.core.errors import Conflict, Invalid
from medianest.core.i18n import Message
from medianest.http import cookies
from medianest.web import forms, htmx
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.entering import let_in

_REMEMBERED = timedelta(hours=1)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedView:
    """The form of who was invited; without it, `over` says why. `signed_in_as` is who is in already."""

    name: str = ""
    over: Message | None = None
    signed_in_as: str | None = None
    name_error: Message | None = None
    password_error: Message | None = None


async def follow(reader: CurrentReader, secret: FromPath[str]) -> Html:
    """Take the secret out of the address."""
    gone = htmx.go(reader, "/invite")
    known = secret if _SECRET.fullmatch(secret) else ""
    gone.set_cookie(cookies.write(cookies.INVITATION, known, reader.asking, max_age=_REMEMBERED))
    return gone


async def show(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """The form, as long as the invitation is open."""
    if reader.asking.actor.id:
        return _page(reader, InvitedView(signed_in_as=reader.asking.actor.name))
    try:
        await services.accounts.invitations.look(_secret(request, reader))
    except InvitationOver as error:
        return _page(reader, InvitedView(over=error.message), HTTPStatus.NOT_FOUND)
    return _page(reader, InvitedView())


async def accept(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Make the account; who made it is signed in at once."""
    form = await forms.read(request)
    asking, name = reader.asking, form.text("name")
    if asking.actor.id:
        return htmx.go(reader, "/")
    secret, password = _secret(request, reader), form.raw("password")
    try:
        opened = await services.accounts.invitations.accept(secret, name, password, asking.client())
    except InvitationOver as error:
        return _page(reader, InvitedView(over=error.message), HTTPStatus.NOT_FOUND)
    except (Invalid, Conflict) as error:
        taken = error.message if isinstance(error, Conflict) else None
        view = InvitedView(
            name=name,
            name_error=forms.wrong(error, "name") or taken,
            password_error=forms.wrong(error, "password"),
        )
        return _page(reader, view, HTTPStatus.UNPROCESSABLE_ENTITY)
    sent = let_in(reader, opened, "/")
    sent.set_cookie(cookies.write(cookies.INVITATION, "", asking, max_age=timedelta(0)))
    return sent


def _page(reader: Reader, view: InvitedView, status: HTTPStatus = HTTPStatus.OK) -> Html:
    return htmx.page(reader, reader.frame(), "invite/page.html", view, status=status)


def _secret(request: AnyRequest, reader: Reader) -> str:
    fields = request.headers.getall("cookie", [])
    return cookies.read(fields, cookies.name_of(cookies.INVITATION, secure=reader.asking.secure)) or ""
