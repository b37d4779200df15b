"""HLS playlists of broadcasts, as far as they are recorded here (RFC 8216, 4.3); reads text, asks nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,"]*)')
_RANGE = re.compile(r"(\d+)(?:@(\d+))?")
_SEGMENTS_MOST = 20_000
_SECONDS_MOST = 3600.0
_DIGITS_MOST = 18
_IV_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some bytes at an address: all of them, or from the first to the last of `range`."""

    url: str
    range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How a segment is encrypted; without an `iv` its number is that."""

    method: str
    url: str | None
    iv: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a broadcast by its number; `head` is what a player needs before it."""

    number: int
    piece: Piece
    seconds: float
    key: Key | None
    head: Piece | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playlist:
    """What of a broadcast is to be had at this moment, and whether nothing will follow."""

    segments: tuple[Segment, ...]
    target_s: float
    is_over: bool


def parse(text: str, url: str) -> Playlist:
    """The playlist at `url`. Raises ValueError where that is none, or one of other playlists."""
    lines = [line.strip() for line in text.splitlines()]
    if not lines or lines[0] != "#EXTM3U":
        raise ValueError("no playlist")
    if any(line.startswith("#EXT-X-STREAM-INF") for line in lines):
        raise ValueError("a playlist of playlists")
    reading = _Reading(url)
    segments = tuple(islice(reading.segments(lines), _SEGMENTS_MOST))
    return Playlist(segments=segments, target_s=reading.target_s, is_over="#EXT-X-ENDLIST" in lines)


class _Reading:
    """What holds for the segments that follow."""

    def __init__(self, url: str) -> None:
        self.target_s = 6.0
        self._url = url
        self._number = 0
        self._seconds = 0.0
        self._key: Key | None = None
        self._head: Piece | None = None
        self._range: tuple[int, int] | None = None
        self._end = 0

    def segments(self, lines: list[str]) -> Iterator[Segment]:
        for line in lines:
            if line.startswith("#"):
                tag, _, value = line.partition(":")
                self._note(tag, value)
            elif line:
                yield self._segment(line)

    def _segment(self, line: str) -> Segment:
        piece = Piece(url=urljoin(self._url, line), range=self._range)
        made = Segment(number=self._number, piece=piece, seconds=self._seconds, key=self._key, head=self._head)
        self._number, self._seconds, self._range = self._number + 1, 0.0, None
        return made

    def _note(self, tag: str, value: str) -> None:
        match tag:
            case "#EXT-X-MEDIA-SEQUENCE":
                self._number = _whole(value[:_DIGITS_MOST])
            case "#EXT-X-TARGETDURATION":
                self.target_s = _seconds(value)
            case "#EXTINF":
                self._seconds = _seconds(value.partition(",")[0])
            case "#EXT-X-BYTERANGE":
                self._range = self._bytes(value)
            case "#EXT-X-KEY":
                self._key = self._keyed(_attributes(value))
            case "#EXT-X-MAP":
                found = _attributes(value)
                range = self._bytes(found["BYTERANGE"]) if "BYTERANGE" in found else None
                self._head = Piece(url=urljoin(self._url, found.get("URI", "")), range=range)

    def _keyed(self, found: dict[str, str]) -> Key | None:
        method = found.get("METHOD", "NONE")
        if method == "NONE":
            return None
        uri, iv = found.get("URI"), found.get("IV")
        return Key(
            method=method,
            url=urljoin(self._url, uri) if uri else None,
            iv=bytes.fromhex(iv[2:].zfill(_IV_DIGITS)[-_IV_DIGITS:]) if iv else None,
        )

    def _bytes(self, value: str) -> tuple[int, int]:
        found = _RANGE.match(value)
        if found is None:
            raise ValueError("no range")
        first = int(found[2]) if found[2] else self._end
        self._end = first + int(found[1])
        return first, self._end - 1


def _attributes(value: str) -> dict[str, str]:
    return {name: text.strip('"') for name, text in _ATTRIBUTE.findall(value)}


def _whole(value: str) -> int:
    if not value.strip().isdecimal():
        raise ValueError("no number")
    return int(value)


def _seconds(value: str) -> float:
    number = float(value)
    if not 0 <= number <= _SECONDS_MOST:
        raise ValueError("no duration")
    return number
