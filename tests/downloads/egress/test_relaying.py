"""What is allowed passes through whole: requests, answers and tunnels."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from medianest.downloads.egress.passes import Pass
from tests.downloads.egress.conftest import House, Talk, get, says, silence, sized

DATA = os.urandom(1 << 16)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


def streams(head: bytes, size: int) -> Talk:
    """Answer with so many bytes of DATA over and over."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(size // len(DATA)):
            writer.write(DATA)
            await writer.drain()

    return talk


async def test_a_request_reaches_the_site_and_its_answer_comes_back(house: House, job: Pass) -> None:
    site = await house.site(says(sized(b"film")))
    client = await house.client()
    reply = await client.ask(get(job, site.address, "/film.mp4?a=b", "Range: bytes=0-"))
    assert (reply.status, reply.body) == (200, b"film")
    first, *headers = site.heads[0].decode().split("\r\n")
    assert first == "GET /film.mp4?a=b HTTP/1.1"
    assert set(headers) == {f"Host: {site.address}", "Range: bytes=0-", "Connection: close", ""}


async def test_the_connection_is_kept_for_the_next_request_to_whatever_site(house: House, job: Pass) -> None:
    one, other = await house.site(says(sized(b"one"))), await house.site(says(sized(b"other")))
    client = await house.client()
    for site, body in ((one, b"one"), (other, b"other"), (one, b"one")):
        assert (await client.ask(get(job, site.address))).body == body
    assert one.connections == 2
    last = await client.ask(get(job, one.address, "/", "Connection: close"))
    assert last.headers["connection"] == "close"
    assert await client.is_closed()


async def test_pipelined_requests_are_answered_in_order(house: House, job: Pass) -> None:
    one, other = await house.site(says(sized(b"one"))), await house.site(says(sized(b"other")))
    client = await house.client()
    client.send(get(job, one.address) + get(job, other.address) + get(job, one.address))
    assert [(await client.reply()).body for _ in range(3)] == [b"one", b"other", b"one"]


async def test_a_body_of_known_length_is_sent_on_and_nothing_of_the_next_request(house: House, job: Pass) -> None:
    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await reader.readexactly(200_000)
        writer.write(sized(hashlib.sha256(body).hexdigest().encode()))
        writer.write_eof()
        assert await reader.read() == b""

    site = await house.site(count)
    body = os.urandom(200_000)
    client = await house.client()
    post = get(job, site.address, "/", f"Content-Length: {len(body)}", method="POST")
    client.send(post + body + post + body)
    expected = hashlib.sha256(body).hexdigest().encode()
    assert [(await client.reply()).body for _ in range(2)] == [expected, expected]


async def test_a_body_in_chunks_is_sent_on_and_its_end_is_found(house: House, job: Pass) -> None:
    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sized(await reader.readuntil(b"0\r\n\r\n")))

    site = await house.site(repeat)
    client = await house.client()
    post = get(job, site.address, "/", "Transfer-Encoding: chunked", method="POST")
    client.send(post + b"5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n" + post + b"0\r\n\r\n")
    assert (await client.reply()).body == b"5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n"
    assert (await client.reply()).body == b"0\r\n\r\n"


@pytest.mark.parametrize(
    "body", [b"zz\r\n", b"5;x=y\r\nhello\r\n", b"2\r\nhello", b"0\r\nTrailer: x\r\n\r\n", b"f" * 99]
)
async def test_chunks_that_are_none_end_the_connection(house: House, job: Pass, body: bytes) -> None:
    site = await house.site(silence)
    client = await house.client()
    client.send(get(job, site.address, "/", "Transfer-Encoding: chunked", method="POST") + body)
    assert await client.is_reset()


async def test_a_client_that_waits_for_leave_gets_it(house: House, job: Pass) -> None:
    async def size(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sized(await reader.readexactly(4)))

    site = await house.site(size)
    client = await house.client()
    first = await client.ask(get(job, site.address, "/", "Content-Length: 4", "Expect: 100-continue", method="POST"))
    assert first.status == 100
    assert (await client.ask(b"body")).body == b"body"


async def test_interim_answers_are_handed_on(house: House, job: Pass) -> None:
    site = await house.site(says(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + sized(b"late")))
    client = await house.client()
    early = await client.ask(get(job, site.address))
    assert (early.status, early.headers) == (103, {"link": "x"})
    assert (await client.reply()).body == b"late"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n"),
        (b"HTTP/1.0 200 OK\n\nold", b"old"),
    ],
)
async def test_an_answer_without_a_length_ends_with_the_connection(
    house: House, job: Pass, answer: bytes, body: bytes
) -> None:
    site = await house.site(says(answer))
    client = await house.client()
    reply = await client.ask(get(job, site.address))
    assert (reply.body, reply.headers["connection"]) == (body, "close")


