"""What failed because yt-dlp was too old is tried again with a newer one."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from medianest.core import clock, journal, journal_pages
from medianest.core.actor import SYSTEM
from medianest.core.event import ADMINS
from medianest.core.journal_pages import Sought
from medianest.downloads import listeners, queries
from medianest.downloads.models import DownloadRow
from medianest.downloads.service import Downloads
from medianest.downloads.types import ErrorCode, State
from medianest.downloads.ytdlp.events import YtdlpUpdated
from tests.household import Household

FAILED = {"state": State.FAILED, "error_code": ErrorCode.NEEDS_UPDATE, "attempts": 1}


async def put(household: Household, downloads: Downloads, name: str, **values: Any) -> str:
    """The id of a download that ended otherwise than by being fetched."""
    alice = household.actors["Alice"]
    download, _ = await downloads.enqueue(alice, f"https://tube.example/{name}")
    await downloads.pause(alice, download.id)
    async with household.db.transaction() as session:
        known = {"finished_at": clock.now(), **values}
        await session.execute(update(DownloadRow).where(DownloadRow.id == download.id).values(**known))
    return download.id


async def states(household: Household, ids: list[str]) -> list[State]:
    found = [await household.db.read(queries.by_id, id) for id in ids]
    return [download.state for download in found if download]


async def test_a_newer_one_gives_what_failed_for_its_age_another_try_and_nothing_else(household: Household) -> None:
    async with household.at_work() as downloads:
        too_old = await put(household, downloads, "too-old", **FAILED)
        others = [
            await put(household, downloads, "gone", **{**FAILED, "error_code": ErrorCode.REMOVED}),
            await put(household, downloads, "given-up", **{**FAILED, "state": State.CANCELLED}),
            await put(household, downloads, "long-ago", **FAILED, finished_at=clock.now() - timedelta(days=31)),
            await put(household, downloads, "wanted-again", **FAILED),
        ]
        await put(household, downloads, "wanted-again", state=State.PAUSED, finished_at=None)
        async with household.db.transaction() as session:
            news = YtdlpUpdated(actor=SYSTEM, subject_id="yt-dlp", audience=ADMINS, before="1", in_use="2")
            await journal.record(session, news)
        (entry,) = (await household.db.read(journal_pages.page, Sought(kinds=frozenset({"ytdlp.updated"})))).items
        (listener,) = [one for one in listeners.listeners(household.media) if entry.kind in one.kinds]
        for _ in range(2):  # a listener may run twice
            async with household.db.transaction() as session:
                await listener.handle(session, entry)
        again = (await household.db.read(journal_pages.page, Sought(kinds=frozenset({"download.retried"})))).items
        assert [told.subject_id for told in again] == [too_old]
        assert await states(household, others) == [State.FAILED, State.CANCELLED, State.FAILED, State.FAILED]
        assert await states(household, [too_old]) != [State.FAILED]
