"""The first page: what just arrived, what is on its way, and where else the house has something."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from medianest.core.actor import Actor, Permission
from medianest.downloads import queries
from medianest.downloads.ordering import Sort
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import Download, State
from medianest.http.services import Services
from medianest.media_requests import listing
from medianest.web import htmx, plex_shelves
from medianest.web.acts import relation
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.plex_marks import marks
from medianest.web.plex_works import Shelf
from medianest.web.request_rows import RequestRow, request_rows
from medianest.web.request_steps import COMING
from medianest.web.rows import Row, row
from medianest.web.services_line import ServicesLine, services_line
from medianest.web.tiles import TileGroup, tile_groups

_UNDER_WAY = 5
_ARRIVED = 9
_HERE = frozenset({State.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The newest thing large, what is under way beside it, the rest that came in below, then Plex; links last.

    `asked` is what this reader asked for, or follows, and what is not there yet; `services` is how all are.
    """

    feature: Row | None
    under_way: tuple[Row, ...]
    arrived: tuple[Row, ...]
    asked: tuple[RequestRow, ...] = ()
    services: ServicesLine | None = None
    shelves: tuple[Shelf, ...] = ()
    links: tuple[TileGroup, ...] = ()


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The home page."""
    actor = reader.asking.actor
    active = await services.db.read(queries.listing, actor, states=ACTIVE, limit=_UNDER_WAY)
    here = await services.db.read(queries.listing, actor, states=_HERE, sort=Sort.FINISHED, limit=_ARRIVED)
    there = await marks(services.titles, actor, [*active.items, *here.items])
    arrived = [_shown(services, actor, item, there) for item in here.items]
    view = HomeView(
        feature=arrived[0] if arrived else None,
        under_way=tuple(_shown(services, actor, item, there) for item in active.items),
        arrived=tuple(arrived[1:]),
        asked=await _asked(services, actor),
        services=services_line(services.status.standing(actor)),
        shelves=await plex_shelves.for_home(services, actor),
        links=tile_groups(services.settings().tiles, actor),
    )
    return htmx.page(reader, replace(frame, place=Place.HOME), "home/page.html", view)


async def _asked(services: Services, actor: Actor) -> tuple[RequestRow, ...]:
    if not actor.may(Permission.REQUEST):
        return ()
    mine = await services.db.read(listing.listing, actor, states=COMING, mine=True, limit=_UNDER_WAY)
    return await request_rows(services, actor, mine.items)


def _shown(services: Services, actor: Actor, download: Download, there: Mapping[str, str]) -> Row:
    return row(services.downloads.with_progress(download), relation(actor, download), there.get(download.id))
