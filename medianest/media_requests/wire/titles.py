"""Titles: lists of them, and the page of one."""

from collections.abc import Iterator

from msgspec import Raw, Struct, field

from medianest.media_requests.types import (
    Availability,
    CastMember,
    Decision,
    Genre,
    Hit,
    Hits,
    MediaType,
    SeasonTold,
    Title,
)
from medianest.media_requests.wire.reading import (
    NAME_MOST,
    TEXT_MOST,
    TITLE_MOST,
    Medium,
    availability,
    checked,
    is_id,
    path,
    read,
    readable,
    title_key,
    year_of,
)
from medianest.media_requests.wire.requests import SeasonOf, requests_of

_CAST_MOST, _SEASONS_MOST = 20, 200
_TRAILERS = ("https://www.youtube.com/", "https://youtu.be/", "https://vimeo.com/")


class Told(Struct, rename="camel"):
    """What lists and pages have of a title; films and series say it in other words."""

    id: int
    media_type: str = ""
    title: str = ""
    name: str = ""
    release_date: str | None = None
    first_air_date: str | None = None
    overview: str | None = None
    poster_path: str | None = None
    backdrop_path: str | None = None
    vote_average: float | None = None
    media_info: Medium | None = None


class _Results(Struct, rename="camel"):
    results: list[Raw]
    page: int = 1
    total_pages: int = 1
    total_results: int = 0


def hits(body: bytes) -> Hits:
    """Films and series; people and collections among the results are left out."""
    told = read(body, _Results)
    items = tuple(found for row in readable(told.results, Told) if (found := _hit(row, row.media_type)))
    return Hits(items=items, page=told.page, pages=told.total_pages, total=told.total_results)


def _hit(told: Told, media_type: str) -> Hit | None:
    key = title_key(media_type, told.id)
    name = told.title or told.name
    if key is None or not name:
        return None
    medium = told.media_info
    return Hit(
        key=key,
        title=name[:TITLE_MOST],
        year=year_of(told.release_date or told.first_air_date),
        overview=(told.overview or "")[:TEXT_MOST],
        poster=path(told.poster_path),
        backdrop=path(told.backdrop_path),
        rating=told.vote_average if told.vote_average and 0 < told.vote_average <= 10 else None,
        availability=availability(medium.status) if medium else Availability.UNKNOWN,
        availability_4k=availability(medium.status4k) if medium else Availability.UNKNOWN,
    )


class _Genre(Struct):
    id: int = 0
    name: str = ""


class _CastMember(Struct):
    name: str = ""
    character: str = ""


class _Credits(Struct):
    cast: list[Raw] = []


class _Video(Struct):
    type: str = ""
    url: str = ""


class _ExternalIds(Struct, rename="camel"):
    imdb_id: str | None = None
    tvdb_id: int | None = None


class _Season(Struct, rename="camel"):
    season_number: int
    name: str = ""
    episode_count: int = 0


class _Page(Told, rename="camel"):
    tagline: str | None = None
    status: str | None = None
    runtime: int | None = None
    episode_run_time: list[int] = []
    genres: list[Raw] = []
    related_videos: list[Raw] = []
    credits: _Credits = field(default_factory=_Credits)
    external_ids: _ExternalIds = field(default_factory=_ExternalIds)
    seasons: list[Raw] = []


def title(body: bytes, media_type: MediaType) -> Title:
    """The page of a film or series."""
    told = read(body, _Page)
    medium = told.media_info or Medium()
    ids = told.external_ids
    return Title(
        hit=checked(_hit(told, media_type)),
        tagline=(told.tagline or "")[:TITLE_MOST],
        genres=tuple(genre.name[:NAME_MOST] for genre in readable(told.genres, _Genre) if genre.name),
        runtime_min=told.runtime or next(iter(told.episode_run_time), None),
        status=(told.status or "")[:NAME_MOST],
        imdb_id=ids.imdb_id if ids.imdb_id and ids.imdb_id.startswith("tt") else None,
        tvdb_id=ids.tvdb_id,
        trailer=_trailer(told),
        cast=tuple(_cast(told)),
        seasons=tuple(_seasons(told, medium)),
        media_id=medium.id or None,
        requests=requests_of(medium.requests),
    )


def genres(body: bytes) -> tuple[Genre, ...]:
    rows = readable(read(body, list[Raw]), _Genre)
    return tuple(Genre(id=one.id, name=one.name[:NAME_MOST]) for one in rows if one.name and is_id(one.id))


def _trailer(told: _Page) -> str | None:
    videos = (video.url for video in readable(told.related_videos, _Video) if video.type == "Trailer")
    return next((url for url in videos if url.startswith(_TRAILERS)), None)


def _cast(told: _Page) -> Iterator[CastMember]:
    for one in readable(told.credits.cast[:_CAST_MOST], _CastMember):
        yield CastMember(name=one.name[:NAME_MOST], character=one.character[:NAME_MOST])


def _seasons(told: _Page, medium: Medium) -> Iterator[SeasonTold]:
    """The seasons with what is there of them, and whether somebody asked for them in the usual quality."""
    there = {season.season_number: season.status for season in readable(medium.seasons, SeasonOf)}
    living = [one for one in requests_of(medium.requests) if not one.is_4k and one.decision is not Decision.DECLINED]
    asked = {number for one in living for number in one.seasons}
    for season in readable(told.seasons[:_SEASONS_MOST], _Season):
        number = season.season_number
        yield SeasonTold(
            number=number,
            name=season.name[:NAME_MOST],
            episodes=season.episode_count,
            availability=availability(there.get(number, 1)),
            asked=number in asked,
        )
