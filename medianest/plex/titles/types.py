"""Films, shows, seasons and episodes as the Plex server has them, and as people see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SIGNAL = "plex"
"""The live signal that the index changed, or that the server went or came back; it says no more than that."""


class Kind(StrEnum):
    """What an item is; music and photos are not kept."""

    MOVIE = "movie"
    SHOW = "show"
    SEASON = "season"
    EPISODE = "episode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guids:
    """By which numbers the world knows a title; TMDB counts films and shows apart."""

    imdb: str | None = None
    tmdb: int | None = None
    tvdb: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A library of the server; `hidden` as Plex has it: 1 is not on the home page, 2 is not found either."""

    key: str
    kind: Kind
    title: str
    hidden: int = 0
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing on the server; `key` is its rating key, which is lost when the item is removed and added again.

    `parent_key` leads to the season of an episode and to the show of a season, `show_key` to the show of both;
    `poster` is upright (of an episode its show's), `still` is an episode's own picture. Both are paths on the server.
    """

    key: str
    section_key: str
    kind: Kind
    title: str
    original_title: str = ""
    year: int | None = None
    guids: Guids = field(default_factory=Guids)
    parent_key: str | None = None
    show_key: str | None = None
    show_title: str | None = None
    number: int | None = None
    season_number: int | None = None
    duration_s: int | None = None
    summary: str = ""
    content_rating: str = ""
    poster: str | None = None
    still: str | None = None
    added_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An item that somebody is in the midst of; `seen_s` of it are over."""

    item: Item
    seen_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a list: what can be used of the `read` things in it, and how long the list is."""

    items: tuple[Item, ...]
    read: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A season with its episodes, in their order."""

    item: Item
    episodes: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A section, and how much the index has of it; `read_at` is when it was last read as a whole."""

    section: Section
    items: int
    read_at: datetime | None


def kinds_of(section: Kind) -> tuple[Kind, ...]:
    """What is in a section of this kind, what belongs to something after that to which it belongs."""
    return (Kind.MOVIE,) if section is Kind.MOVIE else (Kind.SHOW, Kind.SEASON, Kind.EPISODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A film or show that may be on the server; a number of TMDB says nothing without the kind."""

    title: str = ""
    year: int | None = None
    kind: Kind | None = None
    guids: Guids = field(default_factory=Guids)
