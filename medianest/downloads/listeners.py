"""What the queue does when somebody leaves, when there is a newer yt-dlp, when plans change, and when a file arrived.

The downloads of who leaves go to who wants them, else to who looks after the house. What failed because yt-dlp was too
old is tried again once with each newer one. What waits for room in a plan looks again when somebody has another one.
Plex is asked to look into the folder in which something arrived.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.events import (
    PlanChanged,
    PlanGiven,
    PlanRemoved,
    PlanRolesChanged,
    PlanTaken,
    UserChanged,
    UserRemoved,
)
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.event import ADMINS, people
from medianest.core.journal import Entry, Listener
from medianest.downloads import queries, rights, states, waits
from medianest.downloads.events import DownloadFinished, DownloadRetried, DownloadsHandedOver
from medianest.downloads.lists import ledger as playlist_ledger
from medianest.downloads.models import DownloadRow, FollowerRow
from medianest.downloads.states import Verb
from medianest.downloads.types import ErrorCode, State
from medianest.downloads.ytdlp.events import YtdlpUpdated
from medianest.plex.titles import scans

_LATELY = timedelta(days=30)
_AGAIN_MOST = 500


def listeners(media_dir: Path) -> Sequence[Listener]:
    plans = (PlanChanged, PlanRolesChanged, PlanRemoved, PlanGiven, PlanTaken, UserChanged)
    return [
        Listener(name="downloads", kinds=frozenset({UserRemoved.kind}), handle=hand_over),
        Listener(name="downloads_again", kinds=frozenset({YtdlpUpdated.kind}), handle=try_again),
        Listener(name="downloads_plans", kinds=frozenset(event.kind for event in plans), handle=look_again),
        Listener(
            name="downloads_in_plex", kinds=frozenset({DownloadFinished.kind}), handle=partial(have_scanned, media_dir)
        ),
    ]


async def have_scanned(media_dir: Path, session: AsyncSession, entry: Entry) -> None:
    """Have Plex look into the folder in which the file arrived; what the entry is about may be gone meanwhile."""
    path = await session.scalar(select(DownloadRow.file_path).where(DownloadRow.id == entry.subject_id))
    if path:
        await scans.ask(session, f"entry-{entry.id}", str((media_dir / path).parent.absolute()))


async def look_again(session: AsyncSession, _entry: Entry) -> None:
    """Let what waits for room in a plan try again, now that somebody has another one or another role."""
    await waits.wake_plans(session)


async def hand_over(session: AsyncSession, entry: Entry) -> None:
    """Give what was somebody's to its first follower, and the rest to the heir; files and runs stay as they are."""
    gone, heir = entry.subject_id, str(entry.data["heir_id"])
    await session.execute(delete(FollowerRow).where(FollowerRow.user_id == gone))
    await playlist_ledger.hand_over(session, gone, heir)
    followed = await _to_followers(session, gone)
    rest = await session.execute(update(DownloadRow).where(DownloadRow.owner_id == gone).values(owner_id=heir))
    number = len(followed) + int(rest.rowcount)  # type: ignore[attr-defined]  # a DML result has it
    if number:
        heirs = ADMINS | people({heir, *followed})
        told = DownloadsHandedOver(
            actor=SYSTEM, subject_id=gone, audience=heirs, name=str(entry.data["name"]), number=number
        )
        await journal.record(session, told)


async def try_again(session: AsyncSession, entry: Entry) -> None:
    """Queue what a newer yt-dlp may fetch, if it failed lately and nobody has queued the same since."""
    lately = DownloadRow.finished_at > entry.at - _LATELY
    too_old = (DownloadRow.state == State.FAILED) & (DownloadRow.error_code == ErrorCode.NEEDS_UPDATE)
    ids = list(await session.scalars(select(DownloadRow.id).where(too_old, lately).limit(_AGAIN_MOST)))
    for id in ids:
        if not await session.run_sync(queries.rival, id):
            await _queue_again(session, id)


async def _queue_again(session: AsyncSession, id: str) -> None:
    download = await session.run_sync(queries.by_id, id)
    assert download
    fresh = {"attempts": 0, "finished_at": None, "error_code": None, "error_detail": "", "due_at": None}
    state = states.after(download.state, Verb.RETRY)
    await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(state=state, **fresh))
    retried = DownloadRetried(
        actor=SYSTEM,
        subject_id=id,
        audience=rights.audience(download),
        title=download.title,
        owner_id=download.owner.id,
    )
    await journal.record(session, retried)


async def _to_followers(session: AsyncSession, gone: str) -> list[str]:
    """Who got what they followed, once for each download."""
    first = func.min(FollowerRow.user_id).label("heir")
    query = (
        select(DownloadRow.id, first)
        .join(FollowerRow, FollowerRow.download_id == DownloadRow.id)
        .where(DownloadRow.owner_id == gone)
        .group_by(DownloadRow.id)
    )
    handed = list(await session.execute(query))
    for id, heir in handed:
        await session.execute(update(DownloadRow).where(DownloadRow.id == id).values(owner_id=heir))
        mine = (FollowerRow.download_id == id) & (FollowerRow.user_id == heir)
        await session.execute(delete(FollowerRow).where(mine))
    return [heir for _, heir in handed]
