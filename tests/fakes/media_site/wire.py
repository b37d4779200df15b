"""HTTP/1.1 by hand, because this site must be able to lie, stall and break off."""

import asyncio
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

HEAD_LIMIT = 64 * 1024


class Departed(Exception):
    """The client is gone."""


class BrokenOff(Exception):
    """This answer ends here on purpose, in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked for; `path` is as it came, still percent-encoded, header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def base(self) -> str:
        """The address under which this client sees the site."""
        return f"http://{self.headers.get('host', 'localhost')}"

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, or None when the client hung up."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    if "://" in target:
        target = urllib.parse.urlsplit(target)._replace(scheme="", netloc="").geturl()
    path, _, query = target.partition("?")
    return Request(
        method=method,
        path=path,
        query=dict(urllib.parse.parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=body,
    )


class Wire:
    """One connection as an answer sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.reusable = True

    async def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        await self.write("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def answer(self, status: int, media_type: str, body: bytes) -> None:
        """A plain answer, under no conditions."""
        await self.send_head(status, {"Content-Type": media_type, "Content-Length": str(len(body))})
        await self.write(body)

    async def write(self, data: bytes) -> None:
        if self._writer.transport.is_closing():
            raise Departed
        self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError:
            raise Departed from None

    async def send_file(self, file: BinaryIO, start: int, length: int) -> None:
        """Let the kernel copy: this process does not touch the bytes."""
        loop = asyncio.get_running_loop()
        try:
            await loop.sendfile(self._writer.transport, file, start, length)
        except (ConnectionError, RuntimeError):
            raise Departed from None

    async def sleep(self, seconds: float) -> None:
        """Pause an answer; raises `Departed` as soon as the client hangs up. The connection is not used again."""
        await self.wait_for(asyncio.Event(), seconds)

    async def wait_for(self, event: asyncio.Event, seconds: float | None = None) -> None:
        """Pause an answer until `event`, or at most `seconds`; raises `Departed` as `sleep` does."""
        self.reusable = False
        happened = asyncio.create_task(event.wait())
        departed = asyncio.create_task(self._reader.read(1))
        try:
            await asyncio.wait({happened, departed}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if departed.done():
                raise Departed
        finally:
            happened.cancel()
            departed.cancel()
            await asyncio.gather(happened, departed, return_exceptions=True)

    async def close(self) -> None:
        """Hang up after what was written."""
        self._writer.close()

    def abort(self) -> None:
        """Hang up at once."""
        self._writer.transport.abort()
