"""What a large Plex library costs: reading it for the first time, catching up with ten changes, finding something."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.frame import Figure, memory_mib, p99_ms, timed
from tests.fakes.plex import Plex
from tests.portal import Portal
from tests.portal.fixtures import connected

ITEMS = 50_000
CHANGED = 10
NEWER = 1_900_000_000
SEARCHED = ("film", "film number 31", "number 4999", "f", "harbour", "nothing is called so", "über den", "1987")
ROUNDS = 40
SEARCH_P99_MS = 100.0
LAG_P99_MS = 100.0


async def figures() -> AsyncIterator[Figure]:
    """The stand-in sorts its whole library for each page; its own time is told apart."""
    with TemporaryDirectory() as folder, Plex() as plex:
        plex.grow(ITEMS)
        portal = Portal(Path(folder), settings={"plex": connected(plex)})
        plex.server.away()
        try:
            await asyncio.to_thread(portal.start)
            await asyncio.to_thread(portal.admin)
            async with portal.admin_async() as browser:
                async for figure in _read(portal, plex, browser):
                    yield figure
                async for figure in _catch_up(plex, browser):
                    yield figure
                async for figure in _search(browser):
                    yield figure
        finally:
            await asyncio.to_thread(portal.close)


async def _read(portal: Portal, plex: Plex, browser: httpx.AsyncClient) -> AsyncIterator[Figure]:
    idle = [await timed(browser.get("/healthz")) * 1000 for _ in range(200)]
    before, own = memory_mib(portal.pid), time.process_time()
    plex.server.back()
    began, lags, most = time.perf_counter(), [], before
    await browser.post("/api/v1/admin/jobs/plex_titles/run")
    while not (await browser.get("/api/v1/plex")).json()["as_of"]:
        lags.append(await timed(browser.get("/healthz")) * 1000)
        most = max(most, memory_mib(portal.pid))
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    own_s = time.process_time() - own
    yield Figure(name=f"first reading of {ITEMS} titles", value=took, unit="s", note=f"{own_s:.0f} the stand-in's")
    yield Figure(
        name="memory while it is read, beyond idle", value=most - before, unit="MiB", note=f"idle {before:.0f}"
    )
    note = f"largest {max(lags):.0f}, idle p99 {p99_ms(idle):.1f}"
    yield Figure(name="/healthz meanwhile, p99", value=p99_ms(lags), unit="ms", note=note, bar=LAG_P99_MS)
    yield Figure(name="memory afterwards, beyond idle", value=memory_mib(portal.pid) - before, unit="MiB")


async def _catch_up(plex: Plex, browser: httpx.AsyncClient) -> AsyncIterator[Figure]:
    with plex.server.lock:
        for number in range(CHANGED):
            plex.server.shelves.add("1", "movie", f"Tide {number}", year=2026, added_at=NEWER, updated_at=NEWER)
    asked = len(plex.server.hits)
    began = time.perf_counter()
    await browser.post("/api/v1/admin/jobs/plex_titles/run")
    last = {"q": f"tide {CHANGED - 1}"}
    while not (await browser.get("/api/v1/plex/search", params=last)).json()["items"]:
        pass
    took = time.perf_counter() - began
    note = f"{len(plex.server.hits) - asked} requests"
    yield Figure(name=f"catching up with {CHANGED} changes", value=took, unit="s", note=note)


async def _search(browser: httpx.AsyncClient) -> AsyncIterator[Figure]:
    times: dict[str, list[float]] = {text: [] for text in SEARCHED}
    for _ in range(ROUNDS):
        for text, taken in times.items():
            taken.append(await timed(browser.get("/api/v1/plex/search", params={"q": text})) * 1000)
    slowest = max(times, key=lambda text: p99_ms(times[text]))
    every = [taken for those in times.values() for taken in those]
    note = f"slowest is {slowest!r}: {p99_ms(times[slowest]):.1f}"
    yield Figure(name="search, p99", value=p99_ms(every), unit="ms", note=note, bar=SEARCH_P99_MS)
