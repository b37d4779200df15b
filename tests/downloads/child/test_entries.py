"""What the child says of lists: their entries as they come, what is not to be had, how long and large all of it is."""

from pathlib import Path

import pytest

from medianest.downloads import protocol
from medianest.downloads.protocol import Described, Entry, Failed, Listed, ListRead, Probed, ReadList
from medianest.downloads.spawn import Child
from medianest.downloads.types import ErrorCode, Preset
from tests.downloads.conftest import Desk
from tests.fakes.media_site import MediaSite
from tests.fakes.media_site.handlers.feeds import SECONDS


def entries(desk: Desk) -> list[Entry]:
    return [entry for event in desk.events if isinstance(event, Listed) for entry in event.entries]


def peak_mib(pid: int) -> int:
    """The most memory that a process ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


async def read(
    desk: Desk, url: str, *, start: int = 1, most: int = 20_000, child: Child | None = None
) -> ListRead | Failed:
    command = ReadList(url=url, proxy=desk.allowance.proxy_url, start=start, most=most)
    last = await desk.ask(child or await desk.child(), command)
    assert isinstance(last, ListRead | Failed)
    return last


async def test_a_look_at_a_list_brings_its_first_entries_and_guesses_the_rest(
    desk: Desk, media_site: MediaSite
) -> None:
    found = await desk.probe(media_site.url("/feed/400.xml"))
    assert isinstance(found, Probed)
    assert (found.info.title, found.info.entry_count) == ("A serial in 400 parts", 400)
    assert found.info.duration_s == 400 * SECONDS
    assert found.info.estimated_bytes[Preset.P1080] == 400 * SECONDS * 4_000_000 // 8
    assert [entry.number for entry in entries(desk)] == list(range(1, 101))


async def test_a_whole_list_comes_in_lines_that_fit(desk: Desk, media_site: MediaSite) -> None:
    done = await read(desk, media_site.url("/feed/400.xml"))
    assert done == ListRead(entry_count=400)
    described = next(event for event in desk.events if isinstance(event, Described))
    assert (described.info.title, described.info.is_playlist) == ("A serial in 400 parts", True)
    found = entries(desk)
    assert [entry.number for entry in found] == list(range(1, 401))
    assert found[6] == Entry(
        number=7,
        title="Part 7",
        webpage_url=media_site.base + "/@key=feed-7/files/clip.mp4",
        duration_s=SECONDS,
        at=found[0].at + 6 * 86400 if found[0].at else None,
    )
    assert max(len(protocol.line(event)) for event in desk.events) < protocol.LINE_MOST / 2


@pytest.mark.parametrize(
    ("start", "most", "numbers", "done"),
    [
        (351, 20_000, range(351, 401), ListRead(entry_count=400)),
        (1, 120, range(1, 121), ListRead(entry_count=120, is_cut=True)),
        (1, 400, range(1, 401), ListRead(entry_count=400)),
        (401, 20_000, range(0), ListRead(entry_count=400)),
    ],
)
async def test_a_list_is_read_from_where_it_was_left_to_where_it_is_cut(
    desk: Desk, media_site: MediaSite, start: int, most: int, numbers: range, done: ListRead
) -> None:
    assert await read(desk, media_site.url("/feed/400.xml"), start=start, most=most) == done
    assert [entry.number for entry in entries(desk)] == list(numbers)


async def test_what_a_list_does_not_give_is_said(desk: Desk, media_site: MediaSite) -> None:
    await read(desk, media_site.url("/playlist?list=odd"))
    assert [(entry.number, entry.trouble) for entry in entries(desk)] == [
        (1, None),
        (2, ErrorCode.PRIVATE),
        (3, None),
        (4, ErrorCode.REMOVED),
        (5, ErrorCode.UNSUPPORTED_URL),
        (6, None),
        (7, None),
    ]


async def test_a_video_is_no_list(desk: Desk, media_site: MediaSite) -> None:
    failed = await read(desk, media_site.url("/shows/harbour"))
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.UNSUPPORTED_URL


async def test_ten_thousand_entries_wait_in_the_pipe_and_not_in_memory(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    done = await read(desk, media_site.url("/feed/10000.xml"), child=child)
    assert done == ListRead(entry_count=10_000)
    assert len(entries(desk)) == 10_000
    assert peak_mib(child.pid) < 220
