"""A large local file through the portal against the bare yt-dlp command, and the portal's loop under four at once."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench import watched
from bench.frame import Figure, in_turns, p99_ms, ratio
from tests.fakes.media_site import MediaSite
from tests.portal import Portal

FILE = "/files/padded-500000000.mp4"
ROUNDS = 5
AT_ONCE = 4
_KEYS = count()
_ENDS = {"download.finished", "download.failed"}


async def figures() -> AsyncIterator[Figure]:
    """One at a time, in turns with yt-dlp itself; then four, while the loop is watched from within."""
    with TemporaryDirectory() as folder, MediaSite.in_process() as site:
        await _fetched_by_ytdlp(site, Path(folder) / "first")
        four_at_once = {"downloads": {"workers": AT_ONCE, "per_site": AT_ONCE}}
        portal = Portal(Path(folder) / "portal", allow=[site.address], settings=four_at_once)
        portal.executable = (sys.executable, "-m", "bench.watched")
        with closing(portal):
            await asyncio.to_thread(portal.start)
            results = await in_turns(
                ROUNDS,
                portal=lambda: _fetched_by_portal(portal, site),
                bare=lambda: _fetched_by_ytdlp(site, Path(folder) / "bare"),
            )
            yield ratio("500 MB: portal against bare yt-dlp", results, "portal", "bare", bar=1.15)
            begun = time.monotonic()
            async with asyncio.TaskGroup() as four:
                for _ in range(AT_ONCE):
                    four.create_task(_fetched_by_portal(portal, site))
            ended = time.monotonic()
            await asyncio.to_thread(portal.stop)
        lag = json.loads((portal.folder / watched.RECORD).read_text())
        late = [late_ms for at, late_ms in lag if begun <= at <= ended]
        yield Figure(name="loop lag, 99th of 100, four of 500 MB at once", value=p99_ms(late), unit="ms", bar=20)


async def _fetched_by_portal(portal: Portal, site: MediaSite) -> float:
    """Seconds from the call that queues it to the news that it is finished; the file is removed then."""
    url = site.url(FILE, key=f"portal{next(_KEYS)}")
    async with portal.admin_async() as admin, admin.stream("GET", "/api/v1/events", timeout=None) as events:
        begun = time.perf_counter()
        queued = (await admin.post("/api/v1/downloads", json={"url": url})).raise_for_status().json()
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


async def _fetched_by_ytdlp(site: MediaSite, folder: Path) -> float:
    """Seconds that the bare command takes, started as a person would start it."""
    url = site.url(FILE, key=f"bare{next(_KEYS)}")
    command = [sys.executable, "-m", "yt_dlp", "--ignore-config", "--paths", str(folder), url]
    process = asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    begun = time.perf_counter()
    status = await (await process).wait()
    seconds = time.perf_counter() - begun
    assert status == 0
    for file in folder.iterdir():
        file.unlink()
    return seconds
