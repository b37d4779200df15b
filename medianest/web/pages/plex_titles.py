"""What is on the Plex server: what is new, what is in each section, what is found, and one title."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from litestar.params import FromPath, FromQuery

from medianest.core.errors import Unavailable
from medianest.core.i18n import Message, msg
from medianest.http.links import absolute
from medianest.http.services import Services
from medianest.pictures.types import Shown, Size, Source
from medianest.plex.titles.links import Watch
from medianest.plex.titles.service import Standing, Title
from medianest.plex.titles.types import Holding, Item
from medianest.status.types import Function
from medianest.web import htmx, plex_shelves
from medianest.web.frame import Chip, Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import Html, Reader
from medianest.web.outages import FunctionDown, down, wanted
from medianest.web.plex_works import Shelf, Work, detail, newest, works_of

_PAGE = 48
_FOUND_MOST = 48
_APPLE = ("iphone", "ipad", "ipod")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlexView:
    """The page of the server: `heading` says what is shown, `note` what is the matter.

    For who looks after it: `webhook` is where the server may post its news, `may_connect` whether there is none yet.
    """

    name: str
    q: str
    chips: tuple[Chip, ...]
    heading: Message
    works: tuple[Work, ...]
    webhook: str | None = None
    may_connect: bool = False
    is_reading: bool = False
    more: str | None = None
    note: Message | None = None
    as_of: datetime | None = None
    down: FunctionDown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """An episode, and where it is watched."""

    number: int | None
    title: str
    duration_s: int | None
    watch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonView:
    """A season as a part of its show's page."""

    title: str
    episodes: tuple[EpisodeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleView:
    """The page of a title: `watch` is where this reader's device opens it, `in_browser` the other way, if it is one."""

    title: str
    detail: Message
    original_title: str
    duration_s: int | None
    content_rating: str
    summary: str
    poster: Shown | None
    is_show: bool
    watch: str | None
    in_browser: str | None
    seasons: tuple[SeasonView, ...]
    down: FunctionDown | None = None


async def show(
    reader: CurrentReader,
    services: TheServices,
    frame: PageFrame,
    q: FromQuery[str] = "",
    section: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Html:
    """What is found, or what is in a section, or what is new."""
    actor, titles = reader.asking.actor, services.titles
    standing = await titles.standing()
    view = _empty(reader, services, standing, q)
    try:
        sections = await titles.sections(actor)
        view = replace(view, chips=_chips(sections, section, is_search=bool(q)))
        if q:
            found = await titles.search(actor, q, limit=_FOUND_MOST)
            view = replace(
                view, heading=msg("web.in_plex.found", n=len(found)), works=works_of(services.pictures, found)
            )
        elif section is not None:
            page = await titles.listing(actor, section, cursor=cursor, limit=_PAGE)
            more = f"/plex?section={section}&cursor={page.next_cursor}" if page.next_cursor else None
            title = next((one.section.title for one in sections if one.section.key == section), "")
            works = works_of(services.pictures, page.items)
            view = replace(view, heading=msg("web.in_plex.part", title=title), works=works, more=more)
        else:
            page = await titles.recent(actor, limit=plex_shelves.LOOKED_AT)
            view = replace(view, works=newest(services.pictures, page.items, most=plex_shelves.SHOWN))
    except Unavailable as error:
        view = replace(view, note=error.message)
    if standing.is_away:
        view = replace(view, note=msg("web.in_plex.away"), as_of=standing.as_of)
    return htmx.page(reader, replace(frame, place=Place.LIBRARY), "plex/page.html", view)


async def new(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """What is new: the shelf of the home page, or by itself."""
    return _shelf(reader, frame, await plex_shelves.new(services, reader.asking.actor))


async def going_on(reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """What somebody is in the midst of: the shelf of the home page, or by itself."""
    return _shelf(reader, frame, await plex_shelves.going_on(services, reader.asking.actor))


async def show_one(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """One title."""
    known = await services.titles.title(reader.asking.actor, id)
    keys = [episode.key for season in known.seasons for episode in season.episodes]
    ways = dict(zip(keys, await services.titles.watch(keys), strict=True))
    view = _title_view(services, known, is_apples=_is_apples(reader))
    seasons = tuple(
        SeasonView(
            title=season.item.title,
            episodes=tuple(_episode(one, ways[one.key], is_apples=_is_apples(reader)) for one in season.episodes),
        )
        for season in known.seasons
    )
    page = replace(view, seasons=seasons, down=wanted(services, reader.asking.actor, Function.PLEX))
    return htmx.page(reader, replace(frame, place=Place.LIBRARY), "plex/title.html", page)


def _empty(reader: Reader, services: Services, standing: Standing, q: str) -> PlexView:
    """The page before anything is known to stand on it."""
    is_admin = reader.asking.actor.is_admin
    return PlexView(
        name=standing.name or "",
        q=q,
        chips=(),
        heading=msg("web.in_plex.new"),
        works=(),
        webhook=_webhook(reader, services) if is_admin and standing.name else None,
        may_connect=is_admin and standing.name is None,
        is_reading=standing.name is not None and standing.as_of is None,
        down=down(services, Function.PLEX) if standing.name else None,
    )


def _webhook(reader: Reader, services: Services) -> str:
    path = f"/webhooks/plex/{services.titles.webhook_secret()}/news"
    return absolute(reader.asking, path, services.settings().server)


def _shelf(reader: Reader, frame: PageFrame, shelf: Shelf) -> Html:
    if shelf.polls or shelf.instead:
        reader.asking.etag = None  # no table tells when the server answers
    if reader.by_htmx:
        return htmx.fragment(reader, "plex/_shelf.html", {"shelf": shelf})
    return htmx.page(reader, replace(frame, place=Place.HOME), "plex/shelf.html", shelf)


def _chips(sections: Sequence[Holding], section: str | None, *, is_search: bool) -> tuple[Chip, ...]:
    new = Chip(name="new", path="/plex", label=msg("web.in_plex.new"), here=section is None and not is_search)
    return (
        new,
        *(
            Chip(
                name=one.section.key,
                path=f"/plex?section={one.section.key}",
                label=msg("web.in_plex.part", title=one.section.title),
                here=one.section.key == section and not is_search,
                n=one.items,
            )
            for one in sections
        ),
    )


def _title_view(services: Services, known: Title, *, is_apples: bool) -> TitleView:
    item, watch = known.item, known.watch
    return TitleView(
        title=item.title,
        detail=detail(item),
        original_title=item.original_title if item.original_title != item.title else "",
        duration_s=item.duration_s,
        content_rating=item.content_rating,
        summary=item.summary,
        poster=services.pictures.shown(Source.PLEX, item.poster, Size.POSTER_342),
        is_show=bool(known.seasons),
        watch=_way(watch, is_apples=is_apples),
        in_browser=watch.web if watch and is_apples else None,
        seasons=(),
    )


def _episode(item: Item, watch: Watch | None, *, is_apples: bool) -> EpisodeRow:
    return EpisodeRow(
        number=item.number, title=item.title, duration_s=item.duration_s, watch=_way(watch, is_apples=is_apples)
    )


def _way(watch: Watch | None, *, is_apples: bool) -> str | None:
    """Apple's devices open the app only by its own kind of address; all others by that of the page."""
    if watch is None:
        return None
    return watch.app if is_apples else watch.web


def _is_apples(reader: Reader) -> bool:
    agent = reader.asking.user_agent.lower()
    return any(name in agent for name in _APPLE)
