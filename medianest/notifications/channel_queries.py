"""Reading the channels of people, what they chose, and what was sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from medianest.core.db import UtcDateTime
from medianest.notifications.models import ChannelRow, ChoiceRow, DeliveryRow, MannersRow
from medianest.notifications.types import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    Digest,
    GivenUp,
    Manners,
    Notice,
    Preferences,
)

CHANNELS_MOST = 20
TABLES = (ChannelRow.__tablename__, ChoiceRow.__tablename__, MannersRow.__tablename__, DeliveryRow.__tablename__)
_channel, _delivery = ChannelRow, DeliveryRow
_CHANNEL = tuple(column for column in ChannelRow.__table__.c if column.name not in ("sealed", "target_digest"))

_WHOLE: tuple[Any, ...] = (*_CHANNEL, _channel.sealed)


def channels(session: Session, user_id: str) -> Sequence[Channel]:
    """The channels of one person, the oldest first."""
    query = select(*_CHANNEL).where(_channel.user_id == user_id).order_by(_channel.created_at, _channel.id)
    return [_channel_of(row) for row in session.execute(query.limit(CHANNELS_MOST))]


def channel(session: Session, id: str) -> Channel | None:
    row = session.execute(select(*_CHANNEL).where(_channel.id == id)).first()
    return _channel_of(row) if row else None


def by_ids(session: Session, ids: Collection[str]) -> Mapping[str, tuple[Channel, bytes]]:
    """These channels by their ids, each with where it leads, sealed."""
    rows = session.execute(select(*_WHOLE).where(_channel.id.in_(ids)))
    return {row.id: (_channel_of(row), row.sealed) for row in rows}


def channel_to(session: Session, target_digest: str) -> Channel | None:
    """The channel that leads there."""
    row = session.execute(select(*_CHANNEL).where(_channel.target_digest == target_digest)).first()
    return _channel_of(row) if row else None


def bound(session: Session, session_id: str, kind: ChannelKind) -> Channel | None:
    """The channel of this kind that ends with the session."""
    query = select(*_CHANNEL).where(_channel.session_id == session_id, _channel.kind == kind)
    row = session.execute(query.limit(1)).first()
    return _channel_of(row) if row else None


def sealed(session: Session, id: str) -> bytes | None:
    """Where the channel leads, sealed."""
    return session.scalar(select(_channel.sealed).where(_channel.id == id))


def open_channels(session: Session, user_ids: Collection[str]) -> Sequence[tuple[str, str, ChannelKind]]:
    """By what these people can be told now: person, channel, kind."""
    query = select(_channel.user_id, _channel.id, _channel.kind)
    query = query.where(_channel.user_id.in_(user_ids), _channel.confirmed_at.is_not(None))
    return [(row.user_id, row.id, ChannelKind(row.kind)) for row in session.execute(query)]


def choices(
    session: Session, user_ids: Collection[str], notices: Collection[Notice]
) -> Mapping[tuple[str, Notice, ChannelKind], bool]:
    """Where these people chose otherwise than all do."""
    query = select(*ChoiceRow.__table__.c).where(ChoiceRow.user_id.in_(user_ids), ChoiceRow.notice.in_(notices))
    return {(row.user_id, Notice(row.notice), ChannelKind(row.kind)): row.is_wanted for row in session.execute(query)}


def preferences(session: Session, user_id: str) -> Preferences:
    """What somebody chose."""
    found = choices(session, [user_id], list(Notice))
    return Preferences(
        manners=manners(session, user_id),
        choices={(notice, kind): wanted for (_, notice, kind), wanted in found.items()},
    )


def manners(session: Session, user_id: str) -> Manners:
    """When somebody wants to hear."""
    row = session.execute(select(*MannersRow.__table__.c).where(MannersRow.user_id == user_id)).first()
    if row is None:
        return Manners()
    return Manners(zone=row.zone, quiet=quiet_of(row.quiet), digest=Digest(row.digest))


def quiet_of(said: str) -> tuple[time, time] | None:
    """`22:00-07:00` as two times."""
    start, dash, end = said.partition("-")
    return (time.fromisoformat(start), time.fromisoformat(end)) if dash else None


def said_of(quiet: tuple[time, time] | None) -> str:
    """The other way round."""
    return "-".join(one.isoformat("minutes") for one in quiet) if quiet else ""


def deliveries(session: Session, channel_id: str, *, limit: int = 20) -> Sequence[Delivery]:
    """What was sent to a channel, or is to be, the newest first."""
    query = select(*_delivery.__table__.c).where(_delivery.channel_id == channel_id)
    query = query.order_by(_delivery.entry_id.desc()).limit(limit)
    return [_delivery_of(row) for row in session.execute(query)]


def is_given_up(session: Session, channel_id: str, since: datetime) -> bool:
    """Whether something was given up there since then."""
    dead = (_delivery.state == DeliveryState.DEAD, _delivery.finished_at >= since)
    query = select(_delivery.id).where(_delivery.channel_id == channel_id, *dead).limit(1)
    return session.execute(query).first() is not None


def given_up(session: Session, *, limit: int = 50) -> Sequence[GivenUp]:
    """Why deliveries were given up, the most frequent first; whom they were for is nobody's but theirs."""
    n, newest = func.count(), func.max(_delivery.finished_at, type_=UtcDateTime)
    query = select(_channel.kind, _delivery.error, n.label("n"), newest.label("newest"))
    query = query.join(_channel, _channel.id == _delivery.channel_id).where(_delivery.state == DeliveryState.DEAD)
    rows = session.execute(query.group_by(_channel.kind, _delivery.error).order_by(n.desc()).limit(limit))
    return [GivenUp(kind=ChannelKind(row.kind), error=row.error, count=row.n, newest_at=row.newest) for row in rows]


def count_by_state(session: Session) -> Mapping[DeliveryState, int]:
    """How many deliveries there are in each state."""
    rows = session.execute(select(_delivery.state, func.count().label("n")).group_by(_delivery.state))
    return {DeliveryState(row.state): row.n for row in rows}


def _channel_of(row: Row[Any]) -> Channel:
    return Channel(
        id=row.id,
        user_id=row.user_id,
        kind=ChannelKind(row.kind),
        label=row.label,
        language=row.language,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        last_sent_at=row.last_sent_at,
        failing_since=row.failing_since,
        answer=row.answer,
        session_id=row.session_id,
    )


def _delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        channel_id=row.channel_id,
        entry_id=row.entry_id,
        notice=Notice(row.notice),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        error=row.error,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
