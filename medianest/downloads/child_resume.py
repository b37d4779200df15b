"""Whether the bytes that are still to come belong to those that are already here, and whether all of them came."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from medianest.downloads.child_folder import WorkFolder
from medianest.downloads.failures import CannotFetch
from medianest.downloads.types import ErrorCode

_CONTENT_RANGE = re.compile(r"bytes (?:\d+-\d+|\*)/(\d+)")


class Resumption:
    """Watches the answers to requests for whole files.

    yt-dlp continues a partial file with `Range` alone, so that another file at the same address would be joined to it,
    and takes one that is up to 100 bytes too long or short for finished. Here a continued request carries `If-Range`
    (RFC 9110, 13.1.5), upon which a server that has another file sends that from its beginning.
    """

    def __init__(self, folder: WorkFolder) -> None:
        self._folder = folder
        self._validators = folder.validators()
        self._totals: dict[str, int] = {}
        self._part = ""
        self._url: str | None = None

    @contextmanager
    def of(self, part: str, url: str | None) -> Iterator[None]:
        """While this part is fetched from `url`; None for one that comes in pieces, which is left alone."""
        self._part, self._url = part, url
        try:
            yield
        finally:
            self._url = None

    def condition(self, url: str, headers: Mapping[str, str]) -> str | None:
        """The `If-Range` of a request that continues the part; None for every other one."""
        return self._validators.get(self._part) if url == self._url and "Range" in headers else None

    def note(self, url: str, headers: Mapping[str, str]) -> None:
        """Remember by which mark and at which length the part is complete."""
        if url != self._url:
            return
        ranged = _CONTENT_RANGE.fullmatch(headers.get("Content-Range") or "")
        length = ranged[1] if ranged else headers.get("Content-Length") or ""
        if length.isdigit() and not headers.get("Content-Encoding"):
            self._totals[self._part] = int(length)
        etag = headers.get("ETag") or ""
        mark = etag if etag.startswith('"') else headers.get("Last-Modified")
        if mark and mark != self._validators.get(self._part):
            self._validators[self._part] = mark
            self._folder.keep_validators(self._validators)

    def check(self, path: Path) -> None:
        """Raises CannotFetch, and removes the file, if it has not exactly the length that the server named."""
        total = self._totals.get(path.name)
        size = path.stat().st_size if path.exists() else 0
        if size and total in {None, size}:
            return
        path.unlink(missing_ok=True)
        raise CannotFetch.because(ErrorCode.NETWORK, f"{size} bytes arrived, {total} were announced")
