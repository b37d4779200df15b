"""What becomes of requests when somebody leaves: they go to who follows them, else to who looks after the house."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.events import UserRemoved
from medianest.core import journal
from medianest.core.actor import SYSTEM
from medianest.core.event import ADMINS, people
from medianest.core.journal import Entry, Listener
from medianest.media_requests import queries
from medianest.media_requests.events import RequestsHandedOver
from medianest.media_requests.models import ErrandRow, ProblemRow, RequestFollowerRow, RequestRow, UpstreamPersonRow


def listeners() -> Sequence[Listener]:
    return [Listener(name="requests", kinds=frozenset({UserRemoved.kind}), handle=hand_over)]


async def hand_over(session: AsyncSession, entry: Entry) -> None:
    """Give what was somebody's to who has followed it for longest, and the rest to the heir; at the server it stays."""
    gone, heir = entry.subject_id, str(entry.data["heir_id"])
    await session.execute(delete(RequestFollowerRow).where(RequestFollowerRow.user_id == gone))
    await session.execute(delete(UpstreamPersonRow).where(UpstreamPersonRow.user_id == gone))
    await session.execute(delete(ErrandRow).where(ErrandRow.by_id == gone))
    ids = list(await session.scalars(select(RequestRow.id).where(RequestRow.owner_id == gone)))
    heirs = {heir}
    for id in ids:
        new_owner = await session.run_sync(queries.first_follower, id)
        await _give(session, id, new_owner or heir)
        heirs.add(new_owner or heir)
    asked = update(RequestRow).where(RequestRow.asked_by_id == gone)
    await session.execute(asked.values(asked_by_id=RequestRow.owner_id))
    reported = update(ProblemRow).where(ProblemRow.reporter_id == gone)
    await session.execute(reported.values(reporter_id=None, reporter=str(entry.data["name"])))
    if ids:
        audience = ADMINS | people(heirs)
        told = RequestsHandedOver(
            actor=SYSTEM, subject_id=gone, audience=audience, name=str(entry.data["name"]), number=len(ids)
        )
        await journal.record(session, told)


async def _give(session: AsyncSession, id: str, new_owner: str) -> None:
    values = {"owner_id": new_owner, "asked_by_id": new_owner}
    await session.execute(update(RequestRow).where(RequestRow.id == id).values(**values))
    theirs = (RequestFollowerRow.request_id == id) & (RequestFollowerRow.user_id == new_owner)
    await session.execute(delete(RequestFollowerRow).where(theirs))
