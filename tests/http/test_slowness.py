"""Who is slow: left when their time is up, however many they are; who brings or takes much may take long over it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import cycle, islice, repeat
from pathlib import Path

import httpx
import pytest

from medianest.core.buckets import Rate
from medianest.core.db import Database
from medianest.core.event import HOUSEHOLD
from medianest.core.live import Signal
from medianest.http.deadlines import Deadlines
from medianest.http.limits import Rates
from tests.http.conftest import SHORT
from tests.http.portal import Portal, run_portal

SLOW = {
    "nothing": b"",
    "an empty line": b"\r\n",
    "half a head": b"GET / HTTP/1.1\r\nHost: na",
    "half a body": b"POST /webhooks/news HTTP/1.1\r\nHost: nas\r\nContent-Length: 10\r\n\r\n12345",
    "a body nobody reads": b"POST /api/v1/change HTTP/1.1\r\nHost: nas\r\nContent-Length: 10\r\n\r\n12345",
    "nothing after an answer": b"GET / HTTP/1.1\r\nHost: nas\r\n\r\n",
    "half a second head": b"GET / HTTP/1.1\r\nHost: nas\r\n\r\nGET / HTTP/1.1\r\nHo",
}
DRIPS = {
    "empty lines": (b"", b"\r\n"),
    "a head": (b"GET / HTTP/1.1\r\nHost: nas\r\nX: ", b"a"),
    "a body": (b"POST /webhooks/news HTTP/1.1\r\nHost: nas\r\nContent-Length: 1000\r\n\r\n", b"a"),
    "chunks": (b"POST /webhooks/news HTTP/1.1\r\nHost: nas\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "a body nobody reads": (b"POST /api/v1/change HTTP/1.1\r\nHost: nas\r\nContent-Length: 1000\r\n\r\n", b"a"),
}
MUCH = 16 * 1024 * 1024


async def _drip(portal: Portal, beginning: bytes, drops: Iterable[bytes], *, each_s: float = 0.02) -> bytes:
    """Send one drop after the other for as long as the other side listens; what it said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", portal.port)
    writer.write(beginning)
    ended = asyncio.ensure_future(reader.read())
    for drop in drops:
        await asyncio.wait([ended], timeout=each_s)
        if ended.done():
            break
        writer.write(drop)
    answer = b""
    with suppress(ConnectionError):
        answer = await ended
    writer.close()
    return answer


async def _upload(portal: Portal, *, of: int) -> bytes:
    """The head with which Bob begins to send so many bytes."""
    _, fields = await portal.enter(portal.cast.bob)
    lines = ["PUT /big HTTP/1.1", "Host: nas", "Connection: close", *(f"{name}: {fields[name]}" for name in fields)]
    return "\r\n".join([*lines, f"Content-Length: {of}", "\r\n"]).encode()


@pytest.mark.parametrize("beginning", SLOW.values(), ids=SLOW.keys())
async def test_who_does_not_go_on_is_left(impatient: Portal, beginning: bytes) -> None:
    begun = time.monotonic()
    async with asyncio.timeout(8):
        answers = await asyncio.gather(*(impatient.say(beginning) for _ in range(20)))
    assert time.monotonic() - begun < 4
    assert len({answer[9:12] for answer in answers}) == 1


@pytest.mark.parametrize(("beginning", "drop"), DRIPS.values(), ids=DRIPS.keys())
async def test_a_drip_does_not_buy_time(impatient: Portal, beginning: bytes, drop: bytes) -> None:
    async with asyncio.timeout(4):
        answer = await _drip(impatient, beginning, repeat(drop))
    # who goes on sending to a connection that is closed may lose its answer
    assert answer[9:12] in (b"", b"400", b"401", b"408")
    assert impatient.changes == []


async def test_a_drip_through_a_long_body_does_not_buy_time(impatient: Portal) -> None:
    async with asyncio.timeout(4):
        answer = await _drip(impatient, await _upload(impatient, of=100_000), repeat(b"a"))
    assert answer[9:12] in (b"", b"408")


