"""What becomes of who ran into an outage when they leave: they wait for nothing any more."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.events import UserRemoved
from medianest.core.journal import Entry, Listener
from medianest.status import ledger


def listeners() -> Sequence[Listener]:
    return [Listener(name="status", kinds=frozenset({UserRemoved.kind}), handle=forget)]


async def forget(session: AsyncSession, entry: Entry) -> None:
    await ledger.forget_person(session, entry.subject_id)
