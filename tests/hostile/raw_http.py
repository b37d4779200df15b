"""HTTP as bytes, for what a well-behaved client would not send."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

PATIENCE_S = 30.0
Headers = Sequence[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


class Connection:
    """One connection that is kept while the other side keeps it, and made anew when it does not."""

    def __init__(self, address: str) -> None:
        """`address` is `host:port`."""
        self._address = address
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def ask(self, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Answer:
        """Send a request whose values are taken as they are, and read the answer; a stream is left at its beginning."""
        sent = {"Host": self._address, "Content-Length": str(len(body))} | dict(headers)
        lines = [
            f"{name}: ".encode() + (value if isinstance(value, bytes) else value.encode())
            for name, value in sent.items()
        ]
        head = b"\r\n".join([f"{method} {target} HTTP/1.1".encode(), *lines, b"\r\n"])
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await self._open()
            writer.write(head + body)
            return await self._answer(reader, method)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            await self.close()
            self._reader, self._writer = await asyncio.open_connection(*self._address.rsplit(":", 1))
        return self._reader, self._writer

    async def _answer(self, reader: asyncio.StreamReader, method: str) -> Answer:
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        fields = (line.partition(":") for line in rest if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        status = int(first.split()[1])
        body = await self._body(reader, headers) if method != "HEAD" and status not in (204, 304) else b""
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return Answer(status=status, headers=headers, body=body)

    async def _body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("content-type", "").startswith("text/event-stream"):
            await self.close()
            return b""
        chunks = []
        while size := int(await reader.readline(), 16):
            chunks.append(await reader.readexactly(size))
            await reader.readline()
        await reader.readline()
        return b"".join(chunks)
