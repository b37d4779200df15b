"""One request and its answer, given under the conditions that its path names."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tests.fakes.media_site import bodies
from tests.fakes.media_site.bodies import Body
from tests.fakes.media_site.conditions import Conditions
from tests.fakes.media_site.log import Hit, HitLog
from tests.fakes.media_site.media import Library
from tests.fakes.media_site.tokens import Tokens
from tests.fakes.media_site.wire import BrokenOff, Request, Wire

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class House(Protocol):
    """What lives as long as the site and all exchanges share."""

    library: Library
    log: HitLog
    tokens: Tokens
    pace: float | None
    live_since: float
    live_until: float | None
    premiere_at: float | None

    def gate(self, path: str) -> asyncio.Event:
        """Opens when what is held at `path` may go on."""


class Exchange:
    """What a handler gets: the request, and the ways to answer it."""

    def __init__(self, house: House, wire: Wire, request: Request, conditions: Conditions, hit: Hit) -> None:
        self.house = house
        self.request = request
        self.conditions = conditions
        self._wire = wire
        self._hit = hit

    async def wait(self, seconds: float) -> None:
        """Let the client wait; ends when it hangs up."""
        await self._wire.sleep(seconds)

    async def html(self, text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        encoded = text.encode("utf-8", "surrogatepass")
        await self.send(bodies.Bytes(encoded), "text/html; charset=utf-8", status=status, headers=headers)

    async def text(self, text: str, media_type: str, *, status: int = 200) -> None:
        await self.send(bodies.Bytes(text.encode()), media_type, status=status)

    async def medium(self, name: str, media_type: str) -> None:
        """A medium of the library, which may have to be made first."""
        path = await asyncio.to_thread(self.house.library.path, name)
        await self.file(path, media_type, pace=self.house.pace)

    async def file(self, path: Path, media_type: str, *, pace: float | None = None) -> None:
        await self.send(bodies.File(path), media_type, pace=pace)

    async def redirect(self, target: str, *, status: int = 302) -> None:
        await self.send(bodies.Bytes(b""), "text/plain", status=status, headers={"Location": target})

    async def send(
        self,
        body: Body,
        media_type: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        pace: float | None = None,
    ) -> None:
        """Answer with `body`, or with the range of it that is asked for."""
        start, stop = 0, body.size
        pace = self.conditions.slow or pace
        head = self._head(body, media_type) | dict(headers or {})
        if pace or self.conditions.hold is not None:
            self._wire.reusable = False
        if status == 200 and (wanted := self._range(body)):
            start, stop = wanted
            if stop <= start:
                await self._begin(416, {"Content-Range": f"bytes */{body.size}", "Content-Length": "0"})
                return
            head["Content-Range"] = f"bytes {start}-{stop - 1}/{body.size}"
            status = 206
        await self._begin(status, self._with_length(head, start, stop))
        if self.request.method != "HEAD":
            await self._body(body, start, stop, pace)

    def _head(self, body: Body, media_type: str) -> dict[str, str]:
        head = {"Content-Type": self.conditions.type or media_type, "ETag": f'"{body.etag}"'}
        if not self.conditions.noranges and body.size is not None:
            head["Accept-Ranges"] = "bytes"
        if self.conditions.cookie is not None:
            head["Set-Cookie"] = "seen=today; Path=/"
        if self.conditions.name is not None:
            head["Content-Disposition"] = f'attachment; filename="{self.conditions.name}"'
        return head

    def _with_length(self, head: dict[str, str], start: int, stop: int | None) -> dict[str, str]:
        if self.conditions.length is not None:
            self._wire.reusable = False
            return head | {"Content-Length": str(self.conditions.length)}
        if stop is None or self.conditions.nolength:
            self._wire.reusable = False
            return head
        return head | {"Content-Length": str(stop - start)}

    def _range(self, body: Body) -> tuple[int, int] | None:
        """The half-open range that is asked for, as RFC 9110 section 14 has it; empty when it cannot be met."""
        asked = _RANGE.fullmatch(self.request.headers.get("range", ""))
        condition = self.request.headers.get("if-range")
        if asked is None or body.size is None or self.conditions.noranges:
            return None
        if condition is not None and condition != f'"{body.etag}"':
            return None
        first, last = asked.groups()
        if not first:
            return (max(0, body.size - int(last)), body.size) if last else None
        return int(first), min(int(last) + 1, body.size) if last else body.size

    async def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self._hit.status = status
        self.house.log.changed()
        if not self._wire.reusable:
            headers = {**headers, "Connection": "close"}
        await self._wire.send_head(status, headers)

    async def _body(self, body: Body, start: int, stop: int | None, pace: float | None) -> None:
        """The bytes, with the stops that the conditions ask for."""
        cut, hold = self._cut(start, stop), self.conditions.hold
        end = stop if cut is None else cut
        if hold is not None and start < hold and (end is None or hold < end):
            await self._bytes(body, start, hold, pace)
            await self._wire.wait_for(self.house.gate(self.request.path))
            start = hold
        await self._bytes(body, start, end, pace)
        if cut is not None:
            raise BrokenOff

    def _cut(self, start: int, stop: int | None) -> int | None:
        if not self.conditions.cut or stop is None:
            return None
        return start + (stop - start) // 2

    async def _bytes(self, body: Body, start: int, stop: int | None, pace: float | None) -> None:
        if pace:
            await bodies.send_at_pace(body, self._wire, start, stop, self._count, bytes_per_s=pace)
        else:
            await body.send(self._wire, start, stop, self._count)

    def _count(self, length: int) -> None:
        self._hit.bytes_sent += length
        self.house.log.changed()
