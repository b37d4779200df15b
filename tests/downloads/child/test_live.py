"""Broadcasts: recorded while they run, ended by hand or by themselves, kept over a kill, and led nowhere else."""

import asyncio
import os
import signal

import pytest

from medianest.downloads.protocol import ChildEvent, End, Failed, Fetch, Fetched, Probed, Progressed
from medianest.downloads.spawn import Child
from medianest.downloads.types import ErrorCode, Preset
from tests.downloads import looking
from tests.downloads.conftest import Desk
from tests.downloads.recipes import BUILT_IN
from tests.fakes.canary import Canary
from tests.fakes.media_site import MediaSite

LIVE = "/live/index.m3u8"


def recorded_s(desk: Desk) -> float:
    return max((event.recorded_s or 0 for event in desk.events if isinstance(event, Progressed)), default=0)


async def record(desk: Desk, child: Child, url: str, *, seconds: float, ends: bool = False) -> None:
    """Until so much is recorded."""
    command = Fetch(url=url, proxy=desk.allowance.proxy_url, recipe=BUILT_IN[Preset.BEST], ends=ends)

    def enough(event: ChildEvent) -> bool:
        return isinstance(event, Progressed) and (event.recorded_s or 0) >= seconds

    assert isinstance(await desk.ask(child, command, until=enough), Progressed)


async def last(child: Child) -> ChildEvent:
    return [event async for event in child.events()][-1]


async def test_a_broadcast_is_recorded_until_it_is_over(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    found = await desk.probe(media_site.base + LIVE, child=child)
    assert isinstance(found, Probed)
    assert found.info.is_live
    await record(desk, child, media_site.base + LIVE, seconds=8)
    progress = [event for event in desk.events if isinstance(event, Progressed)]
    assert {(event.total_bytes, event.percent) for event in progress} == {(None, None)}
    media_site.end_live()
    fetched = await last(child)
    assert isinstance(fetched, Fetched)
    assert looking.codecs(desk.file(fetched)) == {"Video": "h264", "Audio": "aac"}
    assert looking.duration_s(desk.file(fetched)) >= 7.5
    assert fetched.info.duration_s == pytest.approx(looking.duration_s(desk.file(fetched)), abs=0.1)


async def test_a_recording_that_is_ended_by_hand_is_a_playable_file_as_long_as_it_ran(
    desk: Desk, media_site: MediaSite
) -> None:
    child = await desk.child()
    await record(desk, child, media_site.base + LIVE, seconds=7)
    await child.send(End())
    fetched = await asyncio.wait_for(last(child), 30)
    assert isinstance(fetched, Fetched)
    assert looking.duration_s(desk.file(fetched)) == pytest.approx(recorded_s(desk), abs=2.5)
    assert not list(desk.folder.glob("live*"))


async def test_after_a_kill_the_recording_goes_on_in_the_same_file(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    await record(desk, child, media_site.base + LIVE, seconds=6)
    before = recorded_s(desk)
    os.killpg(child.pid, signal.SIGKILL)
    await child.kill()
    (file,) = desk.folder.glob("live*.*")
    whole = file.stat().st_size
    with file.open("ab") as half:
        half.write(b"half a segment")
    child = await desk.child()
    await record(desk, child, media_site.base + LIVE, seconds=before + 2)
    assert file.read_bytes()[whole : whole + 4] != b"half"
    await child.send(End())
    fetched = await last(child)
    assert isinstance(fetched, Fetched)
    assert looking.duration_s(desk.file(fetched)) >= before + 1


async def test_a_killed_recording_of_a_broadcast_that_is_gone_is_a_file_all_the_same(
    desk: Desk, media_site: MediaSite
) -> None:
    child = await desk.child()
    await record(desk, child, media_site.base + LIVE, seconds=6)
    before = recorded_s(desk)
    await child.kill()
    asked = len(media_site.hits(LIVE))
    child = await desk.child()
    command = Fetch(url=media_site.base + LIVE, proxy=desk.allowance.proxy_url, recipe=BUILT_IN[Preset.BEST], ends=True)
    fetched = await desk.ask(child, command)
    assert isinstance(fetched, Fetched)
    assert looking.duration_s(desk.file(fetched)) == pytest.approx(before, abs=2.5)
    assert len(media_site.hits(LIVE)) == asked, "what is to end is not asked for again"


async def test_an_encrypted_broadcast_is_recorded_with_the_key_that_it_names(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    await record(desk, child, media_site.url("/live-sealed/index.m3u8"), seconds=4)
    await child.send(End())
    fetched = await asyncio.wait_for(last(child), 30)
    assert isinstance(fetched, Fetched)
    assert looking.codecs(desk.file(fetched)) == {"Video": "h264", "Audio": "aac"}
    assert looking.duration_s(desk.file(fetched)) >= 3.5
    assert len(media_site.hits("/live-sealed/key")) == 1


async def test_a_broadcast_whose_picture_and_sound_come_apart_is_refused_before_anything_is_recorded(
    desk: Desk, media_site: MediaSite
) -> None:
    url = media_site.url("/live-apart/index.m3u8")
    refused = await asyncio.wait_for(desk.fetch(url), 30)
    assert isinstance(refused, Failed)
    assert refused.code is ErrorCode.NOT_YET
    assert "apart" in refused.detail
    assert media_site.hits("/live/") == []
    assert not list(desk.folder.glob("live*"))


@pytest.mark.parametrize("kind", ["hls-live", "hls-live-key", "hls-live-map"])
async def test_a_broadcast_leads_to_nothing_that_is_not_allowed(
    desk: Desk, media_site: MediaSite, canary: Canary, kind: str, subtests: pytest.Subtests
) -> None:
    child = await desk.child()
    for target in (
        f"http://{canary.address}/x.ts",
        "file:///etc/passwd",
        f"tcp://{canary.address}",
        f"rtmp://{canary.address}/x",
    ):
        with subtests.test(target=target.partition(":")[0]):
            found = await desk.fetch(media_site.leading_to(kind, target), child=child)
            assert isinstance(found, Failed)
            assert found.code is ErrorCode.BLOCKED_ADDRESS
    assert canary.connections == 0
    assert not [path for path in desk.folder.rglob("*") if path.is_file() and b"root:" in path.read_bytes()]
