"""What the portal adds to an answer: its queue page, the 304 of it and a full list as JSON, each against a bare one."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx

from bench.bare import bare
from bench.frame import Figure, in_turns, ratio
from bench.furnished import PEOPLE, cookie, folder_of_portal, move_in
from tests.portal import Portal

ROUNDS = 7
EACH = 100
_PAGE, _ROWS = "/queue", "/api/v1/downloads?limit=200"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the status that it must get."""

    port: int
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    async def ms(self) -> float:
        """Milliseconds that one answer takes, of many in a row over one connection."""
        return await asyncio.to_thread(self._ms)

    def _ms(self) -> float:
        lines = [f"GET {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in self.fields.items()]
        request = "\r\n".join([*lines, "\r\n"]).encode()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            _answer(connection, request)
            begun = perf_counter()
            statuses = {_answer(connection, request) for _ in range(EACH)}
            seconds = perf_counter() - begun
        assert statuses == {self.status}, (self.path, statuses)
        return seconds * 1000 / EACH


def _answer(connection: socket.socket, request: bytes) -> int:
    """The status of an answer, once it is there as a whole."""
    connection.sendall(request)
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += connection.recv(1 << 18)
    _, found, rest = got[:end].lower().partition(b"content-length:")
    missing = int(rest.partition(b"\r\n")[0]) - (len(got) - end - 4) if found else 0
    while missing > 0:
        missing -= len(connection.recv(1 << 18))
    return int(got[9:12])


async def figures() -> AsyncIterator[Figure]:
    """Each case is asked by another person, for everybody may ask only so much."""
    with folder_of_portal() as portal, TemporaryDirectory() as texts:
        await move_in(portal)
        first, second, third = [{"Cookie": await asyncio.to_thread(cookie, portal, name)} for name in PEOPLE[:3]]
        page, same, rows = (
            await _got(portal, _PAGE, first),
            await _got(portal, _PAGE, second),
            await _got(portal, _ROWS, first),
        )
        Path(texts, "page.html").write_bytes(page.content)
        Path(texts, "rows.json").write_bytes(rows.content)
        async with bare(Path(texts)) as (_, port):
            ours, theirs = partial(Asked, portal.port), partial(Asked, port)
            known = second | {"If-None-Match": same.headers["etag"]}
            yield await _against(f"queue page of {_kib(page)}", ours(_PAGE, first), theirs("/page"))
            yield await _against("its 304", ours(_PAGE, known, 304), theirs("/unchanged", status=304))
            yield await _against(f"200 rows as JSON, {_kib(rows)}", ours(_ROWS, third), theirs("/rows"))


async def _got(portal: Portal, path: str, fields: Mapping[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(base_url=portal.base, trust_env=False) as client:
        return (await client.get(path, headers=fields)).raise_for_status()


def _kib(answer: httpx.Response) -> str:
    return f"{len(answer.content) / 1024:.0f} KiB"


async def _against(name: str, portal: Asked, other: Asked) -> Figure:
    return ratio(f"{name} against bare, ms", await in_turns(ROUNDS, portal=portal.ms, bare=other.ms), "portal", "bare")
