"""Which paths name a picture at its source: a short list of forms, so that no path leads to anything else there.

A media server does things when it is asked (scans, marks as watched, hands out files, fetches addresses): what is
not a picture by its form is never asked for, whoever wrote it.
"""

import re
from collections.abc import Mapping

from medianest.pictures.types import Size, Source

_NUMBER = "[0-9]{1,20}"
_NAME = "[A-Za-z0-9_-]{1,64}"
_OF_ITEM = "thumb|art|banner|clearLogo|squareArt|backgroundSquare"
_FORMS: Mapping[Source, re.Pattern[str]] = {
    Source.PLEX: re.compile(
        f"/library/metadata/{_NUMBER}/(?:{_OF_ITEM})/{_NUMBER}"
        f"|/library/(?:metadata|collections|sections)/{_NUMBER}/composite/{_NUMBER}"
        f"|/library/collections/{_NUMBER}/(?:thumb|art)/{_NUMBER}"
        f"|/playlists/{_NUMBER}/composite/{_NUMBER}"
        rf"|/:/resources/{_NAME}\.(?:png|jpg)"
    ),
    Source.TMDB: re.compile(rf"/{_NAME}\.(?:jpg|png)"),
}
_TMDB_WIDTHS = (154, 185, 300, 342, 500, 780, 1280)


def names_picture(source: Source, path: str) -> bool:
    """Whether a path is one of the forms that pictures have there; what lies on this machine is named by no path."""
    return source in _FORMS and _FORMS[source].fullmatch(path) is not None


def as_it_is(path: str, _size: Size) -> str:
    """A media server is asked for the picture itself: what it resizes, it fetches from wherever it is told."""
    return path


def tmdb_target(path: str, size: Size) -> str:
    """The path at TMDB's image host of the smallest picture that is wide enough."""
    width = next((width for width in _TMDB_WIDTHS if width >= size.width), _TMDB_WIDTHS[-1])
    return f"/t/p/w{width}{path}"
