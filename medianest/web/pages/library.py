"""The library: what came in, newest first."""

from dataclasses import dataclass, replace

from litestar.params import FromQuery

from medianest.core.i18n import msg
from medianest.downloads import queries
from medianest.downloads.ordering import Sort
from medianest.downloads.types import State
from medianest.http.services import Services
from medianest.web import htmx
from medianest.web.acts import relation
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.plex_marks import marks
from medianest.web.rows import Row, row

_PAGE = 48
_HERE = frozenset({State.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryView:
    """The page of the library."""

    total: int
    chips: tuple[Chip, ...]
    rows: tuple[Row, ...]
    more: str | None


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    show: FromQuery[str] = "all",
    cursor: FromQuery[str | None] = None,
) -> Html:
    """What came in: everyone's, or one's own."""
    actor = reader.asking.actor
    mine = show == "mine"
    counts = await services.db.read(queries.counts, actor)
    found = await services.db.read(
        queries.listing, actor, states=_HERE, mine=mine, sort=Sort.FINISHED, cursor=cursor, limit=_PAGE
    )
    there = await marks(services.titles, actor, found.items)
    whose = "mine" if mine else "all"
    view = LibraryView(
        total=counts.completed,
        chips=(*chips(whose), *await _beside(services)),
        rows=tuple(row(item, relation(actor, item), there.get(item.id)) for item in found.items),
        more=f"/library?show={whose}&cursor={found.next_cursor}" if found.next_cursor else None,
    )
    return htmx.page(reader, replace(frame, place=Place.LIBRARY), "library/page.html", view)


async def _beside(services: Services) -> tuple[Chip, ...]:
    """What the household has elsewhere."""
    is_connected = (await services.titles.standing_at_once()).name is not None
    return (Chip(name="plex", path="/plex", label=msg("web.in_plex.title"), here=False),) if is_connected else ()


def chips(here: str) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            name=whose,
            path="/library" if whose == "all" else f"/library?show={whose}",
            label=msg(f"web.library.show_{whose}"),
            here=whose == here,
        )
        for whose in ("all", "mine")
    )
