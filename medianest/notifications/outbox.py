"""What is to be sent to whom: written with the notes of an entry, in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import clock
from medianest.core.journal import Entry
from medianest.core.security import new_id
from medianest.notifications import channel_queries, choosing
from medianest.notifications.models import DeliveryRow
from medianest.notifications.telling import TOGETHER
from medianest.notifications.types import DeliveryState, Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """As what somebody is told of an entry, and with which others."""

    telling: Telling
    bundle: int


async def line_up(session: AsyncSession, entry: Entry, told: Mapping[str, Told]) -> None:
    """A delivery for each channel by which each of these people wants to hear of it; a second time none."""
    there = await session.run_sync(channel_queries.open_channels, list(told))
    if not there:
        return
    people = {user_id for user_id, _, _ in there}
    chosen = await session.run_sync(channel_queries.choices, people, {told[id].telling.notice for id in people})
    now, rows = clock.now(), []
    for user_id, channel_id, kind in there:
        if entry.subject_id == channel_id:
            continue  # that it is broken is told by others
        telling = told[user_id].telling
        if not chosen.get((user_id, telling.notice, kind), choosing.is_usual(telling.notice, kind)):
            continue
        due_at = choosing.settled_at(kind, comes_in_numbers=entry.kind in TOGETHER, at=now)
        rows.append(
            {
                "id": new_id(),
                "channel_id": channel_id,
                "entry_id": entry.id,
                "notice": telling.notice,
                "whom": telling.whom,
                "bundle": told[user_id].bundle,
                "state": DeliveryState.WAITING,
                "error": "",
                "created_at": now,
                "due_at": due_at,
            }
        )
    if rows:
        await session.execute(insert(DeliveryRow).on_conflict_do_nothing(), rows)
