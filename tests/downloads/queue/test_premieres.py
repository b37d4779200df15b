"""What is not out yet is waited for until its time, then fetched; what is late is asked about ever more rarely."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from medianest.core import clock
from medianest.downloads import broadcasts
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import Broadcast, ErrorCode, State, Wait
from medianest.downloads.ytdlp import updates
from tests.downloads import premieres
from tests.fakes.media_site import MediaSite
from tests.household import Household

NOW = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
PATH = "/premiere/files/clip.mp4"


@pytest.fixture
def announced(household: Household, media_site: MediaSite) -> datetime:
    """In two hours, as the site says to a yt-dlp that understands it."""
    data = household.folder / "data"
    premieres.put_in_use(updates.copies(data, Workspace(media_dir=household.media, data_dir=data)))
    begins_at = (clock.now() + timedelta(hours=2)).replace(microsecond=0)
    media_site.announce(begins_at.timestamp())
    return begins_at


async def let_its_time_come(household: Household, id: str) -> None:
    async with household.db.transaction() as session:
        await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(due_at=clock.now()))


async def test_a_premiere_waits_for_the_moment_that_its_site_names_and_is_then_fetched(
    household: Household, media_site: MediaSite, announced: datetime
) -> None:
    alice = household.actors["Alice"]
    async with household.at_work() as downloads:
        url = media_site.url(PATH)
        preview = await downloads.preview(alice, url)
        assert (preview.title, preview.begins_at, preview.is_live) == ("The first night", announced, False)
        download, _ = await downloads.enqueue(alice, url, preview_id=preview.id)
        waiting = await household.until_state(download.id, State.WAITING, State.FAILED)
        assert (waiting.waits_for, waiting.begins_at) == (Wait.PREMIERE, announced)
        assert waiting.broadcast is Broadcast.UPCOMING
        assert waiting.next_attempt_at == announced + timedelta(seconds=30)
        assert waiting.failure
        assert waiting.failure.code is ErrorCode.NOT_YET

        postponed = announced + timedelta(hours=3)
        media_site.announce(postponed.timestamp())
        await let_its_time_come(household, download.id)
        waiting = await household.until(download.id, lambda known: known.begins_at == postponed)
        waiting = await household.until_state(download.id, State.WAITING)
        assert waiting.next_attempt_at == postponed + timedelta(seconds=30)
        assert waiting.attempts == 0, "what was not there yet was no failed attempt"

        media_site.announce(None)
        await let_its_time_come(household, download.id)
        done = await household.until_state(download.id, State.COMPLETED, State.FAILED)
        assert (done.failure, done.broadcast, done.begins_at) == (None, None, None)
        assert done.file


async def test_it_is_waited_for_longer_than_attempts_last(
    household: Household, media_site: MediaSite, announced: datetime
) -> None:
    household.settings = household.settings.model_copy(update={"max_attempts": 1})
    async with household.at_work() as downloads:
        download, _ = await downloads.enqueue(household.actors["Alice"], media_site.url(PATH))
        for asked in range(1, 4):
            await media_site.seen(PATH, count=2 * asked)
            waiting = await household.until_state(download.id, State.WAITING, State.FAILED)
            assert (waiting.state, waiting.begins_at) == (State.WAITING, announced)
            await let_its_time_come(household, download.id)


@pytest.mark.parametrize(
    ("begins", "asked", "again"),
    [
        (timedelta(hours=2), timedelta(0), timedelta(hours=2, seconds=30)),
        (timedelta(days=90), timedelta(0), timedelta(days=7)),
        (timedelta(seconds=-10), -timedelta(days=400), timedelta(seconds=20)),
        (-timedelta(minutes=1), timedelta(0), timedelta(minutes=5)),
        (-timedelta(hours=4), timedelta(0), timedelta(hours=1)),
        (-timedelta(days=20), timedelta(0), timedelta(hours=6)),
        (-timedelta(days=31), timedelta(0), None),
        (None, timedelta(0), timedelta(minutes=5)),
        (None, -timedelta(days=31), None),
    ],
)
def test_the_site_is_asked_at_its_time_and_then_sparingly(
    begins: timedelta | None, asked: timedelta, again: timedelta | None
) -> None:
    begins_at = None if begins is None else NOW + begins
    due = broadcasts.next_look(NOW, begins_at=begins_at, asked_at=NOW + asked)
    assert due == (None if again is None else NOW + again)
