"""What yt-dlp says of a link, in the few words that the portal keeps, and what cannot be fetched."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from medianest.downloads.child.options import SAMPLE
from medianest.downloads.failures import CannotFetch
from medianest.downloads.formats import estimated_bytes, fetchable, typical_bytes
from medianest.downloads.protocol import About, Info
from medianest.downloads.recipes import Recipe
from medianest.downloads.types import ErrorCode

_TITLE_MOST = 300
_WORD_MOST = 120
_URL_MOST = 4000
_TAG_MOST = 500
_DAY = re.compile("[0-9]{8}")
_DURATION_MOST_S = 10 * 365 * 86400
_MOMENT_MOST = 1e11
UPCOMING = "is_upcoming"
LISTS = frozenset({"playlist", "multi_video"})
_NO_RECIPES: Mapping[str, Recipe] = MappingProxyType({})


def described(info: Mapping[str, Any], url: str, *, recipes: Mapping[str, Recipe] = _NO_RECIPES) -> Info:
    """The link for people: every text on one line and cut; with the size that each recipe would make of it."""
    is_list = info.get("_type") in LISTS
    address = line(info.get("webpage_url"), _URL_MOST) or url
    duration_s = duration_of(info)
    offered = [] if is_list else offered_formats(info)
    return Info(
        title=line(info.get("title"), _TITLE_MOST) or line(info.get("id"), _WORD_MOST) or address,
        site=(urlsplit(address).hostname or "").removeprefix("www.")[:_WORD_MOST],
        extractor=line(info.get("extractor"), _WORD_MOST),
        source_id=line(info.get("id"), _WORD_MOST),
        webpage_url=address,
        duration_s=duration_s,
        estimated_bytes={name: estimated_bytes(recipe, offered, duration_s) for name, recipe in recipes.items()},
        is_playlist=is_list,
        entry_count=_entries(info) if is_list else None,
        is_live=bool(info.get("is_live")),
        about=_about(info),
        live_status=info.get("live_status") if isinstance(info.get("live_status"), str) else None,
        begins_at=_moment(info.get("release_timestamp")),
    )


def in_all(about: Info, durations: Sequence[float | None], recipes: Mapping[str, Recipe]) -> Info:
    """A list as long and as large as its entries together, of which the first may stand for all."""
    known = [one for one in durations if one]
    if not known:
        return about
    number = len(durations) if about.entry_count is None else about.entry_count
    duration_s = sum(known) / len(known) * number
    sizes = {name: typical_bytes(recipe, duration_s) for name, recipe in recipes.items()}
    return msgspec.structs.replace(about, duration_s=duration_s, estimated_bytes=sizes)


def duration_of(info: Mapping[str, Any]) -> float | None:
    duration = info.get("duration")
    return float(duration) if isinstance(duration, int | float) and 0 < duration < _DURATION_MOST_S else None


def offered_formats(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The formats that may be fetched; a direct link is its own only format."""
    return fetchable(info.get("formats") or [info])


def refuse_what_cannot_be_fetched(info: Mapping[str, Any]) -> None:
    """Raises CannotFetch for a list, for a broadcast that is to come, and for what is neither video nor sound."""
    if info.get("_type") in LISTS:
        raise CannotFetch.because(ErrorCode.UNSUPPORTED_URL, "This is a list of videos, not one.")
    if info.get("live_status") == UPCOMING:
        raise CannotFetch.because(ErrorCode.NOT_YET, "This will be broadcast.")
    if info.get("is_live") and not recordable(info, sound_alone=True):
        raise CannotFetch.because(ErrorCode.NOT_YET, "This is being broadcast in a way that cannot be recorded.")
    if not offered_formats(info):
        kinds = ", ".join(sorted({line(one.get("ext"), 20) for one in info.get("formats") or [info]}))
        raise CannotFetch.because(ErrorCode.UNSUPPORTED_URL, f"Neither video nor sound that is kept here: {kinds}")


def tags(info: Mapping[str, Any]) -> dict[str, str]:
    """What is written into the finished file."""
    day = str(info.get("release_date") or info.get("upload_date") or "")
    found = {
        "title": info.get("title"),
        "artist": info.get("artist") or info.get("creator") or info.get("uploader") or info.get("channel"),
        "album": info.get("album"),
        "date": f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == len("20261120") and day.isdigit() else None,
        "comment": info.get("webpage_url"),
    }
    lines = {key: line(value, _TAG_MOST) for key, value in found.items()}
    return {key: text for key, text in lines.items() if text}


def _about(info: Mapping[str, Any]) -> About:
    words = {
        "uploader": info.get("uploader") or info.get("channel"),
        "playlist": info.get("playlist_title"),
        "series": info.get("series"),
        "artist": info.get("artist") or info.get("creator"),
        "album": info.get("album"),
        "track": info.get("track"),
    }
    numbers = {"index": "playlist_index", "season": "season_number", "episode": "episode_number"}
    day = str(info.get("release_date") or info.get("upload_date") or "")
    lines = {key: line(value, _WORD_MOST) for key, value in words.items()}
    counted = {key: value for key, name in numbers.items() if isinstance(value := info.get(name), int)}
    return msgspec.convert(lines | counted | {"date": day if _DAY.fullmatch(day) else ""}, About)


def _entries(info: Mapping[str, Any]) -> int | None:
    """How many there are, where the site says so or all of them are there."""
    count, entries = info.get("playlist_count"), info.get("entries")
    if isinstance(count, int):
        return count
    return len(entries) if isinstance(entries, list) and len(entries) != SAMPLE else None


def recordable(info: Mapping[str, Any], *, sound_alone: bool) -> list[Mapping[str, Any]]:
    """The formats of a broadcast that can be recorded: HLS with picture and sound in one, or with sound.

    Sound does for all that is wanted where there is no picture, and not where there is one apart from it.
    """
    offered = offered_formats(info)
    has_picture = any(one.get("vcodec") != "none" for one in offered)
    needed = ("vcodec", "acodec") if has_picture and not sound_alone else ("acodec",)
    live = [one for one in offered if str(one.get("protocol")).startswith("m3u8")]
    return [one for one in live if all(one.get(kind) != "none" for kind in needed)]


def _moment(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value < _MOMENT_MOST else None


def line(value: object, most: int) -> str:
    """A text on one line, without control characters, cut."""
    if not isinstance(value, str):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in value[:most]).strip()
