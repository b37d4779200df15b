"""A link in, a finished file out: the whole queue with the real child, proxy, database and site."""

import asyncio

import pytest

from medianest.core import journal
from medianest.core.config import PresetSettings
from medianest.core.errors import Conflict, Forbidden, NotFound
from medianest.core.live import Signal
from medianest.downloads import queries
from medianest.downloads.ordering import Sort
from medianest.downloads.types import ErrorCode, Preset, State, Tick
from tests.fakes.media_site import MediaSite
from tests.household import Household


async def told(household: Household, id: str) -> list[str]:
    entries = await household.db.read(journal.after, 0)
    return [entry.kind.removeprefix("download.") for entry in entries if entry.subject_id == id]


async def until_bytes(signals: asyncio.Queue[Signal], number: int) -> None:
    """Wait until a download is heard to have come so far."""
    async with asyncio.timeout(20):
        while True:
            tick = (await signals.get()).data
            assert isinstance(tick, Tick)
            if tick.progress.downloaded_bytes >= number:
                return


async def test_a_previewed_link_becomes_a_well_named_file(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        url = media_site.url("/watch/files/clip.mp4")
        preview = await downloads.preview(alice, url)
        assert preview.title
        assert preview.has_picture
        asked = len(media_site.hits("/watch/files/clip.mp4"))
        download, new = await downloads.enqueue(alice, url, preset=Preset.BEST, preview_id=preview.id)
        assert new
        assert (download.state, download.title, download.has_picture) == (State.QUEUED, preview.title, True)
        done = await household.until_state(download.id, State.COMPLETED, State.FAILED, State.WAITING)
        assert done.failure is None
        assert done.file
        (file,) = household.files()
        assert file == household.media / done.file.path
        assert file.suffix == ".mp4"
        assert preview.title.split()[0] in file.name
        assert file.stat().st_size == done.file.size_bytes
        assert len(media_site.hits("/watch/files/clip.mp4")) == asked, "the page was asked for once only"
        assert await downloads.file_path(alice, download.id) == file
        assert (await downloads.picture_path(alice, download.id)).stat().st_size > 100
    assert household.left_over() == []
    assert await told(household, download.id) == ["queued", "started", "changed", "finished"]


async def test_what_is_there_is_not_fetched_again_and_gets_a_follower(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    async with household.at_work() as downloads:
        url = media_site.url("/files/clip.mp4")
        first, _ = await downloads.enqueue(alice, url)
        second, new = await downloads.enqueue(bob, url)
        assert (second.id, new) == (first.id, False)
        assert [person.name for person in second.followers] == ["Bob"]
        other, new = await downloads.enqueue(bob, url, preset=Preset.AUDIO_MP3)
        assert new
        await household.until_state(first.id, State.COMPLETED)
        await household.until_state(other.id, State.COMPLETED)
        assert await downloads.file_path(bob, first.id)


async def test_pausing_keeps_what_was_fetched_and_resuming_goes_on_from_there(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    path = "/@slow=300000/files/padded-900000.mp4"
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url(path))
        with household.live.watch() as signals:
            await until_bytes(signals, 100_000)
        paused = await downloads.pause(alice, download.id)
        assert paused.state is State.PAUSED
        assert 0 < paused.progress.downloaded_bytes < 900_000
        assert household.workers.running == 0
        before = len(media_site.hits(path))
        await downloads.resume(alice, download.id)
        done = await household.until_state(download.id, State.COMPLETED, State.FAILED, State.WAITING)
        assert done.state is State.COMPLETED
        later = media_site.hits(path)[before:]
        assert later
        assert all(request.range for request in later), "only the rest was asked for"


async def test_how_far_it_is_holds_as_long_as_it_runs(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url("/@slow=300000/files/padded-900005.mp4"))
        with household.live.watch() as signals:
            tick = await asyncio.wait_for(signals.get(), 20)
        assert tick.holds
        assert await household.db.read(tick.holds)
        await downloads.pause(alice, download.id)
        assert not await household.db.read(tick.holds)
        await downloads.delete(alice, download.id)
        assert not await household.db.read(tick.holds)


async def test_what_is_stopped_in_the_moment_of_its_claim_does_not_run(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    path = "/@slow=300000/files/padded-900006.mp4"
    writing: list[asyncio.Task[asyncio.Task[object]]] = []
    async with household.at_work() as downloads:

        async def pause_behind_the_claim() -> asyncio.Task[object]:
            async with household.db.transaction():
                while not household.workers._claiming.locked():
                    await household.db.answers()
                pausing = asyncio.create_task(downloads.pause(alice, download.id))
                await household.db.answers()
            return pausing

        def write(_tables: frozenset[str]) -> None:
            if not writing:
                writing.append(asyncio.create_task(pause_behind_the_claim()))

        household.db.after_commit(write)
        download, _ = await downloads.enqueue(alice, media_site.url(path))
        async with asyncio.timeout(20):
            await (await writing[0])
        assert household.workers.running == 0
        other, _ = await downloads.enqueue(alice, media_site.url("/files/clip.mp4"))
        await household.until_state(other.id, State.COMPLETED)
        assert download.id not in household.workers._runs
    assert media_site.hits(path) == []
    assert await told(household, download.id) == ["queued", "started", "paused"]


async def test_cancelling_takes_half_a_second_and_leaves_nothing(household: Household, media_site: MediaSite) -> None:
    alice = household.actors["Alice"]
    path = "/@slow=300000/files/padded-900001.mp4"
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url(path))
        await household.until_state(download.id, State.RUNNING)
        with household.live.watch() as signals:
            await asyncio.wait_for(signals.get(), 20)
        begun = asyncio.get_running_loop().time()
        cancelled = await downloads.cancel(alice, download.id)
        assert asyncio.get_running_loop().time() - begun < 0.5
        assert cancelled.state is State.CANCELLED
        assert household.workers.running == 0
        assert household.left_over() == []
        assert household.files() == []
        await downloads.retry(alice, download.id)
        await household.until_state(download.id, State.COMPLETED)


async def test_a_crash_goes_on_where_it_was_and_asks_for_nothing_twice(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    path = "/watch/@slow=300000/files/padded-900002.mp4"
    url = media_site.url(path)
    async with household.at_work() as downloads:
        preview = await downloads.preview(alice, url)
        download, _ = await downloads.enqueue(alice, url, preview_id=preview.id)
        await household.until_state(download.id, State.RUNNING)
        with household.live.watch() as signals:
            await until_bytes(signals, 100_000)
    asked = len(media_site.hits(path))
    async with household.at_work():
        done = await household.until_state(download.id, State.COMPLETED, State.FAILED, State.WAITING)
    assert done.state is State.COMPLETED
    assert len(media_site.hits(path)) == asked
    assert "interrupted" in await told(household, download.id)


@pytest.mark.parametrize(
    ("path", "code", "state"),
    [
        ("/status/404/gone.mp4", ErrorCode.NOT_FOUND, State.FAILED),
        ("/status/403/no.mp4", ErrorCode.FORBIDDEN, State.WAITING),
        ("/status/429/slow.mp4", ErrorCode.RATE_LIMITED, State.WAITING),
        ("/status/503/ill.mp4", ErrorCode.NETWORK, State.WAITING),
    ],
)
async def test_what_can_pass_is_tried_later_and_what_cannot_is_not(
    household: Household, media_site: MediaSite, path: str, code: ErrorCode, state: State
) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url(path))
        ended = await household.until_state(download.id, State.FAILED, State.WAITING, State.COMPLETED)
        assert ended.failure
        assert (ended.failure.code, ended.state) == (code, state)
        assert (ended.next_attempt_at is not None) == (state is State.WAITING)
        assert await downloads.log(alice, download.id)


async def test_deleting_removes_what_it_made_and_hands_over_what_others_follow(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url("/files/clip.mp4"))
        await downloads.enqueue(bob, media_site.url("/files/clip.mp4"))
        await household.until_state(download.id, State.COMPLETED)
        await downloads.delete(alice, download.id, keep_file=False)
        handed = await household.db.read(queries.one, bob, download.id)
        assert (handed.owner.name, handed.followers) == ("Bob", ())
        assert len(household.files()) == 1
        await downloads.delete(bob, download.id, keep_file=False)
        assert household.files() == []
        with pytest.raises(NotFound):
            await household.db.read(queries.one, bob, download.id)


async def test_cancelling_hands_over_what_others_follow_and_ends_what_nobody_else_wants(
    household: Household, media_site: MediaSite
) -> None:
    alice, bob = household.actors["Alice"], household.actors["Bob"]
    url = media_site.url("/@slow=300000/files/padded-900002.mp4")
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, url)
        await downloads.enqueue(bob, url)
        await household.until_state(download.id, State.RUNNING)
        handed = await downloads.cancel(alice, download.id)
        assert (handed.owner.name, handed.followers, handed.state) == ("Bob", (), State.RUNNING)
        with pytest.raises(Forbidden):
            await downloads.cancel(alice, download.id)
        assert (await downloads.cancel(bob, download.id)).state is State.CANCELLED
        with pytest.raises(Conflict):
            await downloads.cancel(bob, download.id)
    assert household.left_over() == []


async def test_an_administrator_s_cancel_ends_it_for_all(idle: Household, media_site: MediaSite) -> None:
    ada, alice, bob = (idle.actors[name] for name in ("Ada", "Alice", "Bob"))
    url = media_site.url("/files/clip.mp4")
    async with idle.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, url)
        await downloads.enqueue(bob, url)
        cancelled = await downloads.cancel(ada, download.id)
        assert (cancelled.owner.name, cancelled.state) == ("Alice", State.CANCELLED)


