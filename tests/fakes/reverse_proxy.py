"""A reverse proxy in front of the portal, as households have one: it passes one path of its host on, notes the rest.

    with ReverseProxy(portal.address, prefix="/nest") as proxy:
        httpx.get(proxy.base + "/nest/")

It answers one request on each connection, passes bytes on as they come in both directions, and says whom it speaks for
in X-Forwarded-For, -Host and -Proto. `strays` are the targets that it was asked for outside of its prefix.
"""

import asyncio
import threading
from contextlib import suppress
from typing import Self

_NOT_OURS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_REPLACED = (b"connection:", b"x-forwarded-")


class ReverseProxy:
    """Serves in a thread of its own; with `strips`, what is behind does not hear of the prefix."""

    def __init__(self, behind: str, *, prefix: str, strips: bool = False) -> None:
        host, _, port = behind.rpartition(":")
        self._behind = (host, int(port))
        self._prefix = prefix.encode()
        self._strips = strips
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="reverse-proxy", daemon=True)
        self.strays: list[str] = []
        self.base = ""

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(10)
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, version = head.partition(b"\r\n")[0].split(b" ")
            if not self._is_ours(target):
                self.strays.append(target.decode())
                writer.write(_NOT_OURS)
                await writer.drain()
            else:
                await self._pass_on(b" ".join((method, self._told(target), version)), head, reader, writer)
        writer.close()

    def _is_ours(self, target: bytes) -> bool:
        return target.partition(b"?")[0] == self._prefix or target.startswith(self._prefix + b"/")

    def _told(self, target: bytes) -> bytes:
        if not self._strips:
            return target
        rest = target.removeprefix(self._prefix)
        return rest if rest.startswith(b"/") else b"/" + rest

    async def _pass_on(
        self, line: bytes, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        fields = [field for field in head.split(b"\r\n")[1:-2] if not field.lower().startswith(_REPLACED)]
        client = writer.get_extra_info("peername")[0].encode()
        fields += [b"Connection: close", b"X-Forwarded-For: " + client, b"X-Forwarded-Proto: http"]
        behind, to_behind = await asyncio.open_connection(*self._behind)
        to_behind.write(b"\r\n".join([line, *fields, b"", b""]))
        asking = asyncio.ensure_future(_pump(reader, to_behind))
        answering = asyncio.ensure_future(_pump(behind, writer))
        try:
            await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asking.cancel()
            answering.cancel()
            to_behind.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass on what comes until no more does; who closes on either side ends both."""
    with suppress(OSError):
        while piece := await source.read(65_536):
            sink.write(piece)
            await sink.drain()
