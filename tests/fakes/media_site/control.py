"""How tests speak to a running site, in this process or another: JSON under `/_/`. These requests are not hits."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.media_site.wire import Request, Wire

if TYPE_CHECKING:
    from tests.fakes.media_site.server import Server

PREFIX = "/_/"


async def answer(server: "Server", wire: Wire, request: Request) -> None:
    verb = _VERBS[request.path.removeprefix(PREFIX)]
    reply = await verb(server, json.loads(request.body or b"{}"))
    await wire.answer(200, "application/json", json.dumps(reply).encode())


async def _hits(server: "Server", wish: dict[str, Any]) -> list[dict[str, Any]]:
    """The hits of `path`, at once or when `count` of them sent `bytes_sent` each and, if wished, are `over`."""

    path, count, bytes_sent = wish.get("path"), int(wish["count"]), int(wish["bytes_sent"])

    def fitting() -> bool:
        hits = server.log.of(path)
        return sum(hit.bytes_sent >= bytes_sent and (hit.over or not wish["over"]) for hit in hits) >= count

    await server.log.until(fitting, wish["timeout_s"])
    return [hit.as_json() for hit in server.log.of(path)]


async def _override(server: "Server", wish: dict[str, Any]) -> None:
    server.override(wish["path"], wish["conditions"])


async def _release(server: "Server", wish: dict[str, Any]) -> None:
    server.release(wish.get("path"))


async def _expire_tokens(server: "Server", _: dict[str, Any]) -> None:
    server.tokens.expire()


async def _end_live(server: "Server", _: dict[str, Any]) -> None:
    server.live_until = time.monotonic()


async def _premiere(server: "Server", wish: dict[str, Any]) -> None:
    server.premiere_at = wish["at"]


async def _forget(server: "Server", _: dict[str, Any]) -> None:
    server.forget()


_VERBS: dict[str, Callable[["Server", dict[str, Any]], Awaitable[Any]]] = {
    "hits": _hits,
    "override": _override,
    "release": _release,
    "expire-tokens": _expire_tokens,
    "end-live": _end_live,
    "premiere": _premiere,
    "forget": _forget,
}
