"""What the queue does when somebody leaves: their downloads go to who wants them, else to who looks after the house."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.events import UserRemoved
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.event import ADMINS, people
from medianest.core.journal import Entry, Listener
from medianest.downloads.events import DownloadsHandedOver
from medianest.downloads.models import DownloadRow, FollowerRow


def listeners() -> Sequence[Listener]:
    return [Listener(name="downloads", kinds=frozenset({UserRemoved.kind}), handle=hand_over)]


async def hand_over(session: AsyncSession, entry: Entry) -> None:
    """Give what was somebody's to its first follower, and the rest to the heir; files and runs stay as they are."""
    gone, heir = entry.subject_id, str(entry.data["heir_id"])
    await session.execute(delete(FollowerRow).where(FollowerRow.user_id == gone))
    followed = await _to_followers(session, gone)
    rest = await session.execute(update(DownloadRow).where(DownloadRow.owner_id == gone).values(owner_id=heir))
    number = len(followed) + int(rest.rowcount)  # type: ignore[attr-defined]  # a DML result has it
    if number:
        heirs = ADMINS | people({heir, *followed})
        told = DownloadsHandedOver(
            actor=SYSTEM, subject_id=gone, audience=heirs, name=str(entry.data["name"]), number=number
        )
        await journal.record(session, told)


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
