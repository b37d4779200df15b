"""How deliveries end in the database: arrived, tried again, given up, dropped, taken back, forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts.types import User
from medianest.core import clock, journal, work
from medianest.core.actor import SYSTEM
from medianest.core.event import people
from medianest.notifications.composing import Told
from medianest.notifications.events import ChannelBroken, ChannelRemoved
from medianest.notifications.models import ChannelRow, DeliveryRow
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Channel, ChannelKind, DeliveryState, Notice

_row = DeliveryRow
WAITING = (_row.state == DeliveryState.WAITING, _row.lease_owner.is_(None))


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
        await _end_joined(session, claimed.id)
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


async def recover(session: AsyncSession) -> None:
    """What an earlier life was sending, or this one before it stumbled, is sent again, with the same key."""
    for id in await work.abandoned(session, _row, owner=""):
        await work.take_back(session, _row, id, due_at=clock.now())


async def look_again(session: AsyncSession, user_id: str) -> None:
    """What was held back for somebody is looked at again, for they want to hear at other hours now."""
    theirs = select(ChannelRow.id).where(ChannelRow.user_id == user_id)
    held = (*WAITING, _row.attempts == 0, _row.channel_id.in_(theirs))
    await session.execute(update(_row).where(*held).values(due_at=clock.now()))


async def unwanted(
    session: AsyncSession, user_id: str, kinds: Collection[ChannelKind], notices: Collection[Notice]
) -> None:
    """Take back what is lined up of this for such channels of somebody; what is on its way goes on.

    What was to be told together with it is told without it.
    """
    theirs = select(ChannelRow.id).where(ChannelRow.user_id == user_id, ChannelRow.kind.in_(kinds))
    waiting = select(_row.id).where(*WAITING, _row.channel_id.in_(theirs))
    such = _row.notice.in_(notices)
    taken = list(await session.scalars(waiting.where(such)))
    joined = list(await session.scalars(select(_row.id).where(_row.joined.in_(waiting), such)))
    await session.execute(update(_row).where(_row.id.in_(joined)).values(joined=None))
    freed = {"state": DeliveryState.WAITING, "joined": None, "due_at": clock.now()}
    await session.execute(update(_row).where(_row.joined.in_(taken)).values(**freed))
    await _end(session, [*taken, *joined], DeliveryState.DROPPED)


async def again(session: AsyncSession, kind: ChannelKind, error: str) -> int:
    """Try once more what was given up by such channels for this reason; how many that were."""
    such = select(ChannelRow.id).where(ChannelRow.kind == kind)
    return await _try_again(session, _row.error == error, _row.channel_id.in_(such))


async def again_to(session: AsyncSession, channel_id: str, *, since: datetime, id: str | None = None) -> int:
    """Try once more what was given up there since then, or this one of it; how many that were."""
    one = () if id is None else (_row.id == id,)
    return await _try_again(session, _row.channel_id == channel_id, _row.finished_at >= since, *one)


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


async def _end(session: AsyncSession, ids: Collection[str], state: DeliveryState) -> None:
    values = {"state": state, "finished_at": clock.now(), "lease_owner": None, "lease_until": None}
    await session.execute(update(_row).where(_row.id.in_(ids)).values(**values))


async def _try_again(session: AsyncSession, *which: ColumnElement[bool]) -> int:
    """With the same keys as before, and as often as what is new."""
    dead = select(_row.id).where(_row.state == DeliveryState.DEAD, *which)
    await session.execute(update(_row).where(_row.joined.in_(dead)).values(finished_at=None))
    values = {"state": DeliveryState.WAITING, "due_at": clock.now(), "attempts": 0, "finished_at": None}
    statement = update(_row).where(_row.state == DeliveryState.DEAD, *which).values(**values)
    result = await session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DML result has it


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
