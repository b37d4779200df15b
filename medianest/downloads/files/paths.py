"""Where a finished file goes: the template of its preset, filled with what is known of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from medianest.core.config.path_templates import Component, Field
from medianest.downloads.files import naming
from medianest.downloads.protocol import About, Info
from medianest.downloads.types import Download

_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|\{\s*\}")
_LOOSE_ENDS = " -"
_NAMELESS = "download"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a list a download came from: what the list is called, and the number there."""

    list_title: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What fills a template."""

    title: str
    id: str
    site: str
    about: About
    owner: str = ""
    preset: str = ""

    def values(self) -> Mapping[str, str]:
        """Every field by its name; empty where nothing is known."""
        about = self.about
        year, month, day = about.date[:4], about.date[4:6], about.date[6:8]
        return {
            "title": self.title,
            "id": naming.plain_id(self.id),
            "site": self.site,
            "uploader": about.uploader,
            "show": about.series or about.playlist or about.uploader or self.site,
            "playlist": about.playlist,
            "index": _number(about.index),
            "season": _number(about.season) or year or "1",
            "episode": _number(about.episode) or _number(about.index) or month + day or "1",
            "artist": about.artist or about.uploader,
            "album": about.album,
            "track": about.track or self.title,
            "year": year,
            "month": month,
            "day": day,
            "date": "-".join(filter(None, (year, month, day))),
            "owner": self.owner,
            "preset": self.preset,
        }


def known(download: Download, info: Info) -> Known:
    """What is known of a download when a child has described its link."""
    return Known(
        title=info.title,
        id=info.source_id,
        site=info.site,
        about=info.about,
        owner=download.owner.name,
        preset=download.preset,
    )


def of_list(info: Info, place: Place | None) -> Info:
    """The same with its place in the list that it was queued from; a site tells that only of what it serves as one."""
    if place is None:
        return info
    return structs.replace(info, about=structs.replace(info.about, playlist=place.list_title, index=place.number))


def path(template: Sequence[Component], known: Known, extension: str, *, limit_bytes: int, room: int = 0) -> str:
    """The path relative to the media folder, each part of it a name of at most `limit_bytes` bytes.

    `room` is how many bytes more than the extension the longest name beside the file needs.
    """
    values = {name: naming.clean(value) for name, value in known.values().items()}
    *folders, last = template
    named = [_name(folder, values, limit_bytes) for folder in folders]
    stem = _name(last, values, limit_bytes - len(f".{extension}") - room)
    return "/".join([*filter(None, named), f"{stem or _NAMELESS}.{extension}"])


def _name(component: Component, values: Mapping[str, str], limit_bytes: int) -> str:
    """The name that a component becomes; what is too long is taken from its longest field."""
    pieces = [piece if isinstance(piece, str) else _value(piece, values) for piece in component]
    surplus = len(_tidy(pieces).encode()) - limit_bytes
    if surplus > 0:
        fields = [place for place, piece in enumerate(component) if not isinstance(piece, str)]
        longest = max(fields, key=lambda place: len(pieces[place].encode()), default=0)
        pieces[longest] = naming.trimmed(pieces[longest], len(pieces[longest].encode()) - surplus)
    return naming.trimmed(naming.clean(_tidy(pieces)), limit_bytes)


def _tidy(pieces: Sequence[str]) -> str:
    """Without what fields that are not known leave behind."""
    return " ".join(_EMPTY_BRACKETS.sub("", "".join(pieces)).split()).strip(_LOOSE_ENDS)


def _value(field: Field, values: Mapping[str, str]) -> str:
    value = next(filter(None, (values[name] for name in field.names)), "")
    return value.zfill(field.digits) if value.isdecimal() else value


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