async def test_a_long_body_may_take_longer_than_a_short_one(impatient: Portal) -> None:
    begun = time.monotonic()
    async with asyncio.timeout(8):
        answer = await _drip(impatient, await _upload(impatient, of=264_000), [b"a" * 66_000] * 4, each_s=0.3)
    assert time.monotonic() - begun > SHORT.body_s
    assert answer.endswith(b"264000")


async def test_who_takes_long_over_a_film_gets_it_whole(impatient: Portal) -> None:
    (impatient.folder / "film.mp4").write_bytes(bytes(MUCH))
    begun, taken = time.monotonic(), 0
    async with asyncio.timeout(15), _asking(impatient, "/files/film.mp4") as reader:
        while taken < MUCH:
            await asyncio.wait([impatient.serving], timeout=0.1)
            taken += len(await reader.readexactly(MUCH // 16))
    assert time.monotonic() - begun > SHORT.head_s + SHORT.body_s


async def test_who_takes_nothing_of_a_film_is_left(impatient: Portal) -> None:
    (impatient.folder / "film.mp4").write_bytes(bytes(MUCH))
    async with _asking(impatient, "/files/film.mp4"):
        await _left_alone(impatient)


async def test_a_stream_on_which_nothing_happens_stays_open(impatient: Portal) -> None:
    async with asyncio.timeout(8), _asking(impatient, "/api/v1/events") as reader:
        await asyncio.wait([impatient.serving], timeout=2 * (SHORT.head_s + SHORT.body_s))
        impatient.live.publish(Signal(kind="download.progress", subject_id="1", audience=HOUSEHOLD, data="12 %"))
        await reader.readuntil(b"data: 12 %")


async def test_half_a_body_does_not_keep_a_stream_open(impatient: Portal, caplog: pytest.LogCaptureFixture) -> None:
    async with _asking(impatient, "/api/v1/events", "Content-Length: 10"):
        await _left_alone(impatient)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_five_hundred_who_are_slow_keep_nobody_else_waiting(db: Database, tmp_path: Path) -> None:
    patience = Deadlines(head_s=4, body_s=4, rest_s=4, idle_s=4)
    rates = Rates(stranger=Rate(burst=10_000, every=timedelta(seconds=1)))
    async with (
        asyncio.timeout(30),
        run_portal(db, tmp_path, deadlines=patience, rates=rates) as portal,
        httpx.AsyncClient(base_url=portal.url, trust_env=False, timeout=2) as http,
    ):
        slow = [asyncio.create_task(portal.say(said)) for said in islice(cycle(SLOW.values()), 500)]
        while _connections(portal) < 500:
            assert (await http.get("/")).status_code == 200
        assert [(await http.get("/")).status_code for _ in range(20)] == [200] * 20
        assert _connections(portal) > 500
        await asyncio.gather(*slow)
        assert (await http.get("/")).status_code == 200
        assert _connections(portal) == 1


def test_nobody_is_waited_for_longer_than_fifteen_seconds() -> None:
    usual = Deadlines()
    assert max(usual.head_s, usual.idle_s, usual.body_s + usual.rest_s) <= 15


@asynccontextmanager
async def _asking(portal: Portal, path: str, *fields: str) -> AsyncIterator[asyncio.StreamReader]:
    """Bob asks for this; what comes after the head of the answer."""
    _, sent = await portal.enter(portal.cast.bob)
    reader, writer = await asyncio.open_connection("127.0.0.1", portal.port)
    lines = [f"GET {path} HTTP/1.1", "Host: nas", f"Cookie: {sent['cookie']}", *fields, "\r\n"]
    writer.write("\r\n".join(lines).encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    try:
        yield reader
    finally:
        writer.close()


async def _left_alone(portal: Portal) -> None:
    """Returns when nobody else is connected any more."""
    async with asyncio.timeout(4), httpx.AsyncClient(base_url=portal.url, trust_env=False) as http:
        while (await http.get("/")).status_code == 200 and _connections(portal) > 1:
            pass


def _connections(portal: Portal) -> int:
    return len(portal.server.server_state.connections)
