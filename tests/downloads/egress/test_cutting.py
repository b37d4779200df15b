"""What takes too much or too long, and what is no longer wanted, is cut so that it cannot look whole."""

import asyncio
import contextlib
import socket
import struct

import pytest

from medianest.downloads.egress.passes import Pass
from tests.downloads.egress.conftest import House, Talk, get, says, silence, sized


def endless(*, head: bytes, pause_s: float = 0.0, piece: bytes = b"x" * 65536) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        gone = asyncio.create_task(until_left(reader))
        while not gone.done():
            writer.write(piece)
            await writer.drain()
            await asyncio.wait([gone], timeout=pause_s)

    return talk


async def until_left(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        await reader.read()


LIVE = b"HTTP/1.1 200 OK\r\n\r\n"
HUGE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"


@pytest.mark.parametrize("head", [LIVE, HUGE])
async def test_closing_a_pass_cuts_its_transfers_at_once(house: House, head: bytes) -> None:
    site = await house.site(endless(head=head))
    job = house.egress.open_pass("job")
    client = await house.client()
    client.send(get(job, site.address))
    await client.reader.readexactly(1_000_000)
    house.egress.close_pass("job")
    assert await client.is_reset()
    await site.left.wait()
    assert (await (await house.client()).ask(get(job, site.address))).status == 407


async def test_closing_a_pass_cuts_its_idle_connections_too(house: House) -> None:
    site = await house.site(says(sized(b"film")))
    job = house.egress.open_pass("job")
    client = await house.client()
    assert (await client.ask(get(job, site.address))).status == 200
    house.egress.close_pass("job")
    assert await client.is_reset()


async def test_closing_a_pass_leaves_others_alone(house: House) -> None:
    site = await house.site(silence)
    mine, other = house.egress.open_pass("mine"), house.egress.open_pass("other")
    clients = {}
    for job in (mine, other):
        clients[job.job_id] = client = await house.client()
        await client.tunnel(job, site.address)
    house.egress.close_pass("mine")
    assert await clients["mine"].is_reset()
    assert len(other.lines) == 1
    house.egress.close_pass("mine")


async def test_a_job_gets_so_many_bytes_and_no_more(house: House) -> None:
    site = await house.site(endless(head=LIVE))
    job = house.egress.open_pass("job", byte_limit=1_000_000)
    first, second = await house.client(), await house.client()
    await second.tunnel(job, site.address)
    first.send(get(job, site.address))
    assert await first.is_reset()
    assert await second.is_reset()
    assert job.exhausted
    assert job.bytes == 1_000_000
    reply = await (await house.client()).ask(get(job, site.address))
    assert (reply.status, reply.reason) == (403, "Byte limit reached")
    assert "x-medianest-blocked" not in reply.headers


async def test_bytes_that_are_sent_count_as_well(house: House) -> None:
    site = await house.site(endless(head=LIVE, pause_s=9))
    job = house.egress.open_pass("job", byte_limit=200_000)
    client = await house.client()
    await client.tunnel(job, site.address)
    client.send(b"\r\n\r\n" + b"x" * 300_000)
    assert await client.is_reset()
    assert job.exhausted


@pytest.mark.parametrize("piece", [b"", b"x"], ids=["stops", "drips"])
@pytest.mark.parametrize("head", [LIVE, HUGE])
async def test_a_transfer_that_stands_still_or_drips_is_cut(house: House, head: bytes, piece: bytes) -> None:
    site = await house.site(endless(head=head, pause_s=0.01, piece=piece))
    job = house.egress.open_pass("job", idle_s=0.15)
    client = await house.client()
    client.send(get(job, site.address))
    assert await client.is_reset()
    await site.left.wait()
    assert job.idle_cuts == 1


async def test_a_transfer_that_moves_is_not_cut_however_long_it_takes(house: House) -> None:
    site = await house.site(endless(head=LIVE, pause_s=0.01, piece=b"x" * 300))
    job = house.egress.open_pass("job", idle_s=0.3)
    client = await house.client()
    client.send(get(job, site.address))
    await client.reader.readexactly(300 * 45)
    assert job.idle_cuts == 0


async def test_a_tunnel_that_stands_still_is_cut(house: House) -> None:
    site = await house.site(silence)
    job = house.egress.open_pass("job", idle_s=0.1)
    client = await house.client()
    await client.tunnel(job, site.address)
    assert await client.is_reset()
    assert job.idle_cuts == 1


async def test_a_site_that_does_not_answer_in_time_is_said_to_be_silent(house: House) -> None:
    site = await house.site(silence)
    job = house.egress.open_pass("job", idle_s=0.1)
    assert (await (await house.client()).ask(get(job, site.address))).status == 504


async def test_a_body_that_ended_early_does_not_look_whole(house: House, job: Pass) -> None:
    site = await house.site(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"))
    client = await house.client()
    client.send(get(job, site.address))
    assert await client.is_reset()


async def test_a_site_that_breaks_off_breaks_the_client_off(house: House, job: Pass) -> None:
    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(LIVE + b"half")
        await reader.readexactly(5)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    site = await house.site(break_off)
    client = await house.client()
    await client.tunnel(job, site.address, b"\r\n\r\n")
    assert await client.reader.readexactly(len(LIVE) + 4) == LIVE + b"half"
    client.send(b"more!")
    assert await client.is_reset()


async def test_a_client_that_leaves_frees_the_site(house: House, job: Pass) -> None:
    site = await house.site(endless(head=LIVE))
    client = await house.client()
    client.send(get(job, site.address))
    await client.reader.readexactly(100_000)
    client.writer.transport.abort()
    await site.left.wait()


async def test_stopping_ends_everything(house: House, job: Pass) -> None:
    site = await house.site(endless(head=LIVE))
    client, idle = await house.client(), await house.client()
    client.send(get(job, site.address))
    await client.reader.readexactly(100_000)
    await house.egress.stop()
    await site.left.wait()
    assert await client.is_reset()
    assert await idle.is_reset()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", house.egress.port)
    await house.egress.stop()
