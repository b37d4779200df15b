"""The door that Plex opens: to Plex in the same tab, and back; without script, and without a token in the browser."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from litestar.params import FromPath

from medianest.accounts.plex_types import Connected, Entered, Linked, Waiting
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Message, msg
from medianest.http import cookies
from medianest.http import errors as floor
from medianest.http.links import absolute
from medianest.http.redirects import internal_path
from medianest.http.services import Services
from medianest.plex.errors import PinExpired
from medianest.plex.journeys import LASTS
from medianest.plex.types import Begun
from medianest.web import forms, htmx
from medianest.web.errors import status_of
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.entering import let_in

POLLED_MOST = 20
"""How often the page asks by itself; then somebody has to press the button."""
_POLLED_EVERY_S = 2
Forward = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """Where somebody is on the way: `onward` is the next step, at Plex if `outside`, and `next` where it ends.

    With `may_begin` they can set out once more.
    """

    title: Message
    text: Message
    onward: str | None = None
    label: Message | None = None
    outside: bool = False
    is_wrong: bool = False
    may_begin: bool = False
    next: str = "/"


async def begin(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Set out to sign in."""
    next = internal_path((await forms.read(request)).text("next"))
    client = reader.asking.client()
    try:
        begun = await services.by_plex.door.begin(client, forward=forward(reader, services), return_path=next)
    except MediaNestError as error:
        return refused(reader, error, next=next)
    return set_out(reader, begun)


async def go(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """On to Plex. A page in between, because a form of ours may lead nowhere else."""
    asking = reader.asking
    try:
        journey = await services.by_plex.door.look(asking.actor, id, secret_of(request, reader, id))
    except PinExpired as error:
        return over(reader, error)
    view = WayView(
        title=msg("web.plex.going"),
        text=msg("web.plex.going_about"),
        onward=journey.address,
        label=msg("web.plex.go"),
        outside=True,
    )
    page = _page(reader, view)
    page.headers["Refresh"] = f"0; url={journey.address}"
    return page


async def come_back(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Back from Plex, or asking once more whether Plex has heard."""
    if request.headers.get("sec-purpose", "").startswith("prefetch"):
        return _page(reader, waiting_view(id, "/"), HTTPStatus.SERVICE_UNAVAILABLE)
    asking = reader.asking
    try:
        arrival = await services.by_plex.door.arrive(asking.actor, id, secret_of(request, reader, id), asking.client())
    except PinExpired as error:
        return htmx.go(reader, "/") if asking.actor.id else over(reader, error)
    except MediaNestError as error:
        return refused(reader, error, onward=f"/sign-in/plex/{id}")
    match arrival:
        case Waiting(journey=journey):
            page = _page(reader, waiting_view(id, journey.return_path))
            if journey.asked < POLLED_MOST:
                page.headers["Refresh"] = str(_POLLED_EVERY_S)
            return page
        case Entered(opened=opened, return_path=path):
            return forget(let_in(reader, opened, internal_path(path)), reader, id)
        case Linked(return_path=path):
            return forget(htmx.go(reader, internal_path(path)), reader, id)
        case Connected(journey=journey, done=done):
            chosen = htmx.go(reader, "/admin/plex" if done else f"/admin/plex/servers/{journey.id}")
            return forget(chosen, reader, id) if done else chosen


def forward(reader: Reader, services: Services) -> Forward:
    """Where Plex sends the browser: to the public address, else to the one by which this request came."""
    server = services.settings().server
    return lambda journey: absolute(reader.asking, f"/sign-in/plex/{journey}", server)


def set_out(reader: Reader, begun: Begun) -> Html:
    """Lead on towards Plex, with the secret by which this browser is known when it comes back."""
    gone = htmx.go(reader, f"/sign-in/plex/{begun.id}/go")
    gone.set_cookie(cookies.write(cookies.of_journey(begun.id), begun.secret, reader.asking, max_age=LASTS))
    return gone


def over(reader: Reader, error: MediaNestError) -> Html:
    """A way that is used up, or was begun in another browser."""
    view = WayView(title=msg("web.plex.over"), text=error.message, is_wrong=True, may_begin=True)
    return _page(reader, view, HTTPStatus.NOT_FOUND)


def refused(reader: Reader, error: MediaNestError, *, next: str = "/", onward: str | None = None) -> Html:
    """Why somebody is not let in; what may pass can be tried once more."""
    view = WayView(
        title=msg("web.plex.away" if error.retryable else "web.plex.refused"),
        text=error.message,
        is_wrong=True,
        may_begin=not error.retryable or onward is None,
        onward=onward if error.retryable else None,
        label=msg("web.plex.ask_again"),
        next=next,
    )
    page = _page(reader, view, status_of(error))
    page.headers.update(floor.retry_after(error))
    return page


def waiting_view(id: str, next: str) -> WayView:
    return WayView(
        title=msg("web.plex.waiting"),
        text=msg("web.plex.waiting_about"),
        onward=f"/sign-in/plex/{id}",
        label=msg("web.plex.go_on"),
        may_begin=True,
        next=next,
    )


def secret_of(request: AnyRequest, reader: Reader, id: str) -> str | None:
    """What this browser knows of the journey."""
    fields = request.headers.getall("cookie", [])
    return cookies.read(fields, cookies.name_of(cookies.of_journey(id), secure=reader.asking.secure))


def forget(sent: Html, reader: Reader, id: str) -> Html:
    sent.set_cookie(cookies.write(cookies.of_journey(id), "", reader.asking, max_age=timedelta(0)))
    return sent


def _page(reader: Reader, view: WayView, status: int = HTTPStatus.OK) -> Html:
    return htmx.page(reader, reader.frame(), "sign_in/plex.html", view, status=status)
