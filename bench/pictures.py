"""What a poster costs: kept already, or fetched from its source, drawn and kept; alone, and a whole shelf at once."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from PIL import Image

from bench.frame import Figure, memory_mib, p99_ms, timed
from medianest.core.config import PathsSettings
from medianest.core.security import load_or_create_key
from medianest.pictures.addresses import Addresses
from medianest.pictures.types import Size, Source
from tests.fakes.image_host import ImageHost
from tests.fakes.plex.messages import Reply
from tests.pictures.samples import encoded
from tests.portal import Portal

ALONE = 30
SHELF = 48
BROWSER = 6
"""How many connections a browser opens to one host."""
HITS = 400
_SIZE = (1000, 1500)


async def figures() -> AsyncIterator[Figure]:
    """Posters as a media server has them: JPEG of 1000 x 1500, shown at 342 x 513."""
    with TemporaryDirectory() as folder, ImageHost() as host:
        posters = _furnish(host)
        portal = Portal(Path(folder), settings={"pictures": {"tmdb_url": host.base}})
        try:
            await asyncio.to_thread(portal.start)
            await asyncio.to_thread(portal.admin)
            addresses = _addresses(portal, posters)
            async with portal.admin_async() as browser:
                before = memory_mib(portal.pid)
                async for figure in _seen(browser, addresses):
                    yield figure
            yield Figure(name="memory of the portal after them", value=memory_mib(portal.pid) - before, unit="MiB")
            yield Figure(name="memory of the children that draw", value=_children_mib(portal.pid), unit="MiB")
        finally:
            await asyncio.to_thread(portal.close)


async def _seen(browser: httpx.AsyncClient, addresses: Sequence[str]) -> AsyncIterator[Figure]:
    alone, shelf = addresses[:ALONE], addresses[ALONE:]
    first = await timed(_get(browser, alone[0]))
    yield Figure(name="the very first poster, with a child's start", value=first * 1000, unit="ms")
    missed = [await timed(_get(browser, address)) * 1000 for address in alone[1:]]
    yield Figure(name="a poster that is not kept", value=median(missed), unit="ms", note=f"largest {max(missed):.0f}")
    together = await timed(_all(browser, shelf))
    yield Figure(name=f"a shelf of {SHELF} that are not kept", value=together, unit="s")
    again = await timed(_all(browser, shelf))
    yield Figure(name="the same once more", value=again, unit="s")
    hits = [await timed(_get(browser, shelf[number % SHELF])) * 1000 for number in range(HITS)]
    yield Figure(name="a poster that is kept", value=median(hits), unit="ms", note=f"p99 {p99_ms(hits):.1f}")
    tag = (await browser.get(shelf[0])).headers["etag"]
    same = [await timed(browser.get(shelf[0], headers={"If-None-Match": tag})) * 1000 for _ in range(HITS)]
    yield Figure(name="its 304", value=median(same), unit="ms", note=f"p99 {p99_ms(same):.1f}")


async def _get(browser: httpx.AsyncClient, address: str) -> None:
    answer = await browser.get(address)
    assert answer.headers["content-type"] == "image/webp", answer.headers


async def _all(browser: httpx.AsyncClient, addresses: Sequence[str]) -> None:
    """As a browser does, a few at once."""
    left = iter(addresses)

    async def one_after_the_other() -> None:
        for address in left:
            await _get(browser, address)

    await asyncio.gather(*(one_after_the_other() for _ in range(BROWSER)))


def _furnish(host: ImageHost) -> list[str]:
    """Posters that differ, each with as much to see as a photograph has."""
    names = [f"/poster-{number}.jpg" for number in range(ALONE + SHELF)]
    for number, name in enumerate(names):
        coarse = Image.frombytes("RGB", (50, 75), os.urandom(50 * 75 * 3)).resize(_SIZE, Image.Resampling.BICUBIC)
        host.pictures[name] = Reply(body=encoded(coarse, "JPEG", quality=85 + number % 8), media_type="image/jpeg")
    return names


def _addresses(portal: Portal, names: Sequence[str]) -> list[str]:
    """As a page of this installation would write them."""
    made = Addresses(load_or_create_key(PathsSettings(data_dir=portal.data_dir).key_file))
    return [made.write(Source.TMDB, name, Size.POSTER_342) or "" for name in names]


def _children_mib(pid: int) -> float:
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _of(task)]
    return sum(memory_mib(child) for child in children)


def _of(task: Path) -> list[str]:
    return (task / "children").read_text().split()
