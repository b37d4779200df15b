"""From exec to the line that says ready, and what the portal then keeps in memory while nothing happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.frame import Figure, memory_mib
from tests.portal import Portal

ROUNDS = 5
IDLE_S = 5


async def figures() -> AsyncIterator[Figure]:
    """A fresh installation once, then the usual start; memory is read when it has been idle for five seconds."""
    with TemporaryDirectory() as folder, closing(Portal(Path(folder))) as portal:
        yield Figure(name="first start of a fresh installation", value=await _start(portal), unit="s")
        seconds = [await _start(portal) for _ in range(ROUNDS)]
        yield Figure(name="start to ready", value=median(seconds), unit="s", bar=1.5, note=f"median of {ROUNDS}")
        await asyncio.to_thread(portal.start)
        await asyncio.sleep(IDLE_S)
        yield Figure(name="idle memory", value=memory_mib(portal.pid), unit="MiB", bar=100)


async def _start(portal: Portal) -> float:
    await asyncio.to_thread(portal.start)
    await asyncio.to_thread(portal.stop)
    return portal.ready_after_s
