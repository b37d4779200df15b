"""Where pictures come from, the sizes in which they are shown, and what a page writes down of one."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """The only places from which a picture may come; no address of a picture can name another."""

    PLEX = "plex"
    TMDB = "tmdb"
    ARTWORK = "artwork"
    """What a child of ours fetched with a download; it has an address of its own, behind the rights to the download."""


_HEIGHT_OF_WIDTH = {"poster": 3 / 2, "backdrop": 9 / 16, "still": 9 / 16, "avatar": 1.0}


class Size(StrEnum):
    """A box that a picture is drawn into, named for its shape and its width in pixels."""

    POSTER_154 = "poster-154"
    POSTER_308 = "poster-308"
    POSTER_342 = "poster-342"
    POSTER_684 = "poster-684"
    BACKDROP_780 = "backdrop-780"
    BACKDROP_1560 = "backdrop-1560"
    STILL_300 = "still-300"
    STILL_600 = "still-600"
    AVATAR_96 = "avatar-96"
    AVATAR_192 = "avatar-192"

    @property
    def shape(self) -> str:
        return self.partition("-")[0]

    @property
    def width(self) -> int:
        return int(self.partition("-")[2])

    @property
    def height(self) -> int:
        return round(self.width * _HEIGHT_OF_WIDTH[self.shape])

    @property
    def double(self) -> "Size":
        """The same for a screen with twice as many pixels; raises ValueError for what is such a size already."""
        return Size(f"{self.shape}-{self.width * 2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page writes down of a picture: two addresses, without the base path, and the room that it takes.

    `tone` stands in until it is there, in twelfths of the circle; None where it is not known.
    """

    src: str
    double: str
    width: int
    height: int
    tone: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was made of a picture."""

    webp: bytes
    tone: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A picture that an address of ours names; `mark` is the address' fingerprint, `key` its name in the cache."""

    source: Source
    path: str
    size: Size
    mark: str
    key: str
