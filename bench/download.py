"""A local file through the portal, cold and warm, against the bare yt-dlp command; the loop under four at once."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench import watched
from bench.frame import Figure, in_turns, memory_mib, p99_ms, ratio
from tests.downloads.processes import until
from tests.fakes.media_site import MediaSite
from tests.portal import Portal

SMALL, LARGE = "/files/padded-200000000.mp4", "/files/padded-500000000.mp4"
ROUNDS = 5
AT_ONCE = 4
Bare = Callable[[str], Awaitable[float]]
_KEYS = count()
_ENDS = {"download.finished", "download.failed"}
_WAITING = "medianest_downloads_warm"


async def figures() -> AsyncIterator[Figure]:
    """One at a time, in turns with yt-dlp itself; then four, while the loop is watched from within."""
    with TemporaryDirectory() as folder, MediaSite.in_process() as site:
        bare = partial(_fetched_by_ytdlp, site, Path(folder) / "bare")
        await bare(SMALL)
        with closing(_portal(Path(folder) / "cold", site, keep_warm_s=0)) as cold:
            await asyncio.to_thread(cold.start)
            with closing(_portal(Path(folder) / "warm", site, keep_warm_s=600)) as warm:
                await asyncio.to_thread(warm.start)
                async for figure in _warmth(cold, warm, site, bare):
                    yield figure
            results = await in_turns(ROUNDS, cold=lambda: _fetched(cold, site, LARGE), bare=lambda: bare(LARGE))
            yield ratio("500 MB: portal, cold, against bare yt-dlp", results, "cold", "bare", bar=1.15)
            yield await _lag(cold, site)


async def _warmth(cold: Portal, warm: Portal, site: MediaSite, bare: Bare) -> AsyncIterator[Figure]:
    """Cold; by the process that waits; by the one that made the preview. And what is left when nobody waits."""
    await _fetched(warm, site, SMALL)
    results = await in_turns(
        ROUNDS,
        cold=lambda: _fetched(cold, site, SMALL),
        warm=lambda: _fetched(warm, site, SMALL, waiting=1),
        previewed=lambda: _fetched(warm, site, SMALL, previewed=True),
        bare=lambda: bare(SMALL),
    )
    for name, bar in (("cold", 1.15), ("warm", 0.7), ("previewed", 0.7)):
        yield ratio(f"200 MB: portal, {name}, against bare yt-dlp", results, name, "bare", bar=bar)
    await _until_waiting(warm, 1)
    with_spare = _memory_mib(warm)
    yield Figure(name="memory of the process that waits", value=with_spare - memory_mib(warm.pid), unit="MiB", bar=80)
    warm.configure({"downloads": {"keep_warm_s": 0}})
    await _until_waiting(warm, 0)
    yield Figure(name="processes left when it has gone", value=len(warm.tree()) - 1, bar=0)


def _portal(folder: Path, site: MediaSite, *, keep_warm_s: int) -> Portal:
    queue = {"workers": AT_ONCE, "per_site": AT_ONCE, "keep_warm_s": keep_warm_s}
    settings = {"downloads": queue, "server": {"metrics_allow": ["127.0.0.1"]}}
    portal = Portal(folder, allow=[site.address], settings=settings)
    portal.executable = (sys.executable, "-m", "bench.watched")
    return portal


async def _lag(portal: Portal, site: MediaSite) -> Figure:
    """Stops the portal, which tells then how late its loop was."""
    begun = time.monotonic()
    async with asyncio.TaskGroup() as four:
        for _ in range(AT_ONCE):
            four.create_task(_fetched(portal, site, LARGE))
    ended = time.monotonic()
    await asyncio.to_thread(portal.stop)
    lag = json.loads((portal.folder / watched.RECORD).read_text())
    late = [late_ms for at, late_ms in lag if begun <= at <= ended]
    return Figure(name="loop lag, 99th of 100, four of 500 MB at once", value=p99_ms(late), unit="ms", bar=20)


async def _fetched(portal: Portal, site: MediaSite, file: str, *, waiting: int = 0, previewed: bool = False) -> float:
    """Seconds from the call that queues it to the news that it is finished; the file is removed then."""
    if waiting:
        await _until_waiting(portal, waiting)
    wish = {"url": site.url(file, key=f"portal{next(_KEYS)}")}
    async with portal.admin_async() as admin, admin.stream("GET", "/api/v1/events", timeout=None) as events:
        if previewed:
            preview = (await admin.post("/api/v1/downloads/preview", json=wish)).raise_for_status().json()
            wish["preview_id"] = preview["preview_id"]
        begun = time.perf_counter()
        queued = (await admin.post("/api/v1/downloads", json=wish)).raise_for_status().json()
        await _ended(events, queued["id"])
        seconds = time.perf_counter() - begun
        done = (await admin.get(f"/api/v1/downloads/{queued['id']}")).json()
        assert done["state"] == "completed", done
        await admin.delete(f"/api/v1/downloads/{queued['id']}", params={"file": "delete"})
    return seconds


async def _ended(events: httpx.Response, download_id: str) -> None:
    kind = ""
    async for line in events.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data" and kind in _ENDS and json.loads(value)["subject"]["id"] == download_id:
            return


async def _until_waiting(portal: Portal, number: int) -> None:
    """Until so many processes wait, ready for a download."""
    admin = portal.admin()
    await until(lambda: f"{_WAITING} {number:.1f}\n" in admin.get("/metrics").text, patience_s=60)


def _memory_mib(portal: Portal) -> float:
    return sum(memory_mib(process.pid) for process in portal.tree())


async def _fetched_by_ytdlp(site: MediaSite, folder: Path, file: str) -> float:
    """Seconds that the bare command takes, started as a person would start it."""
    url = site.url(file, key=f"bare{next(_KEYS)}")
    command = [sys.executable, "-m", "yt_dlp", "--ignore-config", "--paths", str(folder), url]
    process = asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    begun = time.perf_counter()
    status = await (await process).wait()
    seconds = time.perf_counter() - begun
    assert status == 0
    for made in folder.iterdir():
        made.unlink()
    return seconds
