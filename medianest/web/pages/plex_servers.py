"""Admin: choosing the household's server among those that a Plex account owns, and the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from litestar.params import FromPath

from medianest.core.errors import MediaNestError
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.plex.connecting import Offer, Way
from medianest.plex.errors import AnothersAccount, PinExpired
from medianest.plex.types import Guest
from medianest.web import forms, htmx
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html
from medianest.web.pages.plex import view_of
from medianest.web.pages.plex_door import forget, over, refused, secret_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """One address, and what came of trying it."""

    url: str
    kind: Message
    finding: Message
    state: str
    is_open: bool
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCard:
    """A server that can be chosen, if a way to it is open."""

    machine_id: str
    name: str
    ways: tuple[WayRow, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServersView:
    """The servers of the account; `path` is where the choice goes."""

    servers: tuple[ServerCard, ...]
    path: str


async def show(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """The servers, each way to them tried just now."""
    actor = reader.asking.actor
    try:
        journey = await services.by_plex.door.look(actor, id, secret_of(request, reader, id))
        offers = await services.by_plex.plex.connecting.offers(actor, journey)
    except PinExpired as error:
        return over(reader, error)
    except MediaNestError as error:
        return refused(reader, error, onward=f"/admin/plex/servers/{id}")
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/plex_servers.html", servers_view(id, offers))


async def choose(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Take one of them."""
    form, actor = await forms.read(request), reader.asking.actor
    try:
        journey = await services.by_plex.door.look(actor, id, secret_of(request, reader, id))
        account, server = await services.by_plex.plex.connecting.choose(
            actor, journey, form.text("machine_id"), form.text("url")
        )
    except PinExpired as error:
        return over(reader, error)
    except MediaNestError as error:
        return refused(reader, error, onward=f"/admin/plex/servers/{id}")
    if form.text("own"):
        guest = Guest(account=account, token=journey.token, server_token=server.token)
        try:
            await services.by_plex.door.adopt(actor, guest)
        except AnothersAccount as error:
            return await _connected_but(reader, services, frame, error)
    return forget(htmx.go(reader, "/admin/plex"), reader, id)


async def _connected_but(reader: CurrentReader, services: Services, frame: PageFrame, error: AnothersAccount) -> Html:
    view = replace(await view_of(services), tested=error.message, is_well=False)
    return htmx.page(reader, replace(frame, place=Place.ADMIN), "admin/plex.html", view)


def servers_view(id: str, offers: Sequence[Offer]) -> ServersView:
    return ServersView(servers=tuple(server_card(offer) for offer in offers), path=f"/admin/plex/servers/{id}")


def server_card(offer: Offer) -> ServerCard:
    best = offer.best
    return ServerCard(
        machine_id=offer.server.machine_id,
        name=offer.server.name,
        ways=tuple(way_row(way, chosen=way is best) for way in offer.ways),
        is_open=best is not None,
    )


def way_row(way: Way, *, chosen: bool) -> WayRow:
    kind = "relay" if way.address.relay else "local" if way.address.local else "remote"
    return WayRow(
        url=way.address.url,
        kind=msg(f"web.plex.way_{kind}"),
        finding=msg(f"plex_sign_in.found_{way.look.found}"),
        state="up" if way.is_open else "down",
        is_open=way.is_open,
        chosen=chosen,
    )
