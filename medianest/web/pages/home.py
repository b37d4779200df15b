"""The first page: what just arrived, what is on its way, and where else the house has something.

All of it is from here, so that it is there at once; what only another server can tell comes by itself (`plex_titles`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from medianest.core import clock
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
_WISHES = 14
_LATELY = timedelta(days=14)
_HERE = frozenset({State.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """What is on its way: downloads, what this reader asked for or follows; and how all `services` are."""

    downloads: tuple[Row, ...] = ()
    asked: tuple[RequestRow, ...] = ()
    services: ServicesLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The newest thing large, what is on its way beside it; then what is gone on with and what came; links last.

    `wishes` came because this reader asked for them, or follows them; `begun` and `new` are shelves of Plex.
    """

    feature: Row | None
    way: WayView
    arrived: tuple[Row, ...]
    begun: Shelf | None = None
    wishes: tuple[RequestRow, ...] = ()
    new: Shelf | None = None
    links: tuple[TileGroup, ...] = ()


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The home page."""
    actor = reader.asking.actor
    arrived = await _arrived(services, actor)
    begun, new = await plex_shelves.for_home(services, actor)
    view = HomeView(
        feature=arrived[0] if arrived else None,
        way=await _way(services, actor),
        arrived=arrived[1:],
        begun=begun,
        wishes=await _wishes(services, actor),
        new=new,
        links=tile_groups(services.settings().tiles, actor),
    )
    return htmx.page(reader, replace(frame, place=Place.HOME), "home/page.html", view)


async def under_way(reader: CurrentReader, services: TheServices) -> Html:
    """What is on its way, and how the services are: the part of the page that moves."""
    if not reader.by_htmx:
        return htmx.go(reader, "/")
    return htmx.fragment(reader, "home/_under_way.html", {"way": await _way(services, reader.asking.actor)})


async def came(reader: CurrentReader, services: TheServices) -> Html:
    """What arrived: the newest, and the others."""
    if not reader.by_htmx:
        return htmx.go(reader, "/")
    rows = await _arrived(services, reader.asking.actor)
    return htmx.fragment(reader, "home/_came.html", {"feature": rows[0] if rows else None, "arrived": rows[1:]})


async def wishes(reader: CurrentReader, services: TheServices) -> Html:
    """What this reader asked for that has come lately."""
    if not reader.by_htmx:
        return htmx.go(reader, "/")
    return htmx.fragment(reader, "home/_wishes.html", {"wishes": await _wishes(services, reader.asking.actor)})


async def _way(services: Services, actor: Actor) -> WayView:
    active = await services.db.read(queries.listing, actor, states=ACTIVE, limit=_UNDER_WAY)
    there = await marks(services.titles, actor, active.items)
    return WayView(
        downloads=tuple(_shown(services, actor, item, there) for item in active.items),
        asked=await _asked(services, actor),
        services=services_line(services.status.standing(actor)),
    )


async def _arrived(services: Services, actor: Actor) -> tuple[Row, ...]:
    here = await services.db.read(queries.listing, actor, states=_HERE, sort=Sort.FINISHED, limit=_ARRIVED)
    there = await marks(services.titles, actor, here.items)
    return tuple(_shown(services, actor, item, there) for item in here.items)


async def _asked(services: Services, actor: Actor) -> tuple[RequestRow, ...]:
    if not actor.may(Permission.REQUEST):
        return ()
    mine = await services.db.read(listing.listing, actor, states=COMING, mine=True, limit=_UNDER_WAY)
    return await request_rows(services, actor, mine.items)


async def _wishes(services: Services, actor: Actor) -> tuple[RequestRow, ...]:
    if not actor.may(Permission.REQUEST):
        return ()
    got = await services.db.read(listing.fulfilled, actor, since=clock.now() - _LATELY, limit=_WISHES)
    return await request_rows(services, actor, got)


def _shown(services: Services, actor: Actor, download: Download, there: Mapping[str, str]) -> Row:
    return row(services.downloads.with_progress(download), relation(actor, download), there.get(download.id))
