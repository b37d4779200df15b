"""The first pages of a fresh installation: who looks after it, and whether there is a Plex server."""

from dataclasses import dataclass
from http import HTTPStatus

from litestar.params import FromQuery

from medianest.accounts.errors import SetupClosed
from medianest.core.errors import Invalid
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.web import forms, htmx
from medianest.web.errors import status_of
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.entering import let_in


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupView:
    """The form of the first administrator; it is not open where the link is wrong or used up."""

    token: str
    is_open: bool = True
    name: str = ""
    error: Message | None = None
    name_error: Message | None = None
    password_error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, token: FromQuery[str] = "") -> Html:
    """The form, as long as there is no administrator."""
    if await services.accounts.is_set_up():
        view = SetupView(token="", is_open=False, error=msg("web.setup.done"))
        return htmx.page(reader, reader.frame(), "setup/page.html", view, status=HTTPStatus.NOT_FOUND)
    return htmx.page(reader, reader.frame(), "setup/page.html", SetupView(token=token))


async def create(request: AnyRequest, reader: CurrentReader, services: TheServices) -> Html:
    """Make the first administrator, who is signed in at once."""
    form = await forms.read(request)
    token, name, client = form.raw("token"), form.text("name"), reader.asking.client()
    try:
        opened = await services.accounts.first_admin(token, name, form.raw("password"), client)
    except SetupClosed as error:
        view = SetupView(token=token, is_open=False, error=error.message)
        return htmx.page(reader, reader.frame(), "setup/page.html", view, status=status_of(error))
    except Invalid as error:
        view = SetupView(
            token=token,
            name=name,
            error=None if error.fields else error.message,
            name_error=forms.wrong(error, "name"),
            password_error=forms.wrong(error, "password"),
        )
        return htmx.page(reader, reader.frame(), "setup/page.html", view, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return let_in(reader, opened, "/setup/plex" if await _may_connect(services) else "/")


async def ask_for_plex(reader: CurrentReader, services: TheServices) -> Html:
    """Whether the household's Plex server should be connected, as long as none is."""
    if not await _may_connect(services):
        return htmx.go(reader, "/")
    return htmx.page(reader, reader.frame(), "setup/plex.html", None)


async def _may_connect(services: Services) -> bool:
    known = await services.by_plex.plex.installation.state()
    return services.by_plex.door.is_on and known.url is None
