"""A socket of the egress proxy, read by heads, lines and counted bytes."""

import asyncio
import contextlib
import re
import socket
import struct

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_READ = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, no time


class TooLong(ConnectionError):
    """A head or line that is longer than is read."""


class Wire:
    """One end of a connection; `waiting` holds what was read and not yet asked for."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = sock
        self.waiting = b""
        self._loop = asyncio.get_running_loop()

    async def head(self, limit: int) -> bytes:
        """A head and the empty line after it; nothing if the other end closed before it began."""
        searched = 0
        while not (end := _HEAD_END.search(self.waiting, max(0, searched - 3))):
            searched = len(self.waiting)
            if searched > limit:
                raise TooLong
            if not await self._more():
                if self.waiting:
                    raise ConnectionResetError("closed within a head")
                return b""
        if end.end() > limit:
            raise TooLong
        return self.take(end.end())

    async def line(self, limit: int) -> bytes:
        """A line without its CR LF."""
        while (end := self.waiting.find(b"\r\n")) < 0:
            if len(self.waiting) > limit:
                raise TooLong
            if not await self._more():
                raise ConnectionResetError("closed within a line")
        return self.take(end + 2)[:-2]

    async def expect(self, data: bytes) -> None:
        """Exactly these bytes."""
        while len(self.waiting) < len(data) and await self._more():
            pass
        if self.take(len(data)) != data:
            raise ConnectionResetError("not what must follow")

    def take(self, size: int | None = None) -> bytes:
        """What waits already, at most `size` bytes of it."""
        taken, self.waiting = self.waiting[:size], b"" if size is None else self.waiting[size:]
        return taken

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self.socket, data)

    def close(self) -> None:
        self.socket.close()

    def abort(self) -> None:
        """Close so that the other end cannot take it for a proper end."""
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.socket.close()

    async def _more(self) -> bool:
        data = await self._loop.sock_recv(self.socket, _READ)
        self.waiting += data
        return bool(data)
