"""What a Plex server says in JSON, and what it means to us.

Lists that are empty are left out; keys are strings, and other numbers are now and then, so that nothing is taken for
granted. What nobody needs is passed over unread, and an item that makes no sense does not spoil its list.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import DecodeError, Raw, Struct, field, json

from medianest.plex.titles.types import Begun, Guids, Item, Kind, Listed, Section

T = TypeVar("T")
_SUMMARY_MOST = 2000
_TITLE_MOST = 500
_OLDEST, _YOUNGEST = 0, 32_503_680_000  # the year 3000
_LARGEST = 2**53
_GUID = re.compile(
    r"^(?:com\.plexapp\.agents\.)?(?P<source>imdb|tmdb|themoviedb|tvdb|thetvdb)://(?P<id>tt\d{1,12}|\d{1,12})"
)
_SOURCES = {"themoviedb": "tmdb", "thetvdb": "tvdb"}


class _Guid(Struct):
    id: str = ""


class _Location(Struct):
    path: str = ""


class _Directory(Struct):
    """A section."""

    key: int | str = ""
    type: str = ""
    title: str = ""
    hidden: int = 0
    Location: list[_Location] = field(default_factory=list)


class _Metadata(Struct, rename="camel"):
    """An item of any kind."""

    rating_key: int | str
    type: str
    title: str = ""
    original_title: str = ""
    year: int | None = None
    guid: str = ""
    guids: list[_Guid] = field(name="Guid", default_factory=list)
    library_section: int | str = field(name="librarySectionID", default="")
    parent_rating_key: int | str = ""
    grandparent_rating_key: int | str = ""
    parent_title: str = ""
    grandparent_title: str = ""
    index: int | None = None
    parent_index: int | None = None
    duration: int | None = None
    view_offset: int | None = None
    summary: str = ""
    content_rating: str = ""
    thumb: str = ""
    parent_thumb: str = ""
    grandparent_thumb: str = ""
    added_at: int = 0
    updated_at: int = 0


class _Container(Struct, rename="camel"):
    """What every answer is: a list of items, or of sections."""

    size: int = 0
    total_size: int | None = None
    machine_identifier: str = ""
    library_section: int | str = field(name="librarySectionID", default="")
    metadata: list[Raw] = field(name="Metadata", default_factory=list)
    directory: list[Raw] = field(name="Directory", default_factory=list)


class _Answer(Struct):
    container: _Container = field(name="MediaContainer")


def machine_of(body: bytes) -> str:
    """Whose identity it is."""
    return _container(body).machine_identifier


def sections(body: bytes) -> Sequence[Section]:
    """The sections of films and shows."""
    found = _readable(_container(body).directory, _Directory)
    return [_section(one) for one in found if one.type in (Kind.MOVIE, Kind.SHOW) and one.key != ""]


def listed(body: bytes) -> Listed:
    """A page of items; those of other kinds count, and are left out."""
    container = _container(body)
    total = len(container.metadata) if container.total_size is None else container.total_size
    told = _readable(container.metadata, _Metadata)
    items = tuple(_item(one, str(container.library_section)) for one in told if one.type in list(Kind))
    return Listed(items=items, read=len(container.metadata), total=total)


def begun(body: bytes) -> Sequence[Begun]:
    """What somebody is in the midst of, or comes next."""
    container = _container(body)
    told = [one for one in _readable(container.metadata, _Metadata) if one.type in (Kind.MOVIE, Kind.EPISODE)]
    return [
        Begun(item=_item(one, str(container.library_section)), seen_s=(one.view_offset or 0) // 1000) for one in told
    ]


def guids_of(known: Iterable[str]) -> Guids:
    """The numbers among Plex's names of a title, be they of the new agents or of the old."""
    found: dict[str, str] = {}
    for name in known:
        if match := _GUID.match(name):
            found.setdefault(_SOURCES.get(match["source"], match["source"]), match["id"])
    imdb, tmdb, tvdb = (found.get(source, "") for source in ("imdb", "tmdb", "tvdb"))
    return Guids(
        imdb=imdb if imdb.startswith("tt") else None,
        tmdb=int(tmdb) if tmdb.isdigit() else None,
        tvdb=int(tvdb) if tvdb.isdigit() else None,
    )


def _container(body: bytes) -> _Container:
    """Raises ValueError for what is no answer of a Plex server."""
    return json.decode(body, type=_Answer, strict=False).container


def _readable(rows: Iterable[Raw], kind: type[T]) -> Iterator[T]:
    for row in rows:
        try:
            yield json.decode(row, type=kind, strict=False)
        except DecodeError:
            continue


def _section(told: _Directory) -> Section:
    return Section(
        key=str(told.key),
        kind=Kind(told.type),
        title=told.title[:_TITLE_MOST],
        hidden=told.hidden,
        folders=tuple(location.path for location in told.Location if location.path),
    )


def _item(told: _Metadata, section_key: str) -> Item:
    kind = Kind(told.type)
    return Item(
        key=str(told.rating_key),
        section_key=str(told.library_section) or section_key,
        kind=kind,
        title=told.title[:_TITLE_MOST],
        original_title=told.original_title[:_TITLE_MOST],
        year=_number(told.year),
        guids=guids_of([guid.id for guid in told.guids] + [told.guid]) if kind in _KNOWN else Guids(),
        number=_number(told.index),
        season_number=_number(told.parent_index) if kind is Kind.EPISODE else None,
        duration_s=told.duration // 1000 if told.duration and 0 < told.duration < _LARGEST else None,
        summary=told.summary[:_SUMMARY_MOST] if kind in _KNOWN else "",
        content_rating=told.content_rating[:32],
        added_at=_moment(told.added_at),
        updated_at=_moment(told.updated_at or told.added_at),
        **_lineage(told, kind),
    )


_KNOWN = (Kind.MOVIE, Kind.SHOW)
"""The kinds that are looked for by their numbers, and that are told about."""


def _lineage(told: _Metadata, kind: Kind) -> dict[str, Any]:
    """What an item belongs to, and the pictures that come from there."""
    if kind is Kind.EPISODE:
        return {
            "parent_key": str(told.parent_rating_key) or None,
            "show_key": str(told.grandparent_rating_key) or None,
            "show_title": told.grandparent_title[:_TITLE_MOST] or None,
            "poster": _path(told.grandparent_thumb or told.parent_thumb),
            "still": _path(told.thumb),
        }
    if kind is Kind.SEASON:
        show = str(told.parent_rating_key) or None
        title, poster = told.parent_title[:_TITLE_MOST] or None, _path(told.thumb or told.parent_thumb)
        return {"parent_key": show, "show_key": show, "show_title": title, "poster": poster}
    return {"poster": _path(told.thumb)}


def _path(told: str) -> str | None:
    """A picture's path on the server; anything else is none."""
    return told if told.startswith("/") and not told.startswith("//") and len(told) < 500 else None


def _number(told: int | None) -> int | None:
    return told if told is not None and abs(told) < _LARGEST else None


def _moment(told: int) -> datetime:
    return datetime.fromtimestamp(min(max(told, _OLDEST), _YOUNGEST), UTC)
