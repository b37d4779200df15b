"""Sources that behave badly: nothing of it reaches a page, a third party, or much of our memory and time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import pytest

from medianest.core.circuit import State
from medianest.core.errors import Unavailable
from medianest.core.outbound import AddressPolicy
from medianest.core.outbound.clients import CallLimits
from medianest.core.resilience import CircuitBreaker
from medianest.pictures import client as module
from medianest.pictures.building import TMDB, tmdb_place
from medianest.pictures.client import Upstream
from medianest.pictures.errors import NoPicture
from medianest.pictures.paths import as_it_is
from medianest.pictures.places import Place
from medianest.pictures.types import Size
from tests.downloads.processes import until
from tests.fakes.canary import Canary
from tests.fakes.image_host import ImageHost
from tests.fakes.plex.messages import Reply
from tests.pictures.samples import picture, seen
from tests.pictures.studio import Studio

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BRIEF = CallLimits(connect_s=0.5, first_byte_s=0.5, total_s=1.0, body_bytes=200_000)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"


@dataclass
class Source:
    """Something that talks, and the upstream that asks it."""

    upstream: Upstream
    breaker: CircuitBreaker
    heard: list[bytes]

    async def fetch(self, path: str = "/x.jpg") -> bytes:
        return await self.upstream.fetch(path, Size.POSTER_154)


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[Source]:
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def where() -> Place:
        return Place.configured(f"http://127.0.0.1:{port}", {"X-Plex-Token": "secret"})

    breaker = CircuitBreaker("test")
    upstream = Upstream(where, breaker, target=as_it_is, limits=BRIEF)
    try:
        yield Source(upstream, breaker, heard)
    finally:
        await upstream.stop()
        server.close()
        await server.wait_closed()


def saying(answer: bytes) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return talk


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n\xff\xd8\xff")
    while True:
        writer.write(bytes(16_384))
        await writer.drain()


async def dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Length: 1000\r\n\r\n")
    for _byte in range(1000):
        writer.write(b"\xff")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


NONE = {
    "endless": endless,
    "more than a picture has, as it says itself": saying(OK + b"Content-Length: 999999999\r\n\r\n" + bytes(300_000)),
    "packed": saying(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"),
    "404": saying(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    "no content": saying(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a part of it": saying(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\n\xff\xd8\xff"),
}
AWAY = {
    "dripping": dripping,
    "silent": silent,
    "shorter than it says": saying(OK + b"Content-Length: 10\r\n\r\n\xff\xd8\xff"),
    "no HTTP": saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "hung up": saying(b""),
    "500": saying(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"),
    "401": saying(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"),
    "429": saying(b"HTTP/1.1 429 Slow\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize("talk", NONE.values(), ids=NONE)
async def test_what_answers_without_a_picture_has_none(talk: Talk) -> None:
    async with talking(talk) as source:
        began = monotonic()
        with pytest.raises(NoPicture):
            await source.fetch()
        assert monotonic() - began < 3
        for _ in range(6):
            with pytest.raises(NoPicture):
                await source.fetch()
        assert source.breaker.health.state is State.CLOSED, "the link is well"


@pytest.mark.parametrize("talk", AWAY.values(), ids=AWAY)
async def test_what_does_not_answer_rightly_is_away(talk: Talk) -> None:
    async with talking(talk) as source:
        began = monotonic()
        with pytest.raises(Unavailable):
            await source.fetch()
        assert monotonic() - began < 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_no_token_goes_anywhere(status: int, canary: Canary) -> None:
    moved = f"HTTP/1.1 {status} Moved\r\nLocation: {canary.url('/x.jpg')}\r\nContent-Length: 0\r\n\r\n"
    async with talking(saying(moved.encode())) as source:
        with pytest.raises(NoPicture):
            await source.fetch()
    assert canary.connections == 0


async def test_a_server_that_moved_is_asked_where_it_is_now() -> None:
    """A token that was meant for one server is not shown to the next."""
    places: list[Place | None] = []

    async def where() -> Place | None:
        return places[-1]

    body = picture("JPEG", (30, 45))
    answer = saying(OK + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    upstream = Upstream(where, CircuitBreaker("test"), target=as_it_is, limits=BRIEF)
    async with talking(answer) as first, talking(answer) as second:
        for number, source in enumerate((first, second)):
            place = await source.upstream._where()
            assert place
            places.append(Place.configured(place.base_url, {"X-Plex-Token": f"token-{number}"}))
            assert await upstream.fetch("/x.jpg", Size.POSTER_154) == body
        places.append(None)
        with pytest.raises(Unavailable):
            await upstream.fetch("/x.jpg", Size.POSTER_154)
        await upstream.stop()
    assert b"token-0" in first.heard[0]
    assert b"token-1" in second.heard[0]
    assert b"token-0" not in second.heard[0]


async def test_a_place_that_its_policy_does_not_admit_is_not_connected_to(canary: Canary) -> None:
    async def where() -> Place:
        return Place(base_url=f"http://{canary.address}", policy=AddressPolicy.typed())

    upstream = Upstream(where, CircuitBreaker("test"), target=as_it_is)
    with pytest.raises(Unavailable):
        await upstream.fetch("/x.jpg", Size.POSTER_154)
    await upstream.stop()
    assert canary.connections == 0


def test_the_host_of_tmdb_may_not_be_a_private_address_unless_one_was_configured_in_its_place() -> None:
    assert tmdb_place(TMDB).policy == AddressPolicy.typed()
    assert tmdb_place("http://127.0.0.1:8080").policy == AddressPolicy.upstream("127.0.0.1", 8080)


async def test_no_more_are_asked_for_at_once_than_a_source_bears() -> None:
    gate = asyncio.Event()

    async def slowly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(OK + b"Content-Length: 3\r\nConnection: close\r\n\r\n\xff\xd8\xff")

    async with talking(slowly) as source:
        gate.set()
        await source.fetch()
        gate.clear()
        source.heard.clear()
        fetching = asyncio.gather(*(source.fetch() for _ in range(4 * module.AT_ONCE)))
        await until(lambda: len(source.heard) >= module.AT_ONCE)
        for _ in range(500):
            await asyncio.sleep(0)  # whoever else may come comes now
        assert len(source.heard) == module.AT_ONCE
        gate.set()
        assert len(await fetching) == 4 * module.AT_ONCE


@pytest.mark.parametrize(
    "body",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html>", b"", b"RIFF1234WAVE", b"\x00\x00\x01\x00"],
)
async def test_what_calls_itself_a_picture_and_is_none_never_reaches_a_child(
    body: bytes, studio: Studio, host: ImageHost
) -> None:
    host.pictures["/x.jpg"] = Reply(body=body, media_type="image/jpeg")
    with pytest.raises(NoPicture):
        await studio.get("/x.jpg")
    assert studio.pictures._decoders.waiting_pids == []
    assert studio.kept == []


async def test_a_picture_that_is_called_something_else_is_shown(studio: Studio, host: ImageHost) -> None:
    host.pictures["/x.jpg"] = Reply(body=picture("PNG"), media_type="text/html")
    assert seen(await studio.get("/x.jpg")).size == (154, 231)


async def test_the_cache_of_a_running_portal_keeps_to_its_bound(studio: Studio, host: ImageHost) -> None:
    for number in range(12):
        host.pictures[f"/{number}.jpg"] = Reply(body=picture("JPEG", (154 + number, 231)))
    first = await studio.get("/0.jpg")
    smaller = studio.held[-1].pictures.model_copy(update={"cache_bytes": 4 * len(first)})
    studio.held.append(studio.held[-1].model_copy(update={"pictures": smaller}))
    for number in range(12):
        await studio.get(f"/{number}.jpg")
        assert sum(path.stat().st_size for path in studio.kept) <= 4 * len(first)
    assert 0 < len(studio.kept) <= 5
