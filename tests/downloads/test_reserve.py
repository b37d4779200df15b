"""Who waits for work: kept for a while, used once, told nothing of others, and gone without a trace."""

import asyncio
import os
import select
import shutil
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from medianest.core.config import DownloadsSettings
from medianest.downloads.protocol import Failed, Fetched, Introduce, Introduced, Probe, Probed
from medianest.downloads.reserve import Pace, Reserve, Stay
from medianest.downloads.spawn import Child, Tools
from medianest.downloads.ytdlp import trees, updates
from medianest.downloads.ytdlp.copies import Copies
from tests.downloads.conftest import Desk
from tests.downloads.processes import session, until
from tests.fakes.media_site import MediaSite

AT_ONCE = Pace(breath_s=0, look_every_s=0.02)
A_WHILE = Stay(person="alice", most=timedelta(minutes=10))


class Hall:
    """A reserve, and folders for those who get work from it."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder = folder
        self.settings = DownloadsSettings()
        self.copies = Copies(folder / "ytdlp", updates.bundled(), workplaces=list)
        self.reserve = Reserve(tools, self.copies, lambda: self.settings, pace=AT_ONCE)
        self.at_work: list[Child] = []

    async def begin(self, id: str, *, person: str = "alice") -> Child:
        """Somebody who works in the folder of this name."""
        place = self.folder / id
        place.mkdir(exist_ok=True)
        child = await self.reserve.begin(id, place, self.copies.take(place), log=lambda _line: None, person=person)
        self.at_work.append(child)
        return child

    async def spare(self) -> int:
        """The process that waits for anybody's work, once it is ready."""
        await until(lambda: self.reserve.ready)
        (pid,) = self.reserve.pids
        return pid

    async def close(self) -> None:
        await self.reserve.stop()
        for child in self.at_work:
            await child.kill()


@pytest.fixture
async def hall(tmp_path: Path, tools: Tools) -> AsyncIterator[Hall]:
    hall = Hall(tmp_path, tools)
    yield hall
    await hall.close()


async def introduced(child: Child) -> Introduced:
    await child.send(Introduce())
    (event,) = [event async for event in child.events()]
    assert isinstance(event, Introduced)
    return event


async def test_nobody_waits_before_there_was_work(hall: Hall) -> None:
    assert hall.reserve.pids == []
    await hall.begin("first")
    await hall.spare()


async def test_who_waits_gets_the_next_work_and_another_waits_then(hall: Hall) -> None:
    await hall.begin("first")
    spare = await hall.spare()
    second = await hall.begin("second")
    assert second.pid == spare
    assert await hall.spare() != spare
    assert await introduced(second)


@pytest.mark.parametrize("moment", range(6))
async def test_one_that_gets_ready_just_when_it_is_let_go_is_let_go(hall: Hall, moment: int) -> None:
    await hall.begin("first")
    await until(lambda: hall.reserve.pids)
    (waiting,) = hall.reserve._waiting.values()
    said = waiting.child._program.output._transport.get_extra_info("socket").fileno()  # type: ignore[attr-defined]
    select.select([said], [], [], 20)  # it is ready, and nobody has heard it
    for _ in range(moment):
        await asyncio.sleep(0)
    async with asyncio.timeout(2):
        assert await hall.reserve.let_go(None)


async def test_who_waits_knows_nothing_of_anybody(hall: Hall, desk: Desk, media_site: MediaSite) -> None:
    first = await hall.begin("first")
    await first.send(Probe(url=media_site.base + "/files/clip.mp4", proxy=desk.allowance.proxy_url))
    assert isinstance([event async for event in first.events()][-1], Probed)
    proc = Path(f"/proc/{await hall.spare()}")
    assert (proc / "cwd").readlink() == Path("/")
    assert all(str(fd.readlink()).startswith(("pipe:", "socket:")) for fd in (proc / "fd").iterdir())
    told = (proc / "environ").read_text() + (proc / "cmdline").read_text()
    assert str(hall.folder) not in told
    assert desk.allowance.password not in told
    assert os.getsid(int(proc.name)) == int(proc.name)


async def test_who_waited_is_told_one_folder_and_no_second(hall: Hall) -> None:
    await hall.begin("first")
    await hall.spare()
    child = await hall.begin("second")
    assert await introduced(child)
    (hall.folder / "third").mkdir()
    await child.enter(hall.folder / "third", log=lambda _line: None)
    await until(lambda: not child.is_alive)
    assert not list((hall.folder / "third").iterdir())


async def test_who_made_a_preview_goes_on_in_its_folder_under_the_new_name(
    hall: Hall, desk: Desk, media_site: MediaSite
) -> None:
    child = await hall.begin("preview")
    url = media_site.base + "/files/clip.mp4"
    await child.send(Probe(url=url, proxy=desk.allowance.proxy_url))
    assert isinstance([event async for event in child.events()][-1], Probed)
    await hall.reserve.keep("preview", child, A_WHILE)
    (hall.folder / "preview").rename(hall.folder / "download")
    hall.reserve.adopt("preview", "download")
    again = await hall.begin("download")
    assert again is child
    asked = len(media_site.hits("/files/clip.mp4"))
    assert isinstance(await desk.fetch(url, child=again), Fetched)
    assert (hall.folder / "download" / "out" / "media.mp4").is_file()
    assert len(media_site.hits("/files/clip.mp4")) == asked + 1, "the file itself, and nothing before"
    assert not (hall.folder / "preview").exists()


