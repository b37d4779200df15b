"""The little language in which a preset says where its files go: fields in braces between plain words, and no code.

`{title}` is a field, `{index:03}` a number with at least three digits, `{artist|uploader}` the first that is known.
A slash begins a folder. The extension comes by itself; `.{ext}` at the end says so and changes nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from medianest.core.config.problems import nearest

FIELDS = (
    "title", "id", "site", "uploader", "show", "playlist", "index", "season", "episode", "artist", "album", "track",
    "year", "month", "day", "date", "owner", "preset",
)  # fmt: skip
DEFAULT = "{site}/{title} [{id}]"
READY_MADE: Mapping[str, str] = MappingProxyType(
    {
        "default": DEFAULT,
        "plex-movies": "{title} ({year})/{title} ({year})",
        "plex-shows": "{show}/Season {season:02}/{show} - s{season:02}e{episode:02} - {title}",
        "jellyfin": "{show}/Season {season:02}/{show} S{season:02}E{episode:02} {title} [{id}]",
    }
)
TEXT_MOST = 300
FOLDERS_MOST = 6
_END = re.compile(r"\.?\{ext\}$")
_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)|(.)")
_FIELD = re.compile(r"([a-z]+(?:\|[a-z]+)*)(?::0?([1-9]))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The first of these that is known, a number with at least `digits`."""

    names: tuple[str, ...]
    digits: int = 1


Component: TypeAlias = tuple[Field | str, ...]
"""The name of a folder, or of the file without its extension."""


class NoTemplate(ValueError):
    """A text that is no template; `reason` is the last word of a message, `what` goes with it."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(f"{reason}: {what}")
        self.reason = reason
        self.what = what


def parse(text: str) -> tuple[Component, ...]:
    """The folders and the file that a template names. Raises NoTemplate."""
    if len(text) > TEXT_MOST:
        raise NoTemplate("long", str(TEXT_MOST))
    written = READY_MADE.get(text, text)
    components = tuple(_component(part) for part in _END.sub("", written).split("/"))
    if len(components) > FOLDERS_MOST + 1:
        raise NoTemplate("deep", str(FOLDERS_MOST))
    if not any(isinstance(piece, Field) for piece in components[-1]):
        raise NoTemplate("same")
    return components


def _component(text: str) -> Component:
    if not text.strip() or text.strip(" .") == "":
        raise NoTemplate("empty")
    return tuple(_piece(found) for found in _PART.finditer(text))


def _piece(found: re.Match[str]) -> Field | str:
    inside, plain, brace = found.groups()
    if brace:
        raise NoTemplate("brace", brace)
    if plain is not None:
        return str(plain)
    field = _FIELD.fullmatch(inside)
    if not field:
        raise NoTemplate("field", nearest(inside, FIELDS))
    names = tuple(field[1].split("|"))
    unknown = next((name for name in names if name not in FIELDS), None)
    if unknown:
        raise NoTemplate("field", nearest(unknown, FIELDS))
    return Field(names=names, digits=int(field[2] or 1))
