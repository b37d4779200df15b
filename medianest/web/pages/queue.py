"""The queue: what is under way, waits, needs somebody or has come in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from litestar.params import FromQuery

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.downloads import failed, queries, rights
from medianest.downloads.lists import queries as playlist_queries
from medianest.downloads.ordering import Sort
from medianest.downloads.sites import queries as site_queries
from medianest.downloads.states import ACTIVE
from medianest.downloads.types import Download, State
from medianest.http.services import Services
from medianest.status.types import Function
from medianest.web import htmx
from medianest.web.acts import relation
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html
from medianest.web.outages import FunctionDown, down
from medianest.web.pages.failures import CauseRow, cause_rows
from medianest.web.playlists import ListRow, list_row
from medianest.web.plex_marks import marks
from medianest.web.rows import Row, Section, Tally, row, tally
from medianest.web.sites import SiteTile, tiles

_LISTED_MOST = 200
_LATELY = 10
_PAGE = 50
_SITES = 6
_FAILED = frozenset({State.FAILED})
_DONE = frozenset({State.COMPLETED, State.CANCELLED})
_LINK_MOST = 4096


class Shows(StrEnum):
    """Which downloads the page lists."""

    ALL = "all"
    MINE = "mine"
    FAILED = "failed"
    FINISHED = "finished"


_ONE_STATE = {Shows.FAILED: _FAILED, Shows.FINISHED: _DONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """One part of the queue."""

    name: Section
    title: Message
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The page of the queue."""

    shows: Shows
    counts: Tally
    chips: tuple[Chip, ...]
    sections: tuple[SectionView, ...]
    path: str
    lists: tuple[ListRow, ...] = ()
    sites: tuple[SiteTile, ...] = ()
    causes: tuple[CauseRow, ...] = ()
    more: str | None = None
    down: FunctionDown | None = None

    @property
    def empty_title(self) -> Message:
        return msg(f"web.queue.empty_{self.shows}")


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    show: FromQuery[str] = "all",
    cursor: FromQuery[str | None] = None,
    url: FromQuery[str] = "",
) -> Html:
    """The queue, or the part of it that was chosen; a link that another page hands over stands in the box."""
    actor = reader.asking.actor
    shows = next((choice for choice in Shows if choice == show), Shows.ALL)
    counts = tally(await services.db.read(queries.counts, actor))
    found, more = await _found(services, actor, shows, cursor)
    there, shown = await marks(services.titles, actor, found), services.downloads.with_progress
    rows = (row(shown(item), relation(actor, item), there.get(item.id)) for item in found)
    view = QueueView(
        shows=shows,
        counts=counts,
        chips=chips(shows, counts),
        sections=sections(rows),
        path=_path(shows, cursor),
        lists=await _lists(services, actor, shows),
        causes=cause_rows(await services.db.read(failed.causes, actor)) if shows is Shows.FAILED else (),
        sites=await _sites(services, actor) if shows is Shows.ALL else (),
        more=_path(shows, more) if more else None,
        down=down(services, Function.DOWNLOADS),
    )
    return htmx.page(reader, replace(frame, place=Place.QUEUE, link=url[:_LINK_MOST]), "queue/page.html", view)


def chips(shows: Shows, counts: Tally) -> tuple[Chip, ...]:
    figures = {Shows.FAILED: counts.failed, Shows.FINISHED: counts.completed}  # what live news keep true for all
    return tuple(
        Chip(
            name=choice,
            path="/queue" if choice is Shows.ALL else f"/queue?show={choice}",
            label=msg(f"web.queue.show_{choice}"),
            here=choice is shows,
            n=figures.get(choice),
        )
        for choice in Shows
    )


def sections(rows: Iterable[Row]) -> tuple[SectionView, ...]:
    """The rows under their headings; a part without rows is there all the same, for what a live update brings."""
    listed = tuple(rows)
    return tuple(
        SectionView(
            name=section,
            title=msg(f"web.queue.section_{section}"),
            rows=tuple(row for row in listed if row.section is section),
        )
        for section in Section
    )


def _path(shows: Shows, cursor: str | None) -> str:
    return f"/queue?show={shows}" + (f"&cursor={cursor}" if cursor else "")


async def _lists(services: Services, actor: Actor, shows: Shows) -> tuple[ListRow, ...]:
    """The lists that are on their way, where that is what is shown."""
    if shows in _ONE_STATE:
        return ()
    found = await services.db.read(playlist_queries.under_way, actor, mine=shows is Shows.MINE)
    return tuple(list_row(playlist, actor) for playlist in found)


async def _sites(services: Services, actor: Actor) -> tuple[SiteTile, ...]:
    """How it stands with the sites that were asked last, for who sees what comes from there."""
    if not rights.sees_all(actor):
        return ()
    sites = await services.db.read(site_queries.in_view, limit=_SITES)
    return tiles(sites, await services.db.read(site_queries.waiting, [site.name for site in sites]))


async def _found(
    services: Services, actor: Actor, shows: Shows, cursor: str | None
) -> tuple[list[Download], str | None]:
    """The downloads of the page, and the cursor of those that follow where there is one list only."""
    read = services.db.read
    if shows in _ONE_STATE:
        states = _ONE_STATE[shows]
        page = await read(queries.listing, actor, states=states, sort=Sort.FINISHED, cursor=cursor, limit=_PAGE)
        return list(page.items), page.next_cursor
    mine = shows is Shows.MINE
    active = await read(queries.listing, actor, states=ACTIVE, mine=mine, limit=_LISTED_MOST)
    failed = await read(queries.listing, actor, states=_FAILED, mine=mine, sort=Sort.FINISHED, limit=_PAGE)
    done = await read(queries.listing, actor, states=_DONE, mine=mine, sort=Sort.FINISHED, limit=_LATELY)
    return [*active.items, *failed.items, *done.items], None
