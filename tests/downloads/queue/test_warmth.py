"""The process that made a preview does the download that comes of it, for whom it was made, and for nobody else."""

import os
from pathlib import Path

import pytest

from medianest.downloads.service import Downloads
from medianest.downloads.types import State
from medianest.downloads.ytdlp.copies import MARK
from tests.downloads.processes import session, until
from tests.fakes.media_site import MediaSite
from tests.household import Household


def working_in(folder: Path) -> int | None:
    """The process whose working folder this is."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                return int(process.name)
        except OSError:  # it is another person's, or has just ended
            continue
    return None


class Nest:
    """A household at work, with an eye on its processes."""

    def __init__(self, household: Household, downloads: Downloads) -> None:
        self.household = household
        self.downloads = downloads
        self.alice, self.bob = household.actors["Alice"], household.actors["Bob"]

    async def previewed(self, url: str) -> tuple[str, int]:
        """What Alice's look at a link is called, and the process that waits with it."""
        preview = await self.downloads.preview(self.alice, url)
        pid = working_in(self.household.media / ".medianest" / "previews" / preview.id)
        assert pid
        return preview.id, pid

    async def at_work(self, id: str) -> int:
        """The process that fetches a download, once it does; who only waits is in its folder before."""
        folder = self.household.media / ".medianest" / "work" / id
        await until(lambda: list(folder.glob("*.part")))
        pid = working_in(folder)
        assert pid
        return pid


MEDIUM = "/@hold=400000/files/padded-900000.mp4"
PAGE = f"/watch{MEDIUM}"


async def let_go(media_site: MediaSite) -> None:
    await media_site.seen(MEDIUM, bytes_sent=400_000)
    media_site.release(MEDIUM)


async def test_a_download_after_its_preview_is_fetched_by_the_same_process(
    household: Household, media_site: MediaSite
) -> None:
    async with household.at_work() as downloads:
        nest = Nest(household, downloads)
        url = media_site.url(PAGE)
        preview_id, previewer = await nest.previewed(url)
        asked = len(media_site.hits(PAGE))
        download, _ = await downloads.enqueue(nest.alice, url, preview_id=preview_id)
        assert await nest.at_work(download.id) == previewer
        await let_go(media_site)
        await household.until_state(download.id, State.COMPLETED)
        assert len(media_site.hits(PAGE)) == asked, "the page was asked for once only"
        assert session(previewer) == {}
        await until(lambda: household.left_over() == [])


async def test_a_preview_of_one_never_serves_another(household: Household, media_site: MediaSite) -> None:
    async with household.at_work() as downloads:
        nest = Nest(household, downloads)
        url = media_site.url(PAGE)
        preview_id, previewer = await nest.previewed(url)
        download, _ = await downloads.enqueue(nest.bob, url, preview_id=preview_id)
        assert await nest.at_work(download.id) != previewer
        assert session(previewer)


@pytest.mark.parametrize("verb", ["pause", "cancel", "delete"])
async def test_what_is_stopped_before_it_begins_leaves_nobody_waiting(
    idle: Household, media_site: MediaSite, verb: str
) -> None:
    async with idle.at_work() as downloads:
        nest = Nest(idle, downloads)
        url = media_site.url(PAGE)
        preview_id, previewer = await nest.previewed(url)
        download, _ = await downloads.enqueue(nest.alice, url, preview_id=preview_id)
        await getattr(downloads, verb)(nest.alice, download.id)
        assert session(previewer) == {}


async def test_a_list_that_was_looked_at_leaves_nobody_waiting(household: Household, media_site: MediaSite) -> None:
    async with household.at_work() as downloads:
        preview = await downloads.preview(household.actors["Alice"], media_site.base + "/feed/20.xml")
        assert preview.is_playlist
        assert working_in(household.media / ".medianest" / "previews" / preview.id) is None


async def test_where_nobody_is_to_wait_a_preview_is_as_good(household: Household, media_site: MediaSite) -> None:
    household.settings = household.settings.model_copy(update={"keep_warm_s": 0})
    async with household.at_work() as downloads:
        alice, url = household.actors["Alice"], media_site.url("/watch/files/clip.mp4")
        preview = await downloads.preview(alice, url)
        assert working_in(household.media / ".medianest" / "previews" / preview.id) is None
        asked = len(media_site.hits("/watch/files/clip.mp4"))
        download, _ = await downloads.enqueue(alice, url, preview_id=preview.id)
        await household.until_state(download.id, State.COMPLETED)
        assert len(media_site.hits("/watch/files/clip.mp4")) == asked


async def test_a_process_that_died_while_it_waited_is_replaced_without_a_word(
    household: Household, media_site: MediaSite
) -> None:
    async with household.at_work() as downloads:
        nest = Nest(household, downloads)
        url = media_site.url("/watch/files/clip.mp4")
        preview_id, previewer = await nest.previewed(url)
        os.kill(previewer, 9)
        await until(lambda: not session(previewer))
        download, _ = await downloads.enqueue(nest.alice, url, preview_id=preview_id)
        done = await household.until_state(download.id, State.COMPLETED, State.WAITING, State.FAILED)
        assert (done.state, done.attempts) == (State.COMPLETED, 1)


async def test_where_the_copy_that_it_began_with_is_gone_the_preview_is_begun_anew(
    household: Household, media_site: MediaSite
) -> None:
    async with household.at_work() as downloads:
        nest = Nest(household, downloads)
        url = media_site.url(PAGE)
        preview_id, previewer = await nest.previewed(url)
        folder = household.media / ".medianest" / "previews" / preview_id
        (folder / MARK).write_text('{"version": "1999.1.1"}')
        download, _ = await downloads.enqueue(nest.alice, url, preview_id=preview_id)
        assert await nest.at_work(download.id) != previewer
        assert session(previewer) == {}
        await let_go(media_site)
        done = await household.until_state(download.id, State.COMPLETED, State.WAITING, State.FAILED)
        assert (done.state, done.attempts) == (State.COMPLETED, 1)
