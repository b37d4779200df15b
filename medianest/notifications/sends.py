"""A delivery's life in the database: the next one, claimed, held back or dropped, and how it ended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.accounts.types import User
from medianest.core import clock, journal, work
from medianest.core.actor import SYSTEM
from medianest.core.event import people
from medianest.notifications import channel_queries, choosing, rights
from medianest.notifications.composing import Told
from medianest.notifications.events import ChannelBroken, ChannelRemoved
from medianest.notifications.models import ChannelRow, DeliveryRow
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Channel, ChannelKind, DeliveryState, Notice, Whom
from medianest.status.news import may_hear_from

LEASE = timedelta(minutes=2)
_SEVERAL = 2
"""As many others that wait for the same channel are sent with a message; one other is sent by itself."""
_TOGETHER_MOST = 500
_row = DeliveryRow
_waiting = (_row.state == DeliveryState.WAITING, _row.lease_owner.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a message is tried, and how long apart: doubling from the first pause to the longest."""

    attempts: int = 12
    first: timedelta = timedelta(seconds=20)
    longest: timedelta = timedelta(hours=2)


USUAL = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours to send: to whom, and everything that it tells."""

    id: str
    attempts: int
    channel: Channel
    sealed: bytes
    user: User
    told: Sequence[Told]


def next_id(session: Session, now: datetime, *, busy: Collection[str]) -> tuple[str, str] | None:
    """The delivery that has been due longest, and its channel; none to a channel that is `busy`."""
    query = select(_row.id, _row.channel_id).where(*_waiting, _row.due_at <= now, _row.channel_id.not_in(busy))
    row = session.execute(query.order_by(_row.due_at).limit(1)).first()  # as the index has it: equal ones by age
    return (row.id, row.channel_id) if row else None


def next_due(session: Session, *, busy: Collection[str]) -> datetime | None:
    """When there is something to send the next time to a channel that is not `busy`."""
    query = select(_row.due_at).where(*_waiting, _row.due_at.is_not(None), _row.channel_id.not_in(busy))
    return session.scalar(query.order_by(_row.due_at).limit(1))


async def claim(session: AsyncSession, id: str, *, owner: str) -> Claimed | None:
    """Take it, with what is told together with it; None where it is not to be sent now, or to nobody any more."""
    row = (await session.execute(select(*_row.__table__.c).where(_row.id == id, *_waiting))).first()
    channel = await session.run_sync(channel_queries.channel, row.channel_id) if row else None
    if row is None or channel is None:
        return None
    user = await session.run_sync(accounts.user, channel.user_id)
    if user is None or not await session.run_sync(may_be_told, channel, user, Whom(row.whom)):
        await _end(session, [id], DeliveryState.DROPPED)
        return None
    entry = (await session.run_sync(journal.by_ids, [row.entry_id]))[row.entry_id]
    quiet = None
    if _minds_hours(channel):
        manners = await session.run_sync(channel_queries.manners, user.id)
        quiet = choosing.not_before(manners, Notice(row.notice), clock.now())
    later = max(filter(None, (quiet, may_hear_from(entry, user.role))), default=clock.now())
    if later > clock.now():
        await session.execute(update(_row).where(_row.id == id).values(due_at=later))
        return None
    if not await work.claim(session, _row, id, owner=owner, lease=LEASE):
        return None
    if row.attempts == 0 and channel.kind is not ChannelKind.WEBHOOK and row.notice != Notice.DIGEST:
        await _join(session, row, user)
    sealed = await session.run_sync(channel_queries.sealed, channel.id)
    told = await session.run_sync(_told, id)
    return Claimed(id=id, attempts=row.attempts + 1, channel=channel, sealed=sealed or b"", user=user, told=told)


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


async def arrived(session: AsyncSession, claimed: Claimed, answer: str, *, owner: str) -> None:
    """It was taken."""
    now = clock.now()
    values = {"state": DeliveryState.DELIVERED, "error": "", "finished_at": now}
    if await work.release(session, _row, claimed.id, owner=owner, **values) and len(claimed.told) > 1:
        await _end_joined(session, claimed.id)
    channel = {"last_sent_at": now, "failing_since": None, "answer": answer}
    await session.execute(update(ChannelRow).where(ChannelRow.id == claimed.channel.id).values(**channel))


async def failed(session: AsyncSession, claimed: Claimed, why: Undelivered, *, owner: str, patience: Patience) -> None:
    """It was not: it is tried again, given up, or the channel is no more."""
    if why.is_gone:
        await gone(session, claimed.channel)
        return
    now, is_dead = clock.now(), why.is_final or claimed.attempts >= patience.attempts
    answer = why.answer or why.said.id
    if is_dead:
        values = {"state": DeliveryState.DEAD, "finished_at": now, "error": answer}
    else:
        pause = work.pause_before(claimed.attempts, base=patience.first, most=patience.longest)
        pause = max(pause, timedelta(seconds=why.retry_after_s or 0))
        values = {"due_at": now + pause, "error": answer}
    if not await work.release(session, _row, claimed.id, owner=owner, **values):
        return
    since = claimed.channel.failing_since or now
    channel = update(ChannelRow).where(ChannelRow.id == claimed.channel.id)
    await session.execute(channel.values(failing_since=since, answer=answer))
    if is_dead:
        await _tell_once(session, claimed, answer)


async def put_off(session: AsyncSession, id: str, until: datetime, *, owner: str) -> None:
    """It was not tried: the other side is left alone for a while."""
    await work.release(session, _row, id, owner=owner, due_at=until, attempts=_row.attempts - 1)


async def dropped(session: AsyncSession, id: str) -> None:
    """Whom it was for may not be told any more; what arrived already has arrived."""
    is_over = await session.scalar(select(_row.finished_at).where(_row.id == id))
    if is_over is None:
        await _end(session, [id], DeliveryState.DROPPED)
        await _end_joined(session, id)


async def recover(session: AsyncSession, *, owner: str) -> None:
    """What an earlier life was sending is sent again, with the same key."""
    for id in await work.abandoned(session, _row, owner=owner):
        await work.take_back(session, _row, id, due_at=clock.now())


async def look_again(session: AsyncSession, user_id: str) -> None:
    """What was held back for somebody is looked at again, for they want to hear at other hours now."""
    theirs = select(ChannelRow.id).where(ChannelRow.user_id == user_id)
    held = (*_waiting, _row.attempts == 0, _row.channel_id.in_(theirs))
    await session.execute(update(_row).where(*held).values(due_at=clock.now()))


async def again(session: AsyncSession, kind: ChannelKind, error: str) -> int:
    """Try once more what was given up by such channels for this reason; how many that were."""
    values = {"state": DeliveryState.WAITING, "due_at": clock.now(), "attempts": 0, "finished_at": None}
    such = select(ChannelRow.id).where(ChannelRow.kind == kind)
    dead = (_row.state == DeliveryState.DEAD, _row.error == error, _row.channel_id.in_(such))
    statement = update(_row).where(*dead).values(**values)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


async def gone(session: AsyncSession, channel: Channel) -> None:
    """The target is no more, and the channel with it."""
    await session.execute(delete(ChannelRow).where(ChannelRow.id == channel.id))
    await journal.record(
        session,
        ChannelRemoved(
            actor=SYSTEM,
            subject_id=channel.id,
            audience=people([channel.user_id]),
            channel=channel.kind,
            name=channel.label,
        ),
    )


async def purge(session: AsyncSession, *, before: datetime, limit: int = 5000) -> int:
    """Forget what was over before then; how many."""
    old = select(_row.id).where(_row.finished_at < before).limit(limit)
    result = await session.execute(delete(_row).where(_row.id.in_(old)))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


def _minds_hours(channel: Channel) -> bool:
    """Programs sleep at no hour."""
    return channel.kind is not ChannelKind.WEBHOOK


async def _join(session: AsyncSession, row: Any, user: User) -> None:
    """Have others of the channel told with it: those of its bundle, and all that are due where those are many."""
    others = (_row.channel_id == row.channel_id, *_waiting, _row.attempts == 0, _row.id != row.id)
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


def _told(session: Session, id: str) -> Sequence[Told]:
    query = select(_row.entry_id, _row.notice, _row.bundle).where((_row.id == id) | (_row.joined == id))
    rows = session.execute(query.order_by(_row.entry_id)).all()
    entries = journal.by_ids(session, [row.entry_id for row in rows])
    return [Told(entry=entries[row.entry_id], notice=Notice(row.notice), bundle=row.bundle) for row in rows]


async def _end(session: AsyncSession, ids: Collection[str], state: DeliveryState) -> None:
    values = {"state": state, "finished_at": clock.now(), "lease_owner": None, "lease_until": None}
    await session.execute(update(_row).where(_row.id.in_(ids)).values(**values))


async def _end_joined(session: AsyncSession, id: str) -> None:
    await session.execute(update(_row).where(_row.joined == id).values(finished_at=clock.now()))


async def _tell_once(session: AsyncSession, claimed: Claimed, answer: str) -> None:
    """Its owner is told in the inbox, the first time since something arrived."""
    channel = claimed.channel
    since = channel.last_sent_at or channel.created_at
    dead = select(func.count()).where(
        _row.channel_id == channel.id, _row.state == DeliveryState.DEAD, _row.finished_at > since
    )
    if (await session.scalar(dead) or 0) > 1:
        return
    what = {"channel": str(channel.kind), "name": channel.label, "error": answer}
    told = ChannelBroken(actor=SYSTEM, subject_id=channel.id, audience=people([channel.user_id]), **what)
    await journal.record(session, told)
