"""Titles that can be asked for as pages show them: a poster, a name, one line, and what is known of them here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests import wanted
from medianest.media_requests.types import Availability, Hit, MediaType, Request, TitleKey
from medianest.pictures.types import Shown, Size, Source
from medianest.plex.titles.types import Guids, Item, Kind, Wanted

_HERE = frozenset({Availability.AVAILABLE})
_ON_ITS_WAY = frozenset({Availability.PENDING, Availability.PROCESSING})
KIND_IN_PLEX: Mapping[MediaType, Kind] = {MediaType.MOVIE: Kind.MOVIE, MediaType.TV: Kind.SHOW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is known of a title, as a shape and a word."""

    shape: str
    word: Message


HERE = Mark(shape="up", word=msg("web.asking.here"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One title; `in_plex` is its page there, for what can be watched already."""

    id: str
    path: str
    title: str
    detail: Message
    poster: Shown | None
    is_show: bool
    mark: Mark | None
    in_plex: str | None


async def cards(services: Services, actor: Actor, hits: Sequence[Hit]) -> tuple[Card, ...]:
    """With what Plex has of them, as far as somebody may see it, and what the household asked for."""
    items = await services.titles.present(actor, [_wanted(hit) for hit in hits])
    asked = await services.db.read(wanted.asked_for, [hit.key for hit in hits])
    return tuple(card(services, hit, item, asked.get(hit.key, ())) for hit, item in zip(hits, items, strict=True))


async def in_plex(services: Services, actor: Actor, hit: Hit) -> str | None:
    """Its page in Plex, if it is there and somebody may see it."""
    (item,) = await services.titles.present(actor, [_wanted(hit)])
    return f"/plex/titles/{item.key}" if item else None


def card(services: Services, hit: Hit, item: Item | None, asked: Sequence[Request]) -> Card:
    return Card(
        id=f"{hit.key.media_type}-{hit.key.tmdb_id}",
        path=path_of(hit.key),
        title=hit.title,
        detail=detail(hit),
        poster=services.pictures.shown(Source.TMDB, hit.poster, Size.POSTER_154),
        is_show=hit.key.media_type is MediaType.TV,
        mark=mark(hit, item, asked),
        in_plex=f"/plex/titles/{item.key}" if item else None,
    )


def mark(hit: Hit, item: Item | None, asked: Sequence[Request]) -> Mark | None:
    """The most that can be said of it."""
    if hit.availability in _HERE or (item and hit.key.media_type is MediaType.MOVIE):
        return HERE
    if asked or hit.availability in _ON_ITS_WAY or hit.availability_4k in _ON_ITS_WAY:
        return Mark(shape="waiting", word=msg("web.asking.asked"))
    if item or hit.availability is Availability.PARTIALLY_AVAILABLE:
        return Mark(shape="up", word=msg("web.asking.here_in_part"))
    return None


def detail(hit: Hit) -> Message:
    """The one line under a title."""
    kind = hit.key.media_type
    return msg(f"web.asking.{kind}_of", year=str(hit.year)) if hit.year else msg(f"web.asking.{kind}")


def path_of(key: TitleKey) -> str:
    return f"/ask/{key.media_type}/{key.tmdb_id}"


def _wanted(hit: Hit) -> Wanted:
    kind = KIND_IN_PLEX[hit.key.media_type]
    return Wanted(title=hit.title, year=hit.year, kind=kind, guids=Guids(tmdb=hit.key.tmdb_id))
