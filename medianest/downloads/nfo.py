"""What media centres read beside a file: an NFO as Kodi describes it, which Jellyfin and Plex's agents understand.

By https://kodi.wiki/view/NFO_files: `movie`, `episodedetails` and `musicvideo`.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from medianest.downloads.recipes import Nfo

_PLOT_MOST = 4000
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS_MOST = 20
_ROOTS = {Nfo.MOVIE: "movie", Nfo.EPISODE: "episodedetails", Nfo.MUSICVIDEO: "musicvideo"}


def write(kind: Nfo, info: Mapping[str, Any]) -> bytes:
    """The description of what yt-dlp knows as `info`."""
    root = ElementTree.Element(_ROOTS[kind])
    for name, value in _lines(kind, info):
        if value:
            ElementTree.SubElement(root, name).text = _NOT_IN_XML.sub("", value)
    if id := _text(info, "id"):
        known = ElementTree.SubElement(root, "uniqueid", type=_text(info, "extractor").lower() or "url", default="true")
        known.text = _NOT_IN_XML.sub("", id)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _lines(kind: Nfo, info: Mapping[str, Any]) -> list[tuple[str, str]]:
    author = _text(info, "artist", "creator", "uploader", "channel")
    day = _day(info)
    lines = [
        ("title", _text(info, "track" if kind is Nfo.MUSICVIDEO else "title", "title", "id")),
        ("plot", _text(info, "description")[:_PLOT_MOST]),
        ("runtime", _minutes(info)),
        ("premiered", day),
        ("year", day[:4] if kind is not Nfo.EPISODE else ""),
        ("studio", _text(info, "channel", "uploader")),
    ]
    if kind is Nfo.EPISODE:
        series = _text(info, "series", "playlist_title", "channel", "uploader")
        season = _number(info, "season_number") or day[:4]
        episode = _number(info, "episode_number", "playlist_index") or day[5:].replace("-", "")
        lines += [("showtitle", series), ("season", season), ("episode", episode), ("aired", day)]
    if kind is Nfo.MUSICVIDEO:
        lines += [("artist", author), ("album", _text(info, "album"))]
    return lines + [("tag", tag) for tag in (info.get("tags") or ())[:_TAGS_MOST] if isinstance(tag, str)]


def _text(info: Mapping[str, Any], *keys: str) -> str:
    return next((value for key in keys if isinstance(value := info.get(key), str) and value.strip()), "")


def _number(info: Mapping[str, Any], *keys: str) -> str:
    return next((str(value) for key in keys if isinstance(value := info.get(key), int)), "")


def _minutes(info: Mapping[str, Any]) -> str:
    duration_s = info.get("duration")
    return str(max(1, round(duration_s / 60))) if isinstance(duration_s, int | float) and duration_s > 0 else ""


def _day(info: Mapping[str, Any]) -> str:
    written = _text(info, "release_date", "upload_date")
    return f"{written[:4]}-{written[4:6]}-{written[6:]}" if re.fullmatch("[0-9]{8}", written) else ""
