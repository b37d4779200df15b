"""The server's stop."""

import asyncio
import os
import signal
import time

import pytest

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
