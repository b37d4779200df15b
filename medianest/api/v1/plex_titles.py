"""What is on the Plex server, as far as it is shared with you, and what you go on with there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar.params import FromPath
from msgspec import Meta

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.wire import List, Output, Paged, Query, Word, to_json
from medianest.http.services import Services
from medianest.pictures.types import Size, Source
from medianest.plex.titles.service import SEARCHED_MOST
from medianest.plex.titles.types import Holding, Item, Kind

_Section = Annotated[Word | None, Meta(description="Of this section only, by its id.")]


class PlexServer(Output, frozen=True, kw_only=True):
    """How it stands with the server; what is told of it may be as old as `as_of`, null where nothing was read yet."""

    connected: bool
    name: str | None
    away: bool
    as_of: datetime | None


class PlexSection(Output, frozen=True, kw_only=True):
    """A section of films or shows, and how many of them there are."""

    id: str
    type: Kind
    title: str
    titles: int


class Numbers(Output, frozen=True, kw_only=True):
    """By which numbers others know the title; TMDB counts films and shows apart."""

    imdb: str | None
    tmdb: int | None
    tvdb: int | None


class Watch(Output, frozen=True, kw_only=True):
    """Where it is watched: a page of Plex, and an address that Plex's app opens on a phone or tablet of Apple's."""

    web: str
    app: str


class PlexTitle(Output, frozen=True, kw_only=True):
    """A film, show, season or episode; `id` holds as long as the server keeps the title.

    `show` and `show_id` are those of a season or episode, `season` and `number` count within the show.
    """

    id: str
    type: Kind
    title: str
    original_title: str
    year: int | None
    show: str | None
    show_id: str | None
    season: int | None
    number: int | None
    duration_s: int | None
    summary: str
    content_rating: str
    section_id: str
    added_at: datetime
    poster: str | None
    numbers: Numbers
    watch: Watch | None


class PlexSeason(Output, frozen=True, kw_only=True):
    """A season with its episodes in their order."""

    season: PlexTitle
    episodes: Sequence[PlexTitle]


class PlexTitleWhole(Output, frozen=True, kw_only=True):
    """A title, and the seasons of a show; specials are season 0 and come last."""

    title: PlexTitle
    seasons: Sequence[PlexSeason]


class PlexContinued(Output, frozen=True, kw_only=True):
    """A film or episode of which `seen_s` are over."""

    title: PlexTitle
    seen_s: int


class RecentTitles(Paged, frozen=True, kw_only=True):
    """Which."""

    section: _Section = None


class SearchedTitles(Query, frozen=True, kw_only=True):
    """What is looked for; every word may go on, accents do not count."""

    q: Annotated[str, Meta(min_length=1, max_length=200)]
    limit: Annotated[int, Meta(ge=1, le=SEARCHED_MOST)] = 20


class SectionTitles(Paged, frozen=True, kw_only=True):
    """Of which section."""

    section: Annotated[Word, Meta(description="The section's id.")]


async def server(request: AnyRequest, services: Served) -> Answer:
    """The Plex server of the household."""
    standing = await services.titles.standing()
    told = PlexServer(
        connected=standing.name is not None, name=standing.name, away=standing.is_away, as_of=standing.as_of
    )
    return answers.tagged(request, to_json(told))


async def sections(request: AnyRequest, services: Served, reader: CurrentReader) -> Answer:
    """The sections that you may see, as the server orders them."""
    found = await services.titles.sections(reader.actor)
    return answers.tagged(request, to_json(List(items=[_section(one) for one in found])))


async def recent(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[RecentTitles]) -> Answer:
    """Films and episodes that came last, the newest first."""
    page = await services.titles.recent(reader.actor, section=asked.section, cursor=asked.cursor, limit=asked.limit)
    items = await _titles(services, reader, page.items)
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))


async def listing(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[SectionTitles]) -> Answer:
    """The films or shows of a section, by title."""
    page = await services.titles.listing(reader.actor, asked.section, cursor=asked.cursor, limit=asked.limit)
    items = await _titles(services, reader, page.items)
    return answers.tagged(request, to_json(List(items=items, next_cursor=page.next_cursor)))


async def search(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[SearchedTitles]) -> Answer:
    """What is called so: films and shows, then episodes."""
    found = await services.titles.search(reader.actor, asked.q, limit=asked.limit)
    return answers.tagged(request, to_json(List(items=await _titles(services, reader, found))))


async def begun(request: AnyRequest, services: Served, reader: CurrentReader) -> Answer:
    """What you are in the midst of, asked with your own Plex account; without a linked one there is nothing."""
    told = await services.titles.begun(reader.actor)
    titles = await _titles(services, reader, [one.item for one in told.begun])
    items = [PlexContinued(title=title, seen_s=one.seen_s) for title, one in zip(titles, told.begun, strict=True)]
    return answers.tagged(request, to_json(List(items=items)))


async def show(request: AnyRequest, services: Served, reader: CurrentReader, id: FromPath[str]) -> Answer:
    """One title, with the seasons and episodes of a show."""
    known = await services.titles.title(reader.actor, id)
    seasons = [
        PlexSeason(
            season=(await _titles(services, reader, [one.item]))[0],
            episodes=await _titles(services, reader, one.episodes),
        )
        for one in known.seasons
    ]
    (title,) = await _titles(services, reader, [known.item])
    return answers.tagged(request, to_json(PlexTitleWhole(title=title, seasons=seasons)))


async def _titles(services: Services, reader: Reader, items: Sequence[Item]) -> list[PlexTitle]:
    ways = await services.titles.watch([item.key for item in items])
    return [
        _title(services, reader, item, Watch(web=way.web, app=way.app) if way else None)
        for item, way in zip(items, ways, strict=True)
    ]


def _title(services: Services, reader: Reader, item: Item, watch: Watch | None) -> PlexTitle:
    poster = services.pictures.address_of(Source.PLEX, item.poster, Size.POSTER_342)
    return PlexTitle(
        id=item.key,
        type=item.kind,
        title=item.title,
        original_title=item.original_title,
        year=item.year,
        show=item.show_title,
        show_id=item.show_key,
        season=item.season_number if item.kind is Kind.EPISODE else item.number if item.kind is Kind.SEASON else None,
        number=item.number if item.kind is Kind.EPISODE else None,
        duration_s=item.duration_s,
        summary=item.summary,
        content_rating=item.content_rating,
        section_id=item.section_key,
        added_at=item.added_at,
        poster=reader.href(poster) if poster else None,
        numbers=Numbers(imdb=item.guids.imdb, tmdb=item.guids.tmdb, tvdb=item.guids.tvdb),
        watch=watch,
    )


def _section(holding: Holding) -> PlexSection:
    section = holding.section
    return PlexSection(id=section.key, type=section.kind, title=section.title, titles=holding.items)
