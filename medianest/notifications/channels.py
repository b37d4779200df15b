"""People's own channels: adding, confirming, renaming, trying out and removing them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import queries as accounts
from medianest.accounts.rights import require_person
from medianest.core import clock, journal
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict, FieldError, Forbidden, Invalid
from medianest.core.event import people
from medianest.core.i18n import msg
from medianest.core.resilience import CircuitOpen
from medianest.core.security import new_id
from medianest.notifications import channel_queries, events
from medianest.notifications.composing import Composer
from medianest.notifications.errors import NoSuchChannel
from medianest.notifications.models import ChannelRow
from medianest.notifications.sending import Sender
from medianest.notifications.targets import Targets
from medianest.notifications.transport import Undelivered
from medianest.notifications.types import Channel, ChannelKind, Sent

LABEL_MOST = 60
_row = ChannelRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """A way to somebody: `target` is what the transport of its kind sends to, `unique` tells it from all others.

    What `moves` is taken from whoever had it; else a second one to the same target is refused. It ends with the
    session, where it `is_bound` to it.
    """

    kind: ChannelKind
    label: str
    target: str
    unique: tuple[str, ...]
    is_confirmed: bool = True
    moves: bool = False
    is_bound: bool = False


class Channels:
    """Each is its owner's alone; an administrator's, too."""

    def __init__(self, db: Database, targets: Targets, sender: Sender, composer: Composer) -> None:
        self._db = db
        self._targets = targets
        self._sender = sender
        self._composer = composer

    async def one(self, actor: Actor, id: str) -> Channel:
        """One's own. Raises NoSuchChannel."""
        channel = await self._db.read(channel_queries.channel, id)
        if channel is None or channel.user_id != _owner(actor):
            raise NoSuchChannel(msg("notifications.no_such_channel"))
        return channel

    async def add(self, actor: Actor, new: NewChannel) -> Channel:
        """Raises Forbidden, Invalid, and Conflict `there_already` and `too_many_channels`."""
        async with self._db.transaction() as session:
            return await self.add_in(session, actor, new)

    async def put(self, actor: Actor, new: NewChannel) -> Channel:
        """The one of its kind that ends with this session: from now on it leads there, or it is added.

        What waits for it goes there, too. Raises Forbidden without a session, and what `add` raises.
        """
        if actor.session_id is None:
            raise Forbidden(msg("accounts.in_person_only"))
        async with self._db.transaction() as session:
            mine = await session.run_sync(channel_queries.bound, actor.session_id, new.kind)
            if mine is None:
                return await self.add_in(session, actor, new)
            digest = self._targets.digest(new.kind, *new.unique)
            await session.execute(delete(_row).where(_row.target_digest == digest, _row.id != mine.id))
            values = {
                "sealed": self._targets.seal(new.target, mine.id),
                "target_digest": digest,
                "language": actor.language,
                "failing_since": None,
            }
            await session.execute(update(_row).where(_row.id == mine.id).values(**values))
            return mine

    async def add_in(self, session: AsyncSession, actor: Actor, new: NewChannel) -> Channel:
        """`add`, as a part of something larger."""
        owner, label = _owner(actor), checked_label(new.label)
        digest = self._targets.digest(new.kind, *new.unique)
        before = await session.run_sync(channel_queries.channel_to, digest)
        if before and not new.moves:
            raise Conflict(msg("notifications.there_already"), code="there_already")
        if before:
            await session.execute(delete(_row).where(_row.id == before.id))
        n = await session.scalar(select(func.count()).where(_row.user_id == owner)) or 0
        if n >= channel_queries.CHANNELS_MOST:
            most = channel_queries.CHANNELS_MOST
            raise Conflict(msg("notifications.too_many_channels", most=most), code="too_many_channels")
        id, now = new_id(), clock.now()
        values = {
            "id": id,
            "user_id": owner,
            "kind": new.kind,
            "label": label,
            "language": actor.language,
            "sealed": self._targets.seal(new.target, id),
            "target_digest": digest,
            "session_id": actor.session_id if new.is_bound else None,
            "created_at": now,
            "confirmed_at": now if new.is_confirmed else None,
            "answer": "",
        }
        await session.execute(insert(_row).values(**values))
        await journal.record(session, _event(events.ChannelAdded, actor, id, owner, new.kind, label))
        found = await session.run_sync(channel_queries.channel, id)
        assert found is not None
        return found

    async def has(self, new: NewChannel) -> bool:
        """Whether there is one that leads there already."""
        digest = self._targets.digest(new.kind, *new.unique)
        return await self._db.read(channel_queries.channel_to, digest) is not None

    async def confirm(self, actor: Actor, id: str) -> Channel:
        """Whoever reads there said that it is theirs; a second time that changes nothing. Raises NoSuchChannel."""
        async with self._db.transaction() as session:
            channel = await session.run_sync(channel_queries.channel, id)
            if channel is None:
                raise NoSuchChannel(msg("notifications.no_such_channel"))
            if channel.confirmed_at is None:
                await session.execute(update(_row).where(_row.id == id).values(confirmed_at=clock.now()))
                what = (actor, id, channel.user_id, channel.kind, channel.label)
                await journal.record(session, _event(events.ChannelConfirmed, *what))
            return channel

    async def rename(self, actor: Actor, id: str, label: str) -> None:
        """Raises Invalid and NoSuchChannel."""
        label = checked_label(label)
        async with self._db.transaction() as session:
            await _own(session, actor, id)
            await session.execute(update(_row).where(_row.id == id).values(label=label))

    async def remove(self, actor: Actor, id: str) -> None:
        """From now on nothing is sent there, nor what is lined up for it. Raises NoSuchChannel."""
        async with self._db.transaction() as session:
            channel = await _own(session, actor, id)
            await self.remove_in(session, actor, channel)

    async def remove_in(self, session: AsyncSession, actor: Actor, channel: Channel) -> None:
        """`remove`, for who proved otherwise that they may."""
        await session.execute(delete(_row).where(_row.id == channel.id))
        what = (actor, channel.id, channel.user_id, channel.kind, channel.label)
        await journal.record(session, _event(events.ChannelRemoved, *what))

    async def try_out(self, actor: Actor, id: str) -> Sent:
        """Send something now, and see what the other side says. Raises NoSuchChannel."""
        async with self._db.transaction() as session:
            channel = await _own(session, actor, id)
            user = await session.run_sync(accounts.user, channel.user_id)
            sealed = await session.run_sync(channel_queries.sealed, id)
        assert user is not None
        if channel.confirmed_at is None:
            return Sent(is_well=False, said=msg("notifications.not_confirmed"))
        try:
            answer = await self._sender.send(channel, sealed or b"", self._composer.trial(new_id(), channel, user))
        except CircuitOpen as error:
            return Sent(is_well=False, said=error.message)
        except Undelivered as error:
            return Sent(is_well=False, said=error.said, answer=error.answer)
        async with self._db.transaction() as session:
            values = {"last_sent_at": clock.now(), "failing_since": None, "answer": answer}
            await session.execute(update(_row).where(_row.id == id).values(**values))
        return Sent(is_well=True, said=msg("notifications.arrived"), answer=answer)


