"""Whether the bytes that are still to come belong to those that are already here, and whether all of them came."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from medianest.downloads.child.folder import Origin, WorkFolder
from medianest.downloads.failures import CannotFetch
from medianest.downloads.types import ErrorCode

_CONTENT_RANGE = re.compile(r"bytes (?:\d+-\d+|\*)/(\d+)")


class Resumption:
    """Watches the answers to requests for whole files, and remembers what each part is the beginning of.

    yt-dlp continues a partial file with `Range` alone, so that another file at the same address would be joined to it;
    it takes one that is up to 100 bytes too long or short for finished, and fails for ever at one that is complete but
    not yet renamed. Here a continued request carries `If-Range` (RFC 9110, 13.1.5), upon which a server that has
    another file sends that from its beginning, and lengths are compared to the byte.
    """

    def __init__(self, folder: WorkFolder) -> None:
        self._folder = folder
        self._origins = folder.origins()
        self._part = ""
        self._url: str | None = None

    @contextmanager
    def of(self, path: Path, url: str) -> Iterator[None]:
        """While this part is fetched whole from `url`. Raises CannotFetch if it has another length in the end."""
        self._part, self._url = path.name, url
        self._look_at_what_is_here(path)
        try:
            yield
        finally:
            self._url = None
        self._compare(path)

    def condition(self, url: str, headers: Mapping[str, str]) -> str | None:
        """The `If-Range` of a request that continues the part; None for every other one."""
        known = self._origins.get(self._part)
        return known.mark if known and url == self._url and "Range" in headers else None

    def note(self, url: str, headers: Mapping[str, str]) -> None:
        """Remember by which mark and at which length the part is complete. Raises CannotFetch if that has changed."""
        if url != self._url:
            return
        ranged = _CONTENT_RANGE.fullmatch(headers.get("Content-Range") or "")
        length = ranged[1] if ranged else headers.get("Content-Length") or ""
        etag = headers.get("ETag") or ""
        found = Origin(
            mark=etag if etag.startswith('"') else headers.get("Last-Modified"),
            total=int(length) if length.isdigit() and not headers.get("Content-Encoding") else None,
        )
        known = self._origins.get(self._part)
        if ranged and known and known.total not in {None, found.total}:
            self._forget()
        if found != known:
            self._origins[self._part] = found
            self._folder.keep_origins(self._origins)

    def _look_at_what_is_here(self, path: Path) -> None:
        """What is complete needs no request, and what is too long is none of it."""
        partial = path.with_name(f"{path.name}.part")
        known = self._origins.get(path.name)
        if known is None or known.total is None or not partial.exists():
            return
        size = partial.stat().st_size
        if size == known.total:
            partial.replace(path)
        elif size > known.total:
            partial.unlink()

    def _forget(self) -> None:
        """There is another file now, and the server does not tell it from the first."""
        (self._folder.path / f"{self._part}.part").unlink(missing_ok=True)
        raise CannotFetch.because(ErrorCode.NETWORK, "The file at this address has changed.")

    def _compare(self, path: Path) -> None:
        known = self._origins.get(path.name)
        size = path.stat().st_size if path.exists() else 0
        if size and (known is None or known.total in {None, size}):
            return
        path.unlink(missing_ok=True)
        raise CannotFetch.because(ErrorCode.NETWORK, f"{size} bytes arrived, {known and known.total} were announced.")
