"""The server's beginning and its stop."""

import asyncio
import gc
import os
import signal
import time

import pytest
from litestar.types import Receive, Scope, Send

from medianest.http.serving import Server
from tests.http.portal import Portal
from tests.http.test_hub import listening


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_open_streams_and_then_the_server_and_nothing_else(
    portal: Portal, sign: signal.Signals
) -> None:
    _, fields = await portal.enter(portal.cast.bob)
    async with listening(portal, fields) as first, listening(portal, fields) as second:
        begun = time.monotonic()
        os.kill(os.getpid(), sign)
        async with asyncio.timeout(2):
            await first.end()
            await second.end()
            await portal.serving
    assert time.monotonic() - begun < 2
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", portal.port)


async def test_garbage_that_a_start_leaves_to_later_is_collected_from_the_first_answer_on() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None: ...

    collected = []

    async def heard(_address: tuple[str, int]) -> None:
        collected.append(gc.isenabled())
        server.stop()

    server = Server(app, host="127.0.0.1", port=0, before_stop=lambda: None)
    gc.disable()
    try:
        async with asyncio.timeout(10):
            await server.serve_telling(heard)
    finally:
        gc.enable()
        gc.unfreeze()
    assert collected == [True]
