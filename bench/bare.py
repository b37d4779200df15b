"""What the portal is measured against: uvicorn with next to nothing behind it. `python -m bench.bare FOLDER`.

FOLDER holds `page.html` and `rows.json`, as the portal answered them.
"""

import asyncio
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment

_TEMPLATE = "{% for line in lines %}{{ line|safe }}\n{% endfor %}"


@asynccontextmanager
async def bare(folder: Path) -> AsyncIterator[tuple[Process, int]]:
    """The process and its port, while it runs."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bare", str(folder), stdout=PIPE)
    assert process.stdout
    try:
        yield process, int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


class Bare:
    """`/page` is rendered line by line, `/rows` sent as it is, `/unchanged` a 304; `/live` hears what `/tell` gets."""

    def __init__(self, folder: Path) -> None:
        self._template = Environment(autoescape=True).from_string(_TEMPLATE)
        self._lines = (folder / "page.html").read_text().splitlines()
        self._rows = (folder / "rows.json").read_bytes()
        self._listeners: set[asyncio.Queue[bytes]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        match scope["path"]:
            case "/page":
                page = self._template.render(lines=self._lines).encode()
                await _answer(send, 200, b"text/html; charset=utf-8", page)
            case "/rows":
                await _answer(send, 200, b"application/json", self._rows)
            case "/unchanged":
                await _answer(send, 304, b"text/html; charset=utf-8", b"")
            case "/tell":
                await self._tell((await receive())["body"])
                await _answer(send, 200, b"text/plain", b"")
            case "/live":
                await self._live(send)

    async def _tell(self, message: bytes) -> None:
        for queue in self._listeners:
            queue.put_nowait(message)

    async def _live(self, send: Any) -> None:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners.add(queue)
        await _start(send, 200, (b"content-type", b"text/event-stream"))
        message = b": ping\n\n"
        while True:
            await send({"type": "http.response.body", "body": message, "more_body": True})
            message = await queue.get()


async def _answer(send: Any, status: int, kind: bytes, body: bytes) -> None:
    length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
    await _start(send, status, (b"content-type", kind), *length)
    await send({"type": "http.response.body", "body": body})


async def _start(send: Any, status: int, *fields: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(fields)})


def serve(folder: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(Bare(folder), loop="uvloop", lifespan="off", log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
