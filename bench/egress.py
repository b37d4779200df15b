"""What the egress proxy costs: 500 MB through it and without it, and how late its event loop is under four at once.

The site, the proxy (on the kind of loop that the portal runs on) and each client are processes of their own.
"""

import asyncio
import base64
import os
import socket
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlsplit

import uvloop

from bench.frame import Figure, in_turns, loop_lag, p99_ms, ratio
from medianest.core.outbound import AddressPolicy
from medianest.downloads.egress.proxy import Egress

SIZE = 500_000_000
ROUNDS = 5
AT_ONCE = 4
RATIO_BAR = 1.15
LAG_BAR_MS = 20
IDLE_S = 2
NICE = 5  # what the children of jobs are


async def figures() -> AsyncIterator[Figure]:
    """By a bare socket that only reads, by yt-dlp as a job has it, and by four bare sockets at once."""
    with TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        film.touch()
        os.truncate(film, SIZE)
        async with _playing("site", str(film)) as site, _playing("proxy", port := await _say(site)) as proxy:
            address = await _say(proxy)
            sockets = {way: partial(_seconds, way, port, address) for way in ("direct", "proxied", "tunnelled")}
            await in_turns(1, **sockets)
            read = await in_turns(ROUNDS, **sockets)
            yield ratio("500 MB by a bare socket through the proxy", read, "proxied", "direct")
            yield ratio("500 MB by a bare socket in a tunnel", read, "tunnelled", "direct")
            fetched = await in_turns(
                ROUNDS, bare=partial(_ytdlp, port, folder), proxied=partial(_ytdlp, port, folder, "--proxy", address)
            )
            yield ratio("500 MB by yt-dlp through the proxy", fetched, "proxied", "bare", bar=RATIO_BAR)
            yield await _lag(proxy, partial(_seconds, "proxied", port, address))


async def _lag(proxy: Process, client: Callable[[], Awaitable[float]]) -> Figure:
    """How late the loop is under four at once; as late as it is without them, the machine is to blame."""
    await _say(proxy, "watch")
    await asyncio.sleep(IDLE_S)
    idle = float(await _say(proxy, "tell"))
    await _say(proxy, "watch")
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    busy = float(await _say(proxy, "tell"))
    note = f"{idle:.1f} ms with nothing to do"
    return Figure(name=f"loop lag p99 with {AT_ONCE} at once", value=busy, unit="ms", bar=LAG_BAR_MS, note=note)


@asynccontextmanager
async def _playing(*role: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, *role, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _say(process: Process, *words: str) -> str:
    """Its next line, after it was told these words."""
    assert process.stdin
    assert process.stdout
    process.stdin.write("".join(f"{word}\n" for word in words).encode())
    return (await process.stdout.readline()).decode().strip()


async def _seconds(*client: str) -> float:
    async with _playing("client", *client) as process:
        return float(await _say(process))


async def _ytdlp(port: str, folder: str, *options: str) -> float:
    link = f"http://127.0.0.1:{port}/film.mp4"
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "yt_dlp", "--ignore-config", "--quiet", "--no-part", "--force-overwrites"),
        *("--output", f"{folder}/copy.mp4", *options, link),
    )
    assert await process.wait() == 0
    return perf_counter() - began


def play_site(film: str) -> None:
    """As fast as a site can be: the kernel sends the file."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=_answer, args=(listener.accept()[0], film), daemon=True).start()


def _answer(client: socket.socket, film: str) -> None:
    with client, Path(film).open("rb") as file:
        head = client.recv(65536)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: %d\r\n\r\n" % SIZE)
        if not head.startswith(b"HEAD"):
            with suppress(OSError):
                client.sendfile(file)


def play_client(way: str, port: str, address: str) -> None:
    """Read everything, as a job's child would, and say how many seconds that took."""
    os.nice(NICE)
    proxy = urlsplit(address)
    token = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    authorisation = f"Proxy-Authorization: Basic {token}\r\n\r\n"
    request = f"GET http://127.0.0.1:{port}/film.mp4 HTTP/1.1\r\n{authorisation}".encode()
    buffer, left = bytearray(1 << 18), SIZE
    began = perf_counter()
    with socket.create_connection(("127.0.0.1", int(port) if way == "direct" else proxy.port)) as site:
        if way == "tunnelled":
            site.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n{authorisation}".encode())
            assert site.recv(1024).startswith(b"HTTP/1.1 200 ")
        site.sendall(request)
        while left > 0 and (size := site.recv_into(buffer)):
            left -= size
    assert left <= 0
    print(perf_counter() - began, flush=True)


async def play_proxy(port: str) -> None:
    """The proxy on a loop of its own; told to watch and to tell, it says how late that loop was between."""
    egress = Egress(AddressPolicy.typed([("127.0.0.1", int(port))]))
    await egress.start()
    print(egress.open_pass("bench").proxy_url, flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        async with loop_lag() as lag:
            print("watching", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
        print(p99_ms([late_ms for _, late_ms in lag.late]), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["site", film]:
            play_site(film)
        case ["client", *client]:
            play_client(*client)
        case ["proxy", port]:
            uvloop.run(play_proxy(port))
