"""Titles of the Plex server as pages show them: a poster, a name, one line, and where they lead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from medianest.core.i18n import Message, msg
from medianest.pictures.service import Pictures
from medianest.pictures.types import Shown, Size, Source
from medianest.plex.titles.types import Begun, Item, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One card; `percent` is how much of it somebody has seen."""

    id: str
    path: str
    title: str
    detail: Message
    poster: Shown | None
    is_show: bool = False
    percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """What is said in the place of works: `at` is the time that the title ends in, `link` where it can be mended.

    With `again` it can be tried again; `is_all` where nothing is the matter, and there is nothing.
    """

    title: Message
    text: Message
    at: datetime | None = None
    link: str | None = None
    again: bool = False
    is_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Some works in a row. `note` says what is the matter with them, and `instead` why there are none.

    Without works the page asks for them by itself, and where it `asks`, for newer ones; where it `polls`, again and
    again. One that `is_quiet` was empty last time, and is not seen while it still is.
    """

    name: str
    path: str
    title: Message
    works: tuple[Work, ...] | None = None
    note: Message | None = None
    as_of: datetime | None = None
    instead: Instead | None = None
    asks: bool = False
    polls: bool = False
    is_quiet: bool = False


def works_of(pictures: Pictures, items: Iterable[Item]) -> tuple[Work, ...]:
    """Each by itself."""
    return tuple(_work(pictures, item) for item in items)


def newest(pictures: Pictures, items: Sequence[Item], *, most: int) -> tuple[Work, ...]:
    """Several episodes of a show are one card, at the place of the newest."""
    of_shows: dict[str, list[Item]] = {}
    for item in items:
        of_shows.setdefault(item.show_key or item.key, []).append(item)
    return tuple(_arrived(pictures, group) for group in list(of_shows.values())[:most])


def begun_works(pictures: Pictures, begun: Iterable[Begun]) -> tuple[Work, ...]:
    """With how far somebody is; what is not begun comes next."""
    return tuple(_work(pictures, one.item, percent=_percent(one)) for one in begun)


def _arrived(pictures: Pictures, group: Sequence[Item]) -> Work:
    first = group[0]
    if len(group) == 1 or first.show_key is None:
        return _work(pictures, first)
    return Work(
        id=first.show_key,
        path=f"/plex/titles/{first.show_key}",
        title=first.show_title or first.title,
        detail=msg("web.in_plex.new_episodes", n=len(group)),
        poster=_poster(pictures, first),
        is_show=True,
    )


def _work(pictures: Pictures, item: Item, *, percent: float | None = None) -> Work:
    of_show = item.kind in (Kind.EPISODE, Kind.SEASON)
    return Work(
        id=item.key,
        path=f"/plex/titles/{item.show_key if of_show and item.show_key else item.key}",
        title=(item.show_title or item.title) if of_show else item.title,
        detail=detail(item),
        poster=_poster(pictures, item),
        is_show=item.kind is not Kind.MOVIE,
        percent=percent,
    )


def detail(item: Item) -> Message:
    """The one line under a title."""
    if item.kind is Kind.EPISODE and item.season_number is not None and item.number is not None:
        return msg("web.in_plex.episode", season=item.season_number, number=item.number, title=item.title)
    if item.kind in (Kind.EPISODE, Kind.SEASON):
        return msg("web.in_plex.part", title=item.title)
    if item.year is None:
        return msg(f"web.in_plex.kind_{item.kind}")
    return msg(f"web.in_plex.{item.kind}_of", year=str(item.year))


def _percent(begun: Begun) -> float | None:
    length = begun.item.duration_s
    return min(100.0, 100 * begun.seen_s / length) if length and begun.seen_s else None


def _poster(pictures: Pictures, item: Item) -> Shown | None:
    return pictures.shown(Source.PLEX, item.poster, Size.POSTER_154)
