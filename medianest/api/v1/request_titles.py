"""What can be asked for: searched, listed, and one title with all that is told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from litestar.params import FromPath
from msgspec import Meta

from medianest.accounts import queries as accounts
from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import CurrentReader, Given, Served
from medianest.api.reader import Reader
from medianest.api.v1.people import Person
from medianest.api.wire import List, Output, Query, to_json
from medianest.core.i18n import msg
from medianest.core.paging import decode_cursor, encode_cursor
from medianest.http.services import Services
from medianest.media_requests import rights, wanted
from medianest.media_requests.discovery import PAGES_MOST
from medianest.media_requests.errors import NoTitle
from medianest.media_requests.types import (
    Availability,
    Hit,
    Hits,
    Listing,
    MediaType,
    Request,
    SeasonTold,
    State,
    Title,
    TitleKey,
)
from medianest.pictures.types import Size, Source

_NUMBERS = range(1, 2**31)
_Cursor = Annotated[str, Meta(max_length=512)] | None


class SearchedMedia(Query, frozen=True, kw_only=True):
    """What it is called."""

    q: Annotated[str, Meta(min_length=1, max_length=200)]
    cursor: _Cursor = None


class ListedMedia(Query, frozen=True, kw_only=True):
    """Which list; what is trending is films and series together unless one is named."""

    list: Listing
    media_type: MediaType | None = None
    cursor: _Cursor = None


class AskedFor(Output, frozen=True, kw_only=True):
    """A request that somebody made for a title."""

    id: str
    state: State
    is_4k: bool
    seasons: Sequence[int]
    owner: Person


class MediaTitle(Output, frozen=True, kw_only=True):
    """A film or series, how much of it is there, and who asked for it, as far as you may know."""

    media_type: MediaType
    tmdb_id: int
    title: str
    year: int | None
    overview: str
    poster: str | None
    rating: float | None
    availability: Availability
    availability_4k: Availability
    requests: Sequence[AskedFor]


class MediaSeason(Output, frozen=True, kw_only=True):
    """A season of a series; `asked` says that somebody asked for it in the usual quality."""

    number: int
    name: str
    episodes: int
    availability: Availability
    asked: bool


class MediaCast(Output, frozen=True, kw_only=True):
    """Who plays whom."""

    name: str
    character: str


class MediaTitleWhole(Output, frozen=True, kw_only=True):
    """All that is told of a title, as of `as_of`."""

    title: MediaTitle
    tagline: str
    genres: Sequence[str]
    runtime_min: int | None
    status: str
    imdb_id: str | None
    tvdb_id: int | None
    trailer: str | None
    cast: Sequence[MediaCast]
    seasons: Sequence[MediaSeason]
    as_of: datetime


async def search(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[SearchedMedia]) -> Answer:
    """Films and series that are called so."""
    told = await services.overseerr.discovery.search(asked.q, page=_page(asked.cursor))
    return await _listed(request, services, reader, told.value)


async def discover(request: AnyRequest, services: Served, reader: CurrentReader, asked: Given[ListedMedia]) -> Answer:
    """What is trending, popular or coming."""
    told = await services.overseerr.discovery.listing(asked.list, asked.media_type, page=_page(asked.cursor))
    return await _listed(request, services, reader, told.value)


async def show(
    request: AnyRequest, services: Served, reader: CurrentReader, media_type: FromPath[str], tmdb_id: FromPath[int]
) -> Answer:
    """One film or series."""
    if media_type not in list(MediaType) or tmdb_id not in _NUMBERS:
        raise NoTitle(msg("requests.no_title"))
    key = TitleKey(media_type=MediaType(media_type), tmdb_id=tmdb_id)
    told = await services.overseerr.discovery.title(key)
    (title,) = await _titles(services, reader, [told.value.hit])
    return answers.tagged(request, to_json(_whole(title, told.value, told.as_of)))


async def _listed(request: AnyRequest, services: Services, reader: Reader, hits: Hits) -> Answer:
    more = hits.page < min(hits.pages, PAGES_MOST)
    items = await _titles(services, reader, hits.items)
    return answers.tagged(
        request, to_json(List(items=items, next_cursor=encode_cursor(hits.page + 1) if more else None))
    )


async def _titles(services: Services, reader: Reader, hits: Sequence[Hit]) -> Sequence[MediaTitle]:
    asked = await services.db.read(wanted.asked_for, [hit.key for hit in hits])
    seen = {key: [one for one in known if rights.sees(reader.actor, one)] for key, known in asked.items()}
    owners = {one.owner_id for known in seen.values() for one in known if one.owner_id}
    names = await services.db.read(accounts.display_names, owners)

    def asked_for(one: Request) -> AskedFor:
        owner = Person(id=one.owner_id, name=names.get(one.owner_id or "", one.asker))
        return AskedFor(id=one.id, state=one.state, is_4k=one.wish.is_4k, seasons=one.wish.seasons, owner=owner)

    return [_title(services, reader, hit, [asked_for(one) for one in seen.get(hit.key, ())]) for hit in hits]


def _title(services: Services, reader: Reader, hit: Hit, requests: Sequence[AskedFor]) -> MediaTitle:
    poster = services.pictures.address_of(Source.TMDB, hit.poster, Size.POSTER_342)
    return MediaTitle(
        media_type=hit.key.media_type,
        tmdb_id=hit.key.tmdb_id,
        title=hit.title,
        year=hit.year,
        overview=hit.overview,
        poster=reader.href(poster) if poster else None,
        rating=hit.rating,
        availability=hit.availability,
        availability_4k=hit.availability_4k,
        requests=requests,
    )


def _whole(title: MediaTitle, told: Title, as_of: datetime) -> MediaTitleWhole:
    return MediaTitleWhole(
        title=title,
        tagline=told.tagline,
        genres=told.genres,
        runtime_min=told.runtime_min,
        status=told.status,
        imdb_id=told.imdb_id,
        tvdb_id=told.tvdb_id,
        trailer=told.trailer,
        cast=[MediaCast(name=one.name, character=one.character) for one in told.cast],
        seasons=[_season(one) for one in told.seasons],
        as_of=as_of,
    )


def _season(told: SeasonTold) -> MediaSeason:
    return MediaSeason(
        number=told.number,
        name=told.name,
        episodes=told.episodes,
        availability=told.availability,
        asked=told.asked,
    )


def _page(cursor: str | None) -> int:
    page: int = decode_cursor(cursor, int)[0] if cursor else 1
    return min(max(page, 1), PAGES_MOST)