@pytest.mark.parametrize(
    "path", ["/files/padded-3000000.mp4", "/@nolength/files/padded-3000000.mp4", "/hls/master.m3u8"]
)
async def test_what_is_larger_than_it_may_be_fails_for_good(
    household: Household, media_site: MediaSite, path: str
) -> None:
    household.settings = household.settings.model_copy(update={"max_file_bytes": 150_000})
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(path))
        failed = await household.until_state(download.id, State.FAILED)
    assert failed.failure is not None
    assert (failed.failure.code, failed.failure.retryable, failed.next_attempt_at) == (ErrorCode.TOO_LARGE, False, None)


async def test_what_others_may_not(household: Household, media_site: MediaSite) -> None:
    alice, bob, kim = (household.actors[name] for name in ("Alice", "Bob", "Kim"))
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url("/@hold=1000/files/clip.mp4"))
        for forbidden in (downloads.pause, downloads.cancel, downloads.log, downloads.file_path):
            with pytest.raises(Forbidden):
                await forbidden(bob, download.id)
            with pytest.raises(NotFound):
                await forbidden(kim, download.id)
        with pytest.raises(Forbidden):
            await downloads.delete(bob, download.id)
        with pytest.raises(Conflict):
            await downloads.resume(alice, download.id)
        with pytest.raises(Forbidden):
            await downloads.enqueue(kim, media_site.url("/files/clip.mp4"))
        assert (await household.db.read(queries.listing, kim)).items == []
        assert [one.id for one in (await household.db.read(queries.listing, bob)).items] == [download.id]
        await downloads.cancel(alice, download.id)