@pytest.mark.parametrize(("method", "first"), [("HEAD", b"HTTP/1.1 200 OK"), ("GET", b"HTTP/1.1 304 Not Modified")])
async def test_an_answer_without_a_body_keeps_the_connection(
    house: House, job: Pass, method: str, first: bytes
) -> None:
    site = await house.site(says(first + b"\r\nContent-Length: 99\r\n\r\n"))
    client = await house.client()
    for _ in range(2):
        client.send(get(job, site.address, method=method))
        assert (await client.reply(bodiless=True)).headers["content-length"] == "99"


@pytest.mark.parametrize("early", [0, 1, 5])
async def test_more_than_was_announced_does_not_reach_the_client(house: House, job: Pass, early: int) -> None:
    go_on = asyncio.Event()

    async def too_much(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sized(b"short")[: early - 5 or None])
        await go_on.wait()
        writer.write(b"short"[early:] + sized(b"smuggled"))

    evil, good = await house.site(too_much), await house.site(says(sized(b"good")))
    client = await house.client()
    client.send(get(job, evil.address))
    await client.reply(bodiless=True)
    go_on.set()
    assert await client.reader.readexactly(5) == b"short"
    assert (await client.ask(get(job, good.address))).body == b"good"


async def test_a_client_that_reads_slowly_gets_every_byte(house: House, job: Pass) -> None:
    pieces = 400  # more than the buffers of all sockets hold
    size = pieces * len(DATA)
    site = await house.site(streams(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size, size))
    client = await house.client()
    client.send(get(job, site.address))
    await client.reply(bodiless=True)
    for _ in range(pieces):
        assert await client.reader.readexactly(len(DATA)) == DATA
    assert job.received > size
    assert job.bytes == job.received + job.sent


async def test_a_tunnel_carries_bytes_both_ways(house: House, job: Pass) -> None:
    site = await house.site(echo)
    client = await house.client()
    await client.tunnel(job, site.address, b"early\r\n\r\n")
    blob = DATA * 40
    client.send(blob)
    assert await client.reader.readexactly(len(blob)) == blob
    assert site.heads == [b"early\r\n\r\n"]
    assert (job.sent, job.received) == (len(blob) + 9, len(blob))


async def test_a_tunnel_closes_one_direction_at_a_time(house: House, job: Pass) -> None:
    async def at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"heard " + await reader.read())

    site = await house.site(at_the_end)
    client = await house.client()
    await client.tunnel(job, site.address)
    client.send(b"head\r\n\r\nquestion")
    client.writer.write_eof()
    assert await client.reader.read() == b"heard question"


async def test_names_are_asked_once_and_every_address_is_tried(house: House, job: Pass) -> None:
    site = await house.site(says(sized(b"here")))
    house.allow("site.example", site.port)
    house.names.known["site.example"] = ["127.0.0.3", "::1", "127.0.0.1"]
    client = await house.client()
    assert (await client.ask(get(job, f"site.example:{site.port}"))).body == b"here"
    assert house.names.asked == ["site.example"]


async def test_a_site_that_reads_slowly_gets_every_byte(house: House, job: Pass) -> None:
    pieces = 400

    async def check(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        right = [await reader.readexactly(len(DATA)) == DATA for _ in range(pieces)]
        writer.write(sized(b"%d" % sum(right)))

    site = await house.site(check)
    client = await house.client()
    client.send(get(job, site.address, "/", f"Content-Length: {pieces * len(DATA)}", method="POST"))
    for _ in range(pieces):
        client.send(DATA)
        await client.writer.drain()
    assert (await client.reply()).body == b"400"


async def test_no_pipe_is_left_open(house: House, job: Pass) -> None:
    def pipes() -> int:
        return sum(path.is_fifo() for path in Path("/proc/self/fd").iterdir())

    site = await house.site(echo)
    before = pipes()
    client = await house.client()
    await client.tunnel(job, site.address, b"hello\r\n\r\n" + DATA)
    await client.reader.readexactly(len(DATA))
    assert pipes() == before + 2
    client.writer.close()
    await asyncio.wait([connection.task for connection in house.egress._connections])
    assert pipes() == before


async def test_what_passes_is_counted(house: House, job: Pass) -> None:
    site = await house.site(says(sized(b"film")))
    client = await house.client()
    await client.ask(get(job, site.address, "/", "Connection: close"))
    assert await client.is_closed()
    assert house.metric('medianest_egress_requests_total{result="relayed"}') == 1
    assert house.metric('medianest_egress_bytes_total{direction="received"}') == job.received == len(sized(b"film"))
    assert house.metric('medianest_egress_bytes_total{direction="sent"}') == job.sent == len(site.heads[0])
