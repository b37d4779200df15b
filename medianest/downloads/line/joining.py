"""One source is fetched once: who finds that another download brings the same follows that one instead."""

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.downloads import rights, subjects
from medianest.downloads.events import DownloadJoined
from medianest.downloads.models import AliasRow, DownloadRow, FollowerRow, PlaylistEntryRow
from medianest.downloads.plans import usage
from medianest.downloads.types import Download


async def join(session: AsyncSession, given_up: Download, other_id: str) -> None:
    """Let all who wanted the one follow the other, to which its id leads from now on; nobody's plan counts it."""
    other = await subjects.known(session, other_id)
    for person in sorted(_wanting(given_up) - _wanting(other)):
        await session.execute(insert(FollowerRow).values(download_id=other.id, user_id=person))
    await usage.take_back(session, given_up.id)
    leading = update(AliasRow).where(AliasRow.download_id == given_up.id)
    await session.execute(leading.values(download_id=other.id))
    entries = update(PlaylistEntryRow).where(PlaylistEntryRow.download_id == given_up.id)
    await session.execute(entries.values(download_id=other.id))
    await session.execute(delete(DownloadRow).where(DownloadRow.id == given_up.id))
    await session.execute(insert(AliasRow).values(id=given_up.id, download_id=other.id))
    joined = await subjects.known(session, other.id)
    told = DownloadJoined(
        actor=SYSTEM,
        subject_id=other.id,
        audience=rights.audience(joined),
        title=joined.title,
        owner_id=joined.owner.id,
        given_up=given_up.id,
        name=given_up.owner.name,
    )
    await journal.record(session, told)


def _wanting(download: Download) -> set[str]:
    return {download.owner.id, *(person.id for person in download.followers)}