async def test_who_made_a_preview_gets_nothing_of_another_person(hall: Hall) -> None:
    child = await hall.begin("preview")
    await hall.reserve.keep("preview", child, A_WHILE)
    hall.reserve.adopt("preview", "preview")
    other = await hall.begin("preview", person="bob")
    assert other.pid != child.pid
    assert session(child.pid) == {}
    assert await introduced(other)


async def test_of_those_with_a_preview_the_latest_two_wait(hall: Hall) -> None:
    previewed = [await hall.begin(f"preview {number}") for number in range(3)]
    for number, child in enumerate(previewed):
        await hall.reserve.keep(f"preview {number}", child, A_WHILE)
    assert session(previewed[0].pid) == {}
    assert {child.pid for child in previewed[1:]} <= set(hall.reserve.pids)


async def test_who_made_a_preview_waits_no_longer_than_that_lives(hall: Hall) -> None:
    child = await hall.begin("preview")
    await hall.reserve.keep("preview", child, Stay(person="alice", most=timedelta(milliseconds=50)))
    await until(lambda: child.pid not in hall.reserve.pids)
    await until(lambda: session(child.pid) == {})


async def test_when_its_time_is_over_all_that_a_spare_had_is_given_back(hall: Hall) -> None:
    await (await hall.begin("first")).kill()
    spare = await hall.spare()
    opened = _open_files()
    hall.settings = DownloadsSettings(keep_warm_s=1)
    await until(lambda: not hall.reserve.pids)
    await until(lambda: session(spare) == {})
    await until(lambda: _open_files() <= opened - 4)
    assert hall.reserve.ready == 0


async def test_nobody_waits_where_none_is_wanted(hall: Hall) -> None:
    hall.settings = DownloadsSettings(keep_warm_s=0)
    child = await hall.begin("preview")
    await hall.reserve.keep("preview", child, A_WHILE)
    assert session(child.pid) == {}
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "spare child"))
    assert hall.reserve.pids == []


@pytest.mark.parametrize("way", ["at work", "by itself"])
async def test_one_that_was_made_by_other_settings_is_not_used(hall: Hall, way: str) -> None:
    await hall.begin("first")
    spare = await hall.spare()
    hall.settings = DownloadsSettings(max_file_bytes=12345)
    if way == "at work":
        assert (await hall.begin("second")).pid != spare
    await until(lambda: session(spare) == {})


async def test_after_an_update_of_yt_dlp_the_new_copy_is_used(hall: Hall) -> None:
    await hall.begin("first")
    spare = await hall.spare()
    with hall.copies.draft() as draft:
        tree = draft / "tree"
        for module in ("yt_dlp", "yt_dlp_ejs"):
            shutil.copytree(_place(module), tree / module, ignore=shutil.ignore_patterns("__pycache__"))
        trees.seal(tree, "2031.1.2", updates.bundled().ejs, at=datetime(2031, 1, 2, tzinfo=UTC))
        hall.copies.keep(tree, "2031.1.2")
    hall.copies.switch("2031.1.2")
    child = await hall.begin("second")
    assert child.pid != spare
    await until(lambda: session(spare) == {})
    assert all("2031.1.2" in place for place in (await introduced(child)).places)
    await hall.spare()
    third = await hall.begin("third")
    assert all("2031.1.2" in place for place in (await introduced(third)).places)


async def test_one_that_dies_is_no_error_and_is_not_used(hall: Hall) -> None:
    await hall.begin("first")
    spare = await hall.spare()
    os.kill(spare, signal.SIGKILL)
    await until(lambda: not hall.reserve.pids)
    assert await introduced(await hall.begin("second"))


async def test_one_that_died_a_moment_ago_is_not_used_either(hall: Hall) -> None:
    await hall.begin("first")
    spare = await hall.spare()
    os.kill(spare, signal.SIGKILL)
    _wait_for_end(spare)
    child = await hall.begin("second")
    assert child.pid != spare
    assert await introduced(child)


async def test_a_stop_leaves_nobody_and_nobody_comes_after(hall: Hall) -> None:
    first = await hall.begin("first")
    spare = await hall.spare()
    await hall.reserve.keep("first", first, A_WHILE)
    await hall.reserve.stop()
    await hall.reserve.stop()
    assert session(spare) == session(first.pid) == {}
    late = await hall.begin("late")
    await hall.reserve.keep("late", late, A_WHILE)
    assert hall.reserve.pids == []
    assert session(late.pid) == {}


async def test_a_folder_that_somebody_has_is_refused_to_who_waited(hall: Hall) -> None:
    await hall.begin("first")
    await hall.spare()
    holder = await hall.begin("second")
    assert await introduced(holder)
    await hall.spare()
    other = await hall.reserve.begin("third", hall.folder / "second", hall.copies.in_use(), log=lambda _line: None)
    hall.at_work.append(other)
    await other.send(Introduce())
    (refused,) = [event async for event in other.events()]
    assert isinstance(refused, Failed)


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _wait_for_end(pid: int) -> None:
    """The loop does not learn of it meanwhile."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _place(module: str) -> Path:
    from importlib.util import find_spec

    found = find_spec(module)
    assert found
    assert found.origin
    return Path(found.origin).parent