async def forget_unconfirmed(session: AsyncSession, *, before: datetime) -> None:
    """Nobody said in time that these are theirs; what is not confirmed keeps no place among somebody's channels."""
    await session.execute(delete(_row).where(_row.confirmed_at.is_(None), _row.created_at < before))


def checked_label(label: str) -> str:
    """What a channel may be called. Raises Invalid."""
    said = " ".join(label.split())
    if not said or len(said) > LABEL_MOST or not said.isprintable():
        wrong = msg("notifications.bad_label", most=LABEL_MOST)
        raise Invalid(wrong, fields=(FieldError(field="label", message=wrong),))
    return said


def _owner(actor: Actor) -> str:
    require_person(actor)
    if actor.id is None:
        raise Forbidden(msg("accounts.in_person_only"))
    return actor.id


async def _own(session: AsyncSession, actor: Actor, id: str) -> Channel:
    channel = await session.run_sync(channel_queries.channel, id)
    if channel is None or channel.user_id != _owner(actor):
        raise NoSuchChannel(msg("notifications.no_such_channel"))
    return channel


def _event(
    kind: type[events.ChannelEvent], actor: Actor, id: str, owner: str, channel: ChannelKind, label: str
) -> events.ChannelEvent:
    return kind(actor=actor, subject_id=id, audience=people([owner]), channel=channel.value, name=label)
