"""Nobody who writes waits for a disk: while threads wait for one, everybody else's rows are written."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from sqlalchemy import delete

from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.downloads import ledger
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.line.turns import Turn
from medianest.downloads.models import DownloadRow
from medianest.downloads.protocol import OUT, Fetched, Info
from medianest.downloads.queue import Queue
from medianest.downloads.run import Finished
from medianest.downloads.workers import LEASE
from tests.fakes.media_site import MediaSite
from tests.household import Household


@contextmanager
def slow_disk() -> Iterator[None]:
    """The loop's threads all wait for a disk."""
    done = threading.Event()
    loop = asyncio.get_running_loop()
    threads = ThreadPoolExecutor(1)
    loop.set_default_executor(threads)
    threads.submit(done.wait)
    try:
        yield
    finally:
        done.set()


@asynccontextmanager
async def held_up(work: Coroutine[Any, Any, Any]) -> AsyncIterator[None]:
    """While the block runs, this is as far as it comes with such a disk; then it is done."""
    with slow_disk():
        task = asyncio.create_task(work)
        await asyncio.wait([task], timeout=0.3)
        assert not task.done()
        yield
    await task


async def _write(db: Database) -> None:
    async with asyncio.timeout(2), db.transaction() as session:
        await session.execute(delete(DownloadRow).where(DownloadRow.id == "nobody's"))


async def test_a_preview_s_picture_is_kept_outside_the_turn(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    url = media_site.url("/watch/files/clip.mp4")
    async with household.at_work() as downloads:
        preview = await downloads.preview(alice, url)
        assert preview.has_picture
        async with held_up(downloads.enqueue(alice, url, preview_id=preview.id)):
            await _write(household.db)


async def test_a_name_is_chosen_outside_the_turn(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    household.settings = household.settings.model_copy(update={"workers": 0})
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url("/files/clip.mp4"))
        turn = Turn(id=download.id, site=download.site)
        assert await ledger.claim(household.db, turn, household.settings, owner="me", lease=LEASE)
        workspace = Workspace(media_dir=household.media, data_dir=household.folder / "data")
        out = workspace.work(download.id) / OUT
        out.mkdir(exist_ok=True)
        (out / "film.mp4").write_bytes(b"film")
        info = Info(title="Film", site="tube.example", extractor="Tube", source_id="1", webpage_url="http://x")
        fetched = Fetched(file="film.mp4", size_bytes=4, info=info)
        finished = Finished(fetched=fetched, path="Film.mp4", has_picture=False, tone=None, warnings=())
        async with held_up(ledger.complete(household.db, workspace, download.id, finished, owner="me")):
            await _write(household.db)
        assert (household.media / "Film.mp4").read_bytes() == b"film"


async def test_what_does_not_come_to_be_keeps_no_picture(household: Household, media_site: MediaSite) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    url = media_site.url("/watch/files/clip.mp4")
    pictures = household.folder / "data" / "pictures" / "downloads"
    async with household.at_work() as downloads:
        theirs, mine = await downloads.preview(bob, url), await downloads.preview(alice, url)
        first, _ = await downloads.enqueue(alice, url, preview_id=mine.id)
        again, is_new = await downloads.enqueue(bob, url, preview_id=theirs.id)
        assert (again.id, is_new) == (first.id, False)
        assert [picture.stem for picture in pictures.iterdir()] == [first.id]
        assert await downloads.preview_picture(bob, theirs.id)


@pytest.mark.parametrize("moment", range(0, 60, 6))
async def test_who_goes_away_leaves_a_download_with_its_picture_or_neither(
    household: Household, media_site: MediaSite, moment: int
) -> None:
    alice = household.actors["Alice"]
    url = media_site.url("/watch/files/clip.mp4")
    pictures = household.folder / "data" / "pictures" / "downloads"
    household.settings = household.settings.model_copy(update={"workers": 0})
    async with household.at_work() as downloads:
        preview = await downloads.preview(alice, url)
        asking = asyncio.create_task(downloads.enqueue(alice, url, preview_id=preview.id))
        for _ in range(moment):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        there = await household.db.read(lambda session: session.query(DownloadRow.id).all())
    assert [picture.stem for picture in pictures.iterdir()] == [id for (id,) in there]


async def test_a_start_clears_what_a_crash_left_of_downloads_that_are_not_there(
    idle: Household, media_site: MediaSite
) -> None:
    data = idle.folder / "data"
    async with idle.at_work() as downloads:
        download, _ = await downloads.enqueue(idle.actors["Alice"], media_site.url("/files/clip.mp4"))
    kept = [data / "logs" / "downloads" / f"{download.id}.log", data / "pictures" / "downloads" / f"{download.id}.webp"]
    for file in kept:
        file.touch()
        file.with_stem("gone").touch()
    paths = PathsSettings(media_dir=idle.media, data_dir=data)
    queue = Queue(idle.db, Live(), Metrics(), idle.settings, paths, {})
    await queue.start()
    await queue.stop()
    assert sorted(data.rglob("*/downloads/*")) == kept
