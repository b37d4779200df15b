"""A broadcast in the queue: recorded, finished by hand, over a restart, within its limits."""

import asyncio

import pytest

from medianest.core import journal
from medianest.core.errors import Conflict, Forbidden
from medianest.downloads.service import Downloads
from medianest.downloads.types import Broadcast, Download, State, Tick
from tests.downloads import looking
from tests.fakes.media_site import MediaSite
from tests.household import Household

LIVE = "/live/index.m3u8"


async def until_recorded(household: Household, id: str, seconds: float) -> float:
    """Wait until so much of it is recorded; how much that is."""
    with household.live.watch() as signals:
        async with asyncio.timeout(40):
            while True:
                signal = await signals.get()
                assert isinstance(signal.data, Tick)
                recorded_s = signal.data.progress.recorded_s or 0.0
                if signal.subject_id == id and recorded_s >= seconds:
                    return recorded_s


async def recording(household: Household, downloads: Downloads, media_site: MediaSite, *, seconds: float) -> str:
    """The id of a download of Alice's that records, and has come so far."""
    download, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(LIVE))
    await until_recorded(household, download.id, seconds)
    return download.id


def length(household: Household, download: Download) -> float:
    assert download.file
    return looking.duration_s(household.media / download.file.path)


async def test_a_broadcast_is_finished_by_hand_and_a_file_remains(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        id = await recording(household, downloads, media_site, seconds=6)
        known = await household.until(id, lambda download: download.broadcast is Broadcast.LIVE)
        assert (known.state, known.progress.total_bytes, known.progress.percent) == (State.RUNNING, None, None)
        with pytest.raises(Forbidden):
            await downloads.finish(household.actors["Bob"], id)
        ending = await downloads.finish(alice, id)
        assert (ending.state, ending.broadcast) == (State.RUNNING, Broadcast.ENDING)
        done = await household.until_state(id, State.COMPLETED, State.FAILED, State.WAITING)
        assert (done.failure, done.broadcast, done.warnings) == (None, None, ())
        assert length(household, done) >= 5
        assert done.duration_s == pytest.approx(length(household, done), abs=0.1)
        with pytest.raises(Conflict):
            await downloads.finish(alice, id)
        again, is_new = await downloads.enqueue(alice, media_site.url(LIVE))
        assert is_new, "the link leads to another broadcast now"
        await downloads.cancel(alice, again.id)
    told = [entry.kind for entry in await household.db.read(journal.after, 0) if entry.subject_id == id]
    assert told.count("download.ending") == 1
    assert told[-1] == "download.finished"


async def test_what_is_no_broadcast_cannot_be_finished(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url("/@slow=20000/files/clip.mp4"))
        await household.until_state(download.id, State.RUNNING)
        with pytest.raises(Conflict) as caught:
            await downloads.finish(alice, download.id)
        assert caught.value.code == "wrong_state"
        await downloads.cancel(alice, download.id)


async def test_a_restart_in_the_middle_goes_on_recording(household: Household, media_site: MediaSite) -> None:
    async with household.at_work() as downloads:
        id = await recording(household, downloads, media_site, seconds=6)
    async with household.at_work() as downloads:
        recorded_s = await until_recorded(household, id, 9)
        await downloads.finish(household.actors["Alice"], id)
        done = await household.until_state(id, State.COMPLETED, State.FAILED, State.WAITING)
        assert done.failure is None
        assert length(household, done) >= recorded_s - 2


async def test_who_finishes_it_while_the_portal_stops_finds_the_file_afterwards(
    household: Household, media_site: MediaSite
) -> None:
    async with household.at_work() as downloads:
        id = await recording(household, downloads, media_site, seconds=6)
        await downloads.finish(household.actors["Alice"], id)
    async with household.at_work():
        done = await household.until_state(id, State.COMPLETED, State.FAILED, State.WAITING)
        assert done.failure is None
        assert length(household, done) >= 5


async def test_a_broadcast_larger_than_a_file_may_be_is_kept_as_far_as_it_came(
    household: Household, media_site: MediaSite
) -> None:
    household.settings = household.settings.model_copy(update={"max_file_bytes": 700_000})
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(LIVE))
        done = await household.until(
            download.id, lambda known: known.state in (State.COMPLETED, State.FAILED), seconds=90
        )
        assert (done.failure, done.warnings) == (None, ("cut",))
        assert done.file
        assert 100_000 < done.file.size_bytes <= 700_000


async def test_pausing_keeps_what_is_recorded_and_cancelling_does_not(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        id = await recording(household, downloads, media_site, seconds=6)
        paused = await downloads.pause(alice, id)
        assert paused.progress.downloaded_bytes > 100_000
        assert [path for path in household.left_over() if path.name.startswith("live")]
        await downloads.resume(alice, id)
        assert await until_recorded(household, id, 7) >= 7
        await downloads.cancel(alice, id)
        assert household.left_over() == []
