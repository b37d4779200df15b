"""The media site as a process of its own: `python -m tests.fakes.media_site --port 8099`."""

import argparse
import asyncio
import signal
import sys

from tests.fakes.media_site.handle import READY
from tests.fakes.media_site.media import Library
from tests.fakes.media_site.server import Server


async def _serve(host: str, port: int, pace: float | None, *, until_stdin_closes: bool) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    server = Server(Library(), pace=pace)
    actual_port = await server.open(host, port)
    print(f"{READY}http://{host}:{actual_port}", flush=True)
    if until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), stopping.set)
    await stopping.wait()
    await server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.media_site", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--pace", type=float, help="bytes per second of every medium that names no speed of its own")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started it")
    told = parser.parse_args()
    asyncio.run(_serve(told.host, told.port, told.pace, until_stdin_closes=told.until_stdin_closes))


main()
