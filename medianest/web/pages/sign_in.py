"""The door: signing in, signing in once more for what is delicate, signing out."""

from dataclasses import dataclass, replace

from litestar.params import FromQuery

from medianest.core.errors import Forbidden, Invalid, TooMany, Unauthenticated
from medianest.core.i18n import Message
from medianest.http import cookies
from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.errors import sent_back
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.entering import let_in
from medianest.web.pages.profiles import picker_view, profiles_here

TURNED_AWAY = (Invalid, Unauthenticated, Forbidden, TooMany)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """The sign-in page; `next` is where it leads. Before there is anybody, there is no form.

    With `by_plex` one can go to Plex instead.
    """

    next: str = "/"
    name: str = ""
    error: Message | None = None
    is_set_up: bool = True
    by_plex: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainView:
    """The page that asks who is signed in for the password once more, or to go to Plex where they have a link."""

    next: str
    back: str
    name: str
    by_plex: bool
    error: Message | None = None


async def show(
    reader: CurrentReader, services: TheServices, next: FromQuery[str] = "/", by: FromQuery[str] = ""
) -> Html:
    """The sign-in page, on a household device the choice of profiles; who is signed in already goes on."""
    if reader.asking.actor.id:
        return htmx.go(reader, internal_path(next))
    if by != "password" and (profiles := await profiles_here(reader, services)):
        picker = picker_view(profiles, internal_path(next))
        return htmx.page(reader, reader.frame(), "sign_in/picker.html", picker)
    is_set_up, by_plex = await services.accounts.is_set_up(), await services.by_plex.door.is_open()
    view = SignInView(next=internal_path(next), is_set_up=is_set_up, by_plex=by_plex)
    return htmx.page(reader, reader.frame(), "sign_in/page.html", view)


async def enter(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Sign in by name and password."""
    form = await forms.read(request)
    name, next = form.text("name"), internal_path(form.text("next"))
    replaced = reader.asking.actor.session_id
    try:
        opened = await services.accounts.sign_in(name, form.raw("password"), reader.asking.client(), replaces=replaced)
    except TURNED_AWAY as error:
        by_plex = await services.by_plex.door.is_open()
        view = SignInView(next=next, name=name, error=error.message, by_plex=by_plex)
        return sent_back(htmx.page(reader, reader.frame(), "sign_in/page.html", view), error)
    return let_in(reader, opened, next)


async def ask_again(reader: CurrentReader, services: TheServices, next: FromQuery[str] = "/") -> Html:
    """Ask for the password before something delicate."""
    view = await _again(reader, services, internal_path(next))
    return htmx.page(reader, reader.frame(), "sign_in/again.html", view)


async def enter_again(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Prove oneself once more."""
    form = await forms.read(request)
    asking, next = reader.asking, internal_path(form.text("next"))
    try:
        opened = await services.accounts.sign_in_again(asking.actor, form.raw("password"), asking.client())
    except TURNED_AWAY as error:
        view = replace(await _again(reader, services, next), error=error.message)
        return sent_back(htmx.page(reader, reader.frame(), "sign_in/again.html", view), error)
    return let_in(reader, opened, next)


async def leave(reader: CurrentReader, services: TheServices) -> Html:
    """Sign out, here only."""
    await services.accounts.sign_out(reader.asking.actor)
    gone = htmx.go(reader, "/sign-in")
    gone.set_cookie(cookies.leaving(reader.asking))
    return gone


async def _again(reader: Reader, services: Services, next: str) -> AgainView:
    """Who does not want to go on goes back to the place that `next` belongs to."""
    me = await services.accounts.me(reader.asking.actor)
    back = "/" + next.split("/")[1].partition("?")[0]
    by_plex = await services.by_plex.door.identity(me.id) is not None
    return AgainView(next=next, back=back, name=me.name, by_plex=by_plex)
