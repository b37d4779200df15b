"""A running proxy, sites that do what they are told, and a client that speaks bytes."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
import uvloop

from medianest.core.metrics import Metrics
from medianest.core.outbound import AddressPolicy
from medianest.downloads.egress.connection import Limits
from medianest.downloads.egress.passes import Pass
from medianest.downloads.egress.proxy import Egress

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """A server on loopback that reads a head, remembers it and goes on as it was told."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.heads: list[bytes] = []
        self.connections = 0
        self.left = asyncio.Event()

    async def start(self, host: str = "127.0.0.1") -> None:
        self._server = await asyncio.start_server(self._serve, host, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.address = f"{host}:{self.port}"

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.left.set()


def says(answer: bytes) -> Talk:
    """Answer so and close."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return talk


def sized(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing until the other side leaves."""
    await reader.read()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes = b""


class Client:
    """One connection to the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self, *, bodiless: bool = False) -> Reply:
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = raw.split("\r\n")[:-2]
        _, status, reason = first.split(" ", 2)
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        reply = Reply(status=int(status), reason=reason, headers=headers)
        if bodiless or int(status) < 200:
            return reply
        length = headers.get("content-length")
        body = await self.reader.read(-1) if length is None else await self.reader.readexactly(int(length))
        return Reply(status=reply.status, reason=reason, headers=headers, body=body)

    async def ask(self, data: bytes) -> Reply:
        self.send(data)
        return await self.reply()

    async def tunnel(self, job_pass: Pass, address: str, early: bytes = b"") -> None:
        """Open a tunnel, and say something into it without waiting for the answer."""
        self.send(connect(job_pass, address) + early)
        assert (await self.reply(bodiless=True)).status == 200

    async def is_closed(self) -> bool:
        """Whether the proxy closed properly, with nothing more to say; waits for it."""
        return await self.reader.read() == b""

    async def is_reset(self) -> bool:
        """Whether the proxy reset the connection; waits for the end."""
        try:
            while await self.reader.read(1 << 20):
                pass
        except ConnectionResetError:
            return True
        return False


@dataclass
class Names:
    """A resolver that tests fill, counting who was asked for; a name known as None is never answered."""

    known: dict[str, Sequence[str] | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if host not in self.known:
            raise OSError("no such name")
        found = self.known[host]
        while found is None:
            await asyncio.Event().wait()
        return found


@dataclass
class House:
    """The proxy and what surrounds it."""

    names: Names = field(default_factory=Names)
    metrics: Metrics = field(default_factory=Metrics)
    rate: int | None = None
    _endings: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def start(self, limits: Limits) -> None:
        self.egress = Egress(
            AddressPolicy.typed(), resolve=self.names, limits=limits, metrics=self.metrics, rate=lambda: self.rate
        )
        await self.egress.start()
        self._endings.append(self.egress.stop)

    async def stop(self) -> None:
        for end in reversed(self._endings):
            await end()

    async def site(self, talk: Talk, *, host: str = "127.0.0.1", allowed: bool = True) -> Site:
        """A site, by default one that links may point to."""
        site = Site(talk)
        await site.start(host)
        self._endings.append(site.stop)
        if allowed:
            self.allow(host, site.port)
        return site

    def allow(self, host: str, port: int) -> None:
        self.egress.policy = AddressPolicy.typed({*self.egress.policy.named, (host, port)})

    async def client(self) -> Client:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.egress.port)

        async def leave() -> None:
            writer.close()

        self._endings.append(leave)
        return Client(reader, writer)

    def metric(self, name: str) -> float:
        for line in self.metrics.render().decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return 0.0


def authorisation(job_pass: Pass) -> str:
    token = base64.b64encode(f"{job_pass.username}:{job_pass.password}".encode()).decode()
    return f"Proxy-Authorization: Basic {token}"


def get(job_pass: Pass, address: str, path: str = "/", *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} http://{address}{path} HTTP/1.1", f"Host: {address}", authorisation(job_pass), *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def connect(job_pass: Pass, address: str) -> bytes:
    return f"CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n{authorisation(job_pass)}\r\n\r\n".encode("latin-1")


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops that the portal may run on: they differ much in how they deal with bare sockets."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


LIMITS = Limits(head_s=5.0, connect_s=1.0, resolve_s=1.0, sweep_s=0.02)


@pytest.fixture
def limits() -> Limits:
    """What a test may override by parametrising it."""
    return LIMITS


@pytest.fixture
async def house(limits: Limits) -> AsyncIterator[House]:
    house = House()
    await house.start(limits)
    yield house
    await house.stop()


@pytest.fixture
def job(house: House) -> Pass:
    """A pass without limits."""
    return house.egress.open_pass("job")
