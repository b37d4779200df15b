"""What asking costs: results while somebody types, a page of requests, and every page while Overseerr is away.

The stand-in of Overseerr answers at once, where the real one asks TMDB; its own share is told apart.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import quote

import httpx

from bench.frame import Figure, in_turns, p95_ms, ratio
from tests.fakes.overseerr import API, May, Overseerr
from tests.fakes.overseerr.titles import Title
from tests.portal import Portal
from tests.portal.fixtures import NOWHERE

ASKED = 100
ROUNDS = 40
TURNS = 7
DEAD_P95_MS = 300.0
TYPED = ("harbour", "tide", "the", "film number", "é", "log")
FIRST = 900_000
PAGES = (
    "/", "/ask", "/ask?kind=movie", "/ask?q=harbour", "/ask/lists/trending", "/ask/genres/movie/18",
    f"/ask/movie/{FIRST}", "/ask/tv/1396", f"/ask/movie/{FIRST}/problem", "/requests", "/requests?show=all",
    "/requests/decide", "/problems", "/admin/overseerr",
)  # fmt: skip
"""Every page that shows what Overseerr tells; `/ask/tv/1396` was never seen before it went away."""


async def figures() -> AsyncIterator[Figure]:
    """The same portal with it there, without it, and begun anew without it."""
    with TemporaryDirectory() as folder, Overseerr() as overseerr:
        overseerr.add("admin")
        overseerr.add("household", permissions=May.REQUEST | May.CREATE_ISSUES)
        _grow(overseerr)
        named = {"url": overseerr.base, "api_key": overseerr.key, "household_user_id": 2}
        portal = Portal(Path(folder), settings={"overseerr": named, "pictures": {"tmdb_url": NOWHERE}})
        try:
            await asyncio.to_thread(portal.start)
            await asyncio.to_thread(portal.admin)
            async with portal.admin_async() as browser, _server(overseerr) as server:
                await _ask(browser)
                yield await _typing(browser, server)
                yield await _page_of_requests(browser, server)
                there = await _pages(browser)
                overseerr.away()
                async for figure in _dead("away", await _pages(browser), there):
                    yield figure
            await asyncio.to_thread(portal.stop)
            await asyncio.to_thread(portal.start)
            async with portal.admin_async() as browser:
                async for figure in _dead("away from the start", await _pages(browser), there):
                    yield figure
        finally:
            await asyncio.to_thread(portal.close)


def _grow(overseerr: Overseerr) -> None:
    overseerr.titles |= {
        FIRST + number: Title(FIRST + number, f"The harbour, film number {number}", "2024-05-01")
        for number in range(ASKED)
    }


def _server(overseerr: Overseerr) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=overseerr.base + API, headers={"X-API-Key": overseerr.key}, trust_env=False)


async def _ask(browser: httpx.AsyncClient) -> None:
    for number in range(ASKED):
        wish = {"media_type": "movie", "tmdb_id": FIRST + number}
        answer = await browser.post("/api/v1/requests", json=wish)
        assert answer.json()["state"] == "pending", answer.text


async def _typing(browser: httpx.AsyncClient, server: httpx.AsyncClient) -> Figure:
    """Nothing that is typed was asked for before, so that the portal asks the server each time."""
    turn = iter(range(10**6))

    async def typed() -> float:
        words = [f"{text} {next(turn)}" for text in TYPED]
        headers = {"HX-Request": "true"}
        return median([await _ms(browser, "/ask/found", headers, q=word) for word in words])

    async def asked() -> float:
        words = [quote(f"{text} {next(turn)}") for text in TYPED]
        return median([await _ms(server, f"/search?query={word}&page=1", {}) for word in words])

    results = await in_turns(TURNS, portal=typed, overseerr=asked)
    return ratio("results while typing against Overseerr's own, ms", results, "portal", "overseerr")


async def _page_of_requests(browser: httpx.AsyncClient, server: httpx.AsyncClient) -> Figure:
    async def ours() -> float:
        return median([await _ms(browser, "/api/v1/requests", {}, limit=str(ASKED)) for _ in range(ROUNDS)])

    async def theirs() -> float:
        return median([await _ms(server, "/request", {}, take=str(ASKED), filter="all") for _ in range(ROUNDS)])

    results = await in_turns(TURNS, portal=ours, overseerr=theirs)
    return ratio(f"{ASKED} requests against Overseerr's own, ms", results, "portal", "overseerr")


async def _pages(browser: httpx.AsyncClient) -> dict[str, list[float]]:
    """How long each page took each time, in milliseconds, the first time first."""
    return {path: [await _ms(browser, path, {}) for _ in range(ROUNDS)] for path in PAGES}


async def _dead(how: str, dead: dict[str, list[float]], there: dict[str, list[float]]) -> AsyncIterator[Figure]:
    for path, taken in dead.items():
        share = p95_ms(taken) / p95_ms(there[path])
        note = f"first {taken[0]:.0f}, median {median(taken):.0f}; {share:.2f} of what it takes with it there"
        yield Figure(name=f"{path}, {how}, p95", value=p95_ms(taken), unit="ms", bar=DEAD_P95_MS, note=note)


async def _ms(client: httpx.AsyncClient, path: str, headers: dict[str, str], **query: str) -> float:
    begun = perf_counter()
    answer = await client.get(path, headers=headers, params=query or None)
    took = perf_counter() - begun
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return took * 1000
