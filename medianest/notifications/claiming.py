"""Which deliveries are sent next: claimed with all that they tell, or held back, or dropped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased

from medianest.accounts import queries as accounts
from medianest.accounts.types import User
from medianest.core import clock, journal, work
from medianest.core.journal import Entry
from medianest.notifications import channel_queries, choosing, rights, sends
from medianest.notifications.composing import Told
from medianest.notifications.models import ChannelRow, DeliveryRow
from medianest.notifications.sends import WAITING, Claimed
from medianest.notifications.types import Channel, ChannelKind, DeliveryState, Notice, Whom
from medianest.status.news import may_hear_from

LEASE = timedelta(minutes=2)
_SEVERAL = 2
"""As many others that wait for the same channel are sent with a message; one other is sent by itself."""
_TOGETHER_MOST = 500
_row = DeliveryRow
_COLUMNS: tuple[Any, ...] = (
    _row.id, _row.channel_id, _row.entry_id, _row.notice, _row.whom, _row.bundle, _row.attempts
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Deliveries to begin, each to another channel, those first that have been due longest; and when there are more."""

    ids: Sequence[str]
    more_at: datetime | None


def due(session: Session, now: datetime, *, busy: Collection[str], limit: int) -> Due:
    """At most so many, none to a channel that is `busy`.

    Each channel is asked for its next one, so that it does not matter how much waits behind that.
    """
    its = aliased(_row)
    waits = (its.state == DeliveryState.WAITING, its.lease_owner.is_(None), its.due_at.is_not(None))
    first = select(its.id).where(its.channel_id == ChannelRow.id, *waits).order_by(its.due_at).limit(1)
    query = select(_row.id, _row.due_at).join(ChannelRow, _row.id == first.correlate(ChannelRow).scalar_subquery())
    query = query.where(ChannelRow.id.not_in(busy)).order_by(_row.due_at, _row.entry_id)
    rows = session.execute(query.limit(limit + 1)).all()
    ids = [row.id for row in rows[:limit] if row.due_at <= now]
    return Due(ids=ids, more_at=rows[len(ids)].due_at if len(ids) < len(rows) else None)


async def claim(session: AsyncSession, ids: Collection[str], *, owner: str) -> Sequence[Claimed]:
    """Take these, each with what is told together with it; not what is to be sent later, or to nobody any more."""
    rows = await session.run_sync(_waiting, ids)
    channels = await session.run_sync(channel_queries.by_ids, {row.channel_id for row in rows})
    users = await session.run_sync(accounts.by_ids, {channel.user_id for channel, _ in channels.values()})
    entries = await session.run_sync(journal.by_ids, {row.entry_id for row in rows})
    ready: dict[str, tuple[Row[Any], Channel, User]] = {}
    for row in rows:
        channel, _ = channels[row.channel_id]
        user = users.get(channel.user_id)
        if user is None or not await session.run_sync(may_be_told, channel, user, Whom(row.whom)):
            await sends.dropped(session, row.id)
        elif later := await session.run_sync(_held_until, row, channel, user, entries[row.entry_id]):
            await session.execute(update(_row).where(_row.id == row.id).values(due_at=later))
        else:
            ready[row.id] = (row, channel, user)
    taken = await work.claim_several(session, _row, list(ready), owner=owner, lease=LEASE)
    for id in taken:
        await _join(session, *ready[id])
    told = await session.run_sync(_told, taken)
    return [
        Claimed(
            id=id,
            attempts=row.attempts + 1,
            channel=channel,
            sealed=channels[channel.id][1],
            user=user,
            told=told[id],
        )
        for id, (row, channel, user) in ready.items()
        if id in taken
    ]


def may_be_told(session: Session, channel: Channel, user: User, whom: Whom) -> bool:
    """Whether somebody may still be told as this, there: here, not suspended, and not signed out on that device."""
    if user.suspended_at is not None or channel.confirmed_at is None or whom not in rights.whoms_of(user.role):
        return False
    return channel.session_id is None or accounts.is_signed_in(session, channel.session_id, clock.now())


def still_told(session: Session, ids: Collection[str]) -> frozenset[str]:
    """Those of these deliveries whose people may still be told."""
    found = set()
    for row in session.execute(select(_row.id, _row.channel_id, _row.whom).where(_row.id.in_(ids))).all():
        channel = channel_queries.channel(session, row.channel_id)
        user = accounts.user(session, channel.user_id) if channel else None
        if channel and user and may_be_told(session, channel, user, Whom(row.whom)):
            found.add(row.id)
    return frozenset(found)


def _waiting(session: Session, ids: Collection[str]) -> Sequence[Row[Any]]:
    """Those of these that wait."""
    return session.execute(select(*_COLUMNS).where(_row.id.in_(ids), *WAITING).order_by(_row.due_at)).all()


def _held_until(session: Session, row: Row[Any], channel: Channel, user: User, entry: Entry) -> datetime | None:
    """When it may be sent, where that is not now."""
    quiet, now = None, clock.now()
    if _minds_hours(channel):
        quiet = choosing.not_before(channel_queries.manners(session, user.id), Notice(row.notice), now)
    later = max(filter(None, (quiet, may_hear_from(entry, user.role))), default=now)
    return later if later > now else None


def _minds_hours(channel: Channel) -> bool:
    """Programs sleep at no hour."""
    return channel.kind is not ChannelKind.WEBHOOK


async def _join(session: AsyncSession, row: Row[Any], channel: Channel, user: User) -> None:
    """Have others of the channel told with it: those of its bundle, and all that are due where those are many."""
    if row.attempts or channel.kind is ChannelKind.WEBHOOK or row.notice == Notice.DIGEST:
        return
    others = (_row.channel_id == row.channel_id, *WAITING, _row.attempts == 0, _row.id != row.id)
    mine = (*others, _row.notice != Notice.DIGEST, _row.whom.in_(rights.whoms_of(user.role)))
    due = select(_row.id).where(*mine, _row.due_at <= clock.now()).order_by(_row.entry_id).limit(_TOGETHER_MOST)
    ids = set(await session.scalars(due))
    if len(ids) < _SEVERAL:
        ids = set()
    bundle = select(_row.id).where(*mine, _row.bundle == row.bundle).limit(_TOGETHER_MOST)
    ids |= set(await session.scalars(bundle))
    if ids:
        values = {"state": DeliveryState.JOINED, "joined": row.id}
        await session.execute(update(_row).where(_row.id.in_(ids)).values(**values))


def _told(session: Session, ids: Collection[str]) -> Mapping[str, Sequence[Told]]:
    """What these tell, with those that joined them, the oldest first."""
    query = select(_row.id, _row.joined, _row.entry_id, _row.notice, _row.bundle)
    rows = session.execute(query.where(_row.id.in_(ids) | _row.joined.in_(ids)).order_by(_row.entry_id)).all()
    entries = journal.by_ids(session, {row.entry_id for row in rows})
    told: dict[str, list[Told]] = {id: [] for id in ids}
    for row in rows:
        one = Told(entry=entries[row.entry_id], notice=Notice(row.notice), bundle=row.bundle)
        told[row.id if row.id in told else row.joined].append(one)
    return told
