"""The entries of a list in the few words that the portal keeps, one after the other, in batches that fit a line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from medianest.downloads.child.info import LISTS, duration_of, line
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import Entry
from medianest.downloads.types import ErrorCode

Facts = Mapping[str, Any]
BATCH = 50
_BATCH_LETTERS = 10_000
_TITLE_MOST = 300
_WORD_MOST = 120
_URL_MOST = 4000
_DEPTH_MOST = 2
_HOPS_MOST = 5
_NOTES = "#__youtubedl_smuggle"
"""How yt-dlp writes notes for itself behind an address."""
_END: Facts = {}
_LINKS = frozenset({"url", "url_transparent"})
_HIDDEN = {"[Private video]": ErrorCode.PRIVATE, "[Deleted video]": ErrorCode.REMOVED}
_CLOSED = {"private": ErrorCode.PRIVATE}


class Lists:
    """Lists by way of yt-dlp, which is `ytdl`; `translated` makes its errors ours."""

    def __init__(self, ytdl: Any, translated: Callable[[], AbstractContextManager[None]]) -> None:
        self._ytdl = ytdl
        self._translated = translated

    def open(self, url: str) -> tuple[dict[str, Any], Iterator[Entry]]:
        """What the list is, and its entries, for which the site is asked as they are. Raises CannotFetch."""
        with self._translated():
            found = self._opened(url, None)
        if found.get("_type") not in LISTS:
            raise CannotFetch.because(ErrorCode.UNSUPPORTED_URL, "This is a video, not a list.")
        about = {key: value for key, value in found.items() if key != "entries" or isinstance(value, list)}
        return about, self._described(self._walk(found, 0))

    def entries(self, found: Facts) -> Iterator[Entry]:
        """The entries that are there already."""
        return self._described(iter(found.get("entries") or ()))

    def _opened(self, url: str, key: str | None) -> Facts:
        """What an extractor says of an address, before its entries are asked for."""
        for _ in range(_HOPS_MOST):
            found: Facts = self._ytdl.extract_info(url, download=False, ie_key=key, process=False)
            if found.get("_type") not in _LINKS:
                return found
            url, key = found["url"], found.get("ie_key")
        raise CannotFetch.because(ErrorCode.UNSUPPORTED_URL, "It leads from one address to the next.")

    def _walk(self, found: Facts, depth: int) -> Iterator[Facts | None]:
        """The entries of a list and of the lists in it; None for one that the site names but does not give."""
        for entry in _each(found.get("entries") or ()):
            inner = self._list_behind(entry) if entry and depth < _DEPTH_MOST else None
            if inner is None:
                yield entry
            else:
                yield from self._walk(inner, depth + 1)

    def _list_behind(self, entry: Facts) -> Facts | None:
        kind, key = entry.get("_type"), entry.get("ie_key")
        if kind in LISTS:
            return entry
        if kind not in _LINKS or not key:
            return None
        is_list = self._ytdl.get_info_extractor(key).is_single_video(entry["url"]) is False
        return self._opened(entry["url"], key) if is_list else None

    def _described(self, found: Iterator[Facts | None]) -> Iterator[Entry]:
        for number in count(1):
            with self._translated():
                entry = next(found, _END)
            if entry is _END:
                return
            key = entry.get("ie_key") if entry else None
            yield described_entry(number, entry, self._ytdl.get_info_extractor(key).IE_NAME if key else "")


def described_entry(number: int, found: Facts | None, extractor: str) -> Entry:
    """One entry of a list, and which extractor its site has."""
    if found is None:
        return Entry(number=number, title="", webpage_url="", trouble=ErrorCode.NOT_FOUND)
    title = line(found.get("title"), _TITLE_MOST)
    address = _address(found).partition(_NOTES)[0]
    is_page = urlsplit(address).scheme in {"http", "https"} and len(address) <= _URL_MOST
    hidden = _HIDDEN.get(title) or _CLOSED.get(str(found.get("availability")))
    return Entry(
        number=number,
        title=title or line(found.get("id"), _WORD_MOST) or address[:_WORD_MOST],
        webpage_url=address if is_page else "",
        extractor=line(extractor, _WORD_MOST),
        source_id=line(found.get("id"), _WORD_MOST),
        duration_s=duration_of(found),
        at=_moment(found),
        trouble=hidden or (None if is_page else ErrorCode.UNSUPPORTED_URL),
    )


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in handfuls, each of which fits into one line of the protocol."""
    batch: list[Entry] = []
    letters = 0
    for entry in entries:
        own = len(entry.webpage_url) + len(entry.title) + len(entry.source_id)
        if batch and (len(batch) == BATCH or letters + own > _BATCH_LETTERS):
            yield batch
            batch, letters = [], 0
        batch.append(entry)
        letters += own
    if batch:
        yield batch


def _each(entries: Any) -> Iterator[Facts | None]:
    """Whatever yt-dlp has for a list of entries: a list, a generator, or pages that are asked for as they come."""
    if not hasattr(entries, "getslice"):
        yield from entries
        return
    start = 0
    while page := entries.getslice(start, start + BATCH):
        yield from page
        start += BATCH


def _address(found: Facts) -> str:
    """Where an entry leads; one that the list gives whole is its last and best format."""
    formats = found.get("formats") or ()
    candidates = (found.get("url"), *(one.get("url") for one in formats[-1:]), found.get("webpage_url"))
    return next((one for one in candidates if isinstance(one, str) and one), "")


def _moment(found: Facts) -> float | None:
    at = found.get("timestamp") or found.get("release_timestamp")
    return float(at) if isinstance(at, int | float) and 0 < at < 1e11 else None
