"""Files as answers: one byte range, resumable, never longer than somebody may have it (RFC 9110, sections 13 and 14).

The framework's own file answers ignore Range (stack.md section 7). Pieces of 256 KiB are read in a thread, which is
as fast as sendfile on the wires a household has.
"""

import asyncio
import os
import stat
import unicodedata
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from litestar.response import Response

from medianest.core.errors import NotFound
from medianest.core.i18n import msg
from medianest.core.ranges import ByteRange, Unsatisfiable, parse_range
from medianest.http.asking import actor_of
from medianest.http.etags import AnyRequest, matches
from medianest.http.leases import Leases
from medianest.http.streaming import CutShort, StreamedAnswer

ASKED_AGAIN = "private, no-cache"
FOR_GOOD = "private, max-age=31536000, immutable"
"""For what would have another address if it were another file."""
PIECE_BYTES = 256 * 1024
_NAME_MOST = 200
POLICY = "default-src 'none'; media-src 'self'; img-src 'self'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stat:
    """The file as it was when the answer began."""

    size: int
    etag: str
    modified: str


async def file_response(
    request: AnyRequest, path: Path, *, media_type: str, filename: str | None = None, cache_control: str = ASKED_AGAIN
) -> Response[Any]:
    """The file, or the part of it that is asked for; saved under `filename` if there is one, else shown.

    Ends early when the person who asks loses the right to it. Raises NotFound.
    """
    found = await asyncio.to_thread(_look, path)
    headers = {
        "accept-ranges": "bytes",
        "etag": found.etag,
        "last-modified": found.modified,
        "cache-control": cache_control,
        "content-security-policy": POLICY,
    }
    if _is_known(request, found):
        return Response(b"", status_code=304, headers=headers)
    try:
        part = parse_range(_range_field(request, found), found.size)
    except Unsatisfiable:
        return Response(b"", status_code=416, headers=headers | {"content-range": f"bytes */{found.size}"})
    return _answer(request, path, found, part, headers | _describe(media_type, filename))


def content_disposition(filename: str | None) -> str:
    """The field that names a file for saving (RFC 6266), readable by every browser; `inline` without a name."""
    if filename is None:
        return "inline"
    name = "".join("_" if _is_unsafe(character) else character for character in filename).strip(". ")[:_NAME_MOST]
    name = name or "file"
    plain = "".join(character if character.isascii() and character not in '"%' else "_" for character in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _answer(
    request: AnyRequest, path: Path, found: _Stat, part: ByteRange | None, headers: dict[str, str]
) -> StreamedAnswer:
    whole = part or ByteRange(0, found.size - 1, found.size)
    headers["content-length"] = str(whole.length)
    if part:
        headers["content-range"] = part.content_range
    return StreamedAnswer(
        lambda: _pieces(path, found, whole, request), status_code=206 if part else 200, headers=headers
    )


async def _pieces(path: Path, found: _Stat, part: ByteRange, request: AnyRequest) -> AsyncGenerator[bytes, None]:
    """The part, as long as its reader may have it; a reader who does not read is cut off all the same."""
    offset, end = part.start, part.last + 1
    leases: Leases = request.scope["state"]["leases"]
    abort: Callable[[], None] = request.scope["state"]["abort"]
    with leases.hold(actor_of(request), abort) as lease:
        async with _opened(path, found) as descriptor:
            while offset < end:
                piece = await asyncio.to_thread(os.pread, descriptor, min(PIECE_BYTES, end - offset), offset)
                if lease.ended or not piece:
                    raise CutShort
                offset += len(piece)
                yield piece


@asynccontextmanager
async def _opened(path: Path, found: _Stat) -> AsyncGenerator[int, None]:
    descriptor = await asyncio.to_thread(os.open, path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        if _stat(os.fstat(descriptor)) != found:
            raise CutShort
        yield descriptor
    finally:
        os.close(descriptor)


def _look(path: Path) -> _Stat:
    try:
        status = path.lstat()
    except OSError:
        raise NotFound(msg("http.file_gone")) from None
    if not stat.S_ISREG(status.st_mode):
        raise NotFound(msg("http.file_gone"))
    return _stat(status)


def _stat(status: os.stat_result) -> _Stat:
    return _Stat(
        size=status.st_size,
        etag=f'"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"',
        modified=format_datetime(datetime.fromtimestamp(int(status.st_mtime), UTC), usegmt=True),
    )


def _is_known(request: AnyRequest, found: _Stat) -> bool:
    """Whether the browser has this very file already."""
    if (tags := request.headers.get("if-none-match")) is not None:
        return matches(tags, found.etag)
    since = _date(request.headers.get("if-modified-since"))
    modified = _date(found.modified)
    return since is not None and modified is not None and modified <= since


def _range_field(request: AnyRequest, found: _Stat) -> str | None:
    """The Range field, unless If-Range says that the browser has a part of another file."""
    condition = request.headers.get("if-range")
    if condition is not None and condition.strip() not in (found.etag, found.modified):
        return None
    return request.headers.get("range")


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def _describe(media_type: str, filename: str | None) -> dict[str, str]:
    return {"content-type": media_type, "content-disposition": content_disposition(filename)}


def _is_unsafe(character: str) -> bool:
    return character in '/\\:*?"<>|' or unicodedata.category(character)[0] == "C"