async def test_pages_of_the_list_follow_each_other_in_every_order(household: Household) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        household.workers._shop.settings = household.settings.model_copy(update={"workers": 0})
        ids = []
        for number in range(7):
            download, _ = await downloads.enqueue(alice, f"http://203.0.114.1/{number}", priority=number % 3)
            ids.append(download.id)
        for sort, expected in (
            (Sort.POSITION, [ids[n] for n in (2, 5, 1, 4, 0, 3, 6)]),
            (Sort.CREATED, ids[::-1]),
        ):
            seen: list[str] = []
            cursor = None
            while True:
                page = await household.db.read(queries.listing, alice, sort=sort, cursor=cursor, limit=3)
                seen += [one.id for one in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert seen == expected


async def test_a_preset_that_is_gone_fails_in_plain_words_and_comes_back_with_the_settings(
    household: Household, media_site: MediaSite
) -> None:
    alice = household.actors["Alice"]
    plain = household.settings
    own = PresetSettings(label="Our own", container="mkv")
    household.settings = plain.model_copy(update={"presets": {"own": own}})
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(alice, media_site.url("/@slow=60000/files/clip.mp4"), preset="own")
        assert downloads.with_progress(download).preset_label == "Our own"
        await downloads.pause(alice, download.id)
    household.settings = plain
    async with household.at_work() as downloads:
        await downloads.resume(alice, download.id)
        gone = await household.until_state(download.id, State.FAILED)
        assert gone.failure
        assert (gone.failure.code, gone.attempts) == (ErrorCode.NO_PRESET, 1)
        assert downloads.with_progress(gone).preset_label is None
        assert gone.preset == "own"
    household.settings = plain.model_copy(update={"presets": {"own": own}})
    async with household.at_work() as downloads:
        await downloads.retry(alice, download.id)
        done = await household.until_state(download.id, State.COMPLETED)
        assert done.file
        assert done.file.path.endswith(".mkv")
