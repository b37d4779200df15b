"""Recording a broadcast while it runs: its HLS playlist again and again, and each segment once.

yt-dlp would leave that to ffmpeg, which would have to reach the network. Here every address, of playlist, segment, key
and head alike, goes the way of all others: over HTTP, through the proxy.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from medianest.downloads.child import hls
from medianest.downloads.child.hls import Key, Piece, Playlist, Segment
from medianest.downloads.child.recording import Recording
from medianest.downloads.failures import CannotFetch
from medianest.downloads.types import ErrorCode

_PLAYLIST_MOST = 4 * 1024 * 1024
_PIECE_MOST = 128 * 1024 * 1024
_KEY_BYTES = 16
_PAUSE_LEAST_S = 0.5
_PAUSE_MOST_S = 10.0
_PATIENCE_S = 30.0
_SILENCE_S = 180.0
_BEHIND_MOST = 12
_AT_ONCE = frozenset({ErrorCode.BLOCKED_ADDRESS, ErrorCode.DRM, ErrorCode.UNSUPPORTED_URL, ErrorCode.TOO_LARGE})
"""What no patience helps against."""


class Source(Protocol):
    """Where bytes come from. Raises CannotFetch."""

    def read(self, url: str, headers: Mapping[str, str], most: int) -> bytes:
        """At most so many bytes at an address."""

    def decrypted(self, data: bytes, key: bytes, iv: bytes) -> bytes:
        """What was encrypted by AES-128 in CBC mode."""


class Recorder:
    """Adds what is broadcast to a recording until it is over, or until `ending` is set."""

    def __init__(
        self, source: Source, format: Mapping[str, Any], recording: Recording, ending: threading.Event
    ) -> None:
        self._source = source
        self._url = str(format["url"])
        self._headers: Mapping[str, str] = format.get("http_headers") or {}
        self._recording = recording
        self._ending = ending
        self._keys: dict[str, bytes] = {}
        self._last_good = self._last_news = time.monotonic()

    def record(self, report: Callable[[Mapping[str, object]], None]) -> None:
        """At least what is to be had at once. Raises CannotFetch where it breaks off; what was recorded stays."""
        while True:
            playlist = self._playlist()
            had = self._recording.known.next
            for segment in self._new(playlist) if playlist else ():
                self._take(segment)
                report(self._status())
                if self._ending.is_set() and self._recording.known.bytes:
                    return
            if self._ending.is_set() or (playlist and playlist.is_over):
                return
            self._rest(playlist, is_news=self._recording.known.next != had)

    def _rest(self, playlist: Playlist | None, *, is_news: bool) -> None:
        """Until there may be more (RFC 8216, 6.3.4)."""
        now = time.monotonic()
        if is_news:
            self._last_news = now
        elif now - self._last_news > _SILENCE_S:
            raise CannotFetch.because(ErrorCode.NOT_YET, "Nothing more was broadcast for some minutes.")
        pause = (playlist.target_s if playlist else 1.0) / (1 if is_news else 2)
        self._ending.wait(min(max(pause, _PAUSE_LEAST_S), _PAUSE_MOST_S))

    def _playlist(self) -> Playlist | None:
        """None where it is not to be had at the moment."""
        try:
            text = self._source.read(self._url, self._headers, _PLAYLIST_MOST).decode(errors="replace")
            found = hls.parse(text, self._url)
        except CannotFetch as stopped:
            self._bear(stopped)
            return None
        except ValueError as error:
            raise CannotFetch.because(ErrorCode.UNSUPPORTED_URL, f"This cannot be recorded: {error}") from error
        self._last_good = time.monotonic()
        return found

    def _new(self, playlist: Playlist) -> list[Segment]:
        """What is not recorded yet; all of it where the site has begun to count anew."""
        following = self._recording.known.next
        newest = playlist.segments[-1].number if playlist.segments else following
        begun_anew = newest + _BEHIND_MOST < following
        return [one for one in playlist.segments if begun_anew or one.number >= following]

    def _take(self, segment: Segment) -> None:
        """One that is not to be had is left out: the broadcast goes on without it."""
        try:
            data, head = self._data(segment)
        except CannotFetch as stopped:
            self._bear(stopped)
            self._recording.skip(segment.number)
            return
        self._recording.add(data, number=segment.number, seconds=segment.seconds, head=head)
        self._last_good = time.monotonic()

    def _data(self, segment: Segment) -> tuple[bytes, str | None]:
        """Its bytes, with its head before them where that is another one than the last, and what names the head."""
        name = repr(segment.head) if segment.head else None
        data = self._plain(segment)
        if segment.head is None or name == self._recording.known.head:
            return data, name
        return self._piece(segment.head) + data, name

    def _plain(self, segment: Segment) -> bytes:
        data, key = self._piece(segment.piece), segment.key
        if key is None:
            return data
        return self._source.decrypted(data, self._key(key), key.iv or segment.number.to_bytes(_KEY_BYTES, "big"))

    def _key(self, key: Key) -> bytes:
        if key.method != "AES-128" or key.url is None:
            raise CannotFetch.because(ErrorCode.DRM, f"It is encrypted by {key.method[:40]}.")
        if key.url not in self._keys:
            self._keys = {key.url: self._source.read(key.url, self._headers, _KEY_BYTES)}
        return self._keys[key.url]

    def _piece(self, piece: Piece) -> bytes:
        ranged = {"Range": "bytes={}-{}".format(*piece.range)} if piece.range else {}
        data = self._source.read(piece.url, {**self._headers, **ranged}, _PIECE_MOST)
        if len(data) == _PIECE_MOST:
            raise CannotFetch.because(ErrorCode.TOO_LARGE, "A segment is larger than any broadcast needs.")
        return data

    def _bear(self, stopped: CannotFetch) -> None:
        """Raises it again where it has lasted too long, or will not pass."""
        if stopped.verdict.code in _AT_ONCE or time.monotonic() - self._last_good > _PATIENCE_S:
            raise stopped

    def _status(self) -> dict[str, object]:
        known = self._recording.known
        return {"downloaded_bytes": known.bytes, "recorded_s": known.seconds}
