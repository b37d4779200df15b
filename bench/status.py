"""Two hundred browsers on the board while Uptime Kuma beats: from a beat to each browser, and what that costs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.frame import Figure
from bench.furnished import PEOPLE, cookie, folder_of_portal, move_in
from bench.live import compared, taken, taken_bare
from tests.fakes.uptime_kuma import UP, UptimeKuma

BEATS = 300
"""Five a second, for a minute."""
BAR_MS = 200
_MONITOR = 2
_MARK = f"monitor-{_MONITOR}".encode()


async def figures() -> AsyncIterator[Figure]:
    """What is late is late after Uptime Kuma began to tell of the beat."""
    with UptimeKuma() as kuma, TemporaryDirectory() as texts:
        about = {"url": kuma.base, "username": kuma.username, "password": kuma.password}
        with folder_of_portal(uptime_kuma=about) as portal:
            await move_in(portal, kept=100)
            cookies = [await asyncio.to_thread(cookie, portal, name) for name in PEOPLE]
            await asyncio.to_thread(kuma.wait_for, lambda: kuma.listeners == 1)

            async def beat(number: int) -> None:
                await asyncio.to_thread(kuma.beat, _MONITOR, UP, "200 - OK", ping=20 + number % 50)

            people = [{"Cookie": value} for value in cookies]
            ours = await taken(portal.pid, portal.port, people, beat, mark=_MARK, number=BEATS)
        theirs = await taken_bare(Path(texts), ours.message_bytes, number=BEATS)
    for figure in compared(ours, theirs, of="on the board", bar_ms=BAR_MS):
        yield figure
