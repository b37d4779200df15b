"""Sends what is lined up: a few at once, one to a channel, each until it arrived or is given up."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.circuit import Ended
from medianest.core.crew import Crew
from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.core.metrics import Metrics
from medianest.core.resilience import CircuitBreaker, CircuitOpen
from medianest.notifications import claiming, sends
from medianest.notifications.claiming import Due
from medianest.notifications.composing import Composer
from medianest.notifications.models import ChannelRow, DeliveryRow
from medianest.notifications.sends import Claimed, Patience
from medianest.notifications.targets import Targets
from medianest.notifications.transport import Transport, Undelivered, heard
from medianest.notifications.types import Channel, ChannelKind, Outgoing

log = logging.getLogger(__name__)

_AT_ONCE = 8
_BREAKERS_MOST = 200
_CALL_S = 60.0
_BROKEN_FOR = timedelta(minutes=5)
_RIGHTS = frozenset({"users", "sessions", ChannelRow.__tablename__})
_NEWS = frozenset({DeliveryRow.__tablename__})

WriteDown = Callable[[AsyncSession], Awaitable[None]]
"""Writes down how a delivery went."""
Transports = Mapping[ChannelKind, Callable[[], Transport]]
"""How to get the transport of each kind, each made when something is sent by it for the first time."""


class Sender:
    """Runs for ever; what is on its way to somebody who may not be told any more is cut off at once."""

    def __init__(
        self,
        db: Database,
        metrics: Metrics,
        targets: Targets,
        composer: Composer,
        transports: Transports,
        *,
        owner: str,
        patience: Patience,
    ) -> None:
        self._db = db
        self._targets = targets
        self._composer = composer
        self._transports = transports
        self._made: dict[ChannelKind, Transport] = {}
        self._owner = owner
        self._patience = patience
        self._crew = Crew()
        self._busy: dict[str, str] = {}
        self._ended: dict[str, WriteDown] = {}
        self._ours: asyncio.Task[Any] | None = None
        self._breakers: OrderedDict[str, CircuitBreaker] = OrderedDict()
        self._look_again = asyncio.Event()
        self._results = metrics.counter("notifications_sent", "Messages to people's channels", ("channel", "result"))
        db.after_commit(self._hear)

    async def run(self) -> None:
        """Send until cancelled; what is on its way then is sent again in the next life, with the same key."""
        self._ours = asyncio.current_task()
        self._busy.clear()
        self._ended.clear()
        watching = asyncio.create_task(self._watch_rights(), name="notification rights")
        try:
            async with self._db.transaction() as session:
                await sends.recover(session)
            while True:
                due = await self._turn()
                if due is None or due > clock.now():
                    await self._crew.rest(due)
        finally:
            watching.cancel()
            await self._crew.stop()
            for transport in self._made.values():
                await transport.stop()
            self._made.clear()
            if self._ended:
                async with self._db.transaction() as session:
                    await self._write_down(session)

    def transport(self, kind: ChannelKind) -> Transport:
        if kind not in self._made:
            self._made[kind] = self._transports[kind]()
        return self._made[kind]

    def _breaker(self, kind: ChannelKind, place: str) -> CircuitBreaker:
        """The one that all messages of a kind to one place share."""
        name = f"{kind} {place}"
        found = self._breakers.pop(name, None) or CircuitBreaker(name)
        self._breakers[name] = found
        if len(self._breakers) > _BREAKERS_MOST:
            self._breakers.popitem(last=False)
        return found

    async def _turn(self) -> datetime | None:
        """Write down how those went that ended, and begin what is due: in one transaction.

        When there is more to begin; None where that is when another one has ended, or where nothing waits.
        """
        if not self._ended:
            found = await self._db.read(self._due, ended=())
            if not found.ids:
                return found.more_at
        async with self._db.transaction() as session:
            ended = await self._write_down(session)
            found = await session.run_sync(self._due, ended=ended)
            ready = await self._made_ready(session, found.ids)
        for id in ended:
            del self._ended[id]
            self._busy.pop(id, None)
        for one, message in ready:
            self._busy[one.id] = one.channel.id
            self._crew.begin(one.id, partial(self._deliver, one, message), name=f"delivery-{one.id}")
        if len(self._busy) >= _AT_ONCE:
            return None
        return found.more_at if len(ready) == len(found.ids) else clock.now()

    def _due(self, session: Session, *, ended: Collection[str]) -> Due:
        """What there is room for, now that these have ended."""
        busy = {channel_id for id, channel_id in self._busy.items() if id not in ended}
        if len(busy) >= _AT_ONCE:
            return Due(ids=(), more_at=None)
        return claiming.due(session, clock.now(), busy=busy, limit=_AT_ONCE - len(busy))

    async def _write_down(self, session: AsyncSession) -> Collection[str]:
        """How all went that ended by now, by their ids."""
        ended = dict(self._ended)
        for id, write_down in ended.items():
            try:
                await write_down(session)
            except Exception:
                log.exception("delivery %s broke", id)
                await self._later(id)(session)
        return ended

    async def _made_ready(self, session: AsyncSession, ids: Collection[str]) -> Sequence[tuple[Claimed, Outgoing]]:
        """Those of these that are ours to send now, each with its message."""
        ready = []
        for one in await claiming.claim(session, ids, owner=self._owner):
            try:
                message = await self._composer.compose(session, one.id, one.channel, one.user, one.told)
            except Exception:
                log.exception("delivery %s broke", one.id)
                await self._later(one.id)(session)
                continue
            if message is None:
                await sends.dropped(session, one.id)
            else:
                ready.append((one, message))
        return ready

    async def _deliver(self, one: Claimed, message: Outgoing) -> None:
        """Send it; the next turn writes down how that went."""
        try:
            self._ended[one.id] = await self._outcome(one, message)
        except Exception:
            log.exception("delivery %s broke", one.id)
            self._ended[one.id] = self._later(one.id)

    async def _outcome(self, one: Claimed, message: Outgoing) -> WriteDown:
        try:
            answer = await self.send(one.channel, one.sealed, message)
        except CircuitOpen as error:
            return self._later(one.id, max(error.retry_after or timedelta(), timedelta(seconds=1)))
        except Undelivered as error:
            self._results.labels(channel=one.channel.kind, result="failed").inc()
            return partial(sends.failed, claimed=one, why=error, owner=self._owner, patience=self._patience)
        self._results.labels(channel=one.channel.kind, result="sent").inc()
        return partial(sends.arrived, claimed=one, answer=answer, owner=self._owner)

    def _later(self, id: str, pause: timedelta = _BROKEN_FOR) -> WriteDown:
        """That it was not tried, and will be then."""
        return partial(sends.put_off, id=id, until=clock.now() + pause, owner=self._owner)

    async def send(self, channel: Channel, sealed: bytes, message: Outgoing) -> str:
        """Send it now, once; what the other side answered. Raises Undelivered and CircuitOpen."""
        try:
            target = self._targets.open(sealed, channel.id)
        except ValueError as error:
            raise Undelivered(msg("notifications.other_key"), is_final=True) from error
        transport = self.transport(channel.kind)
        with self._breaker(channel.kind, transport.place(target)).attempt() as attempt:
            try:
                async with asyncio.timeout(_CALL_S):
                    answer = heard(await transport.send(target, message))
            except Undelivered as error:
                attempt.ended(error.ended, retry_after_s=error.retry_after_s)
                raise
            except TimeoutError as error:
                attempt.ended(Ended.FAILED)
                raise Undelivered(msg("notifications.too_slow")) from error
            attempt.ended(Ended.WELL)
            return answer

    def _hear(self, tables: frozenset[str]) -> None:
        """Of what a turn changes it knows itself."""
        if asyncio.current_task() is self._ours:
            return
        if not tables.isdisjoint(_NEWS):
            self._crew.wake()
        if self._busy and not tables.isdisjoint(_RIGHTS):
            self._look_again.set()

    async def _watch_rights(self) -> None:
        """Cut off what is on its way to who may not be told any more; what arrived has arrived."""
        while True:
            await self._look_again.wait()
            self._look_again.clear()
            ids = set(self._busy)
            for id in ids - await self._db.read(claiming.still_told, ids):
                if task := self._crew.task(id):
                    task.cancel()
                    await asyncio.wait([task])
                if id not in self._ended:
                    async with self._db.transaction() as session:
                        await sends.dropped(session, id)
                    self._busy.pop(id, None)
                    self._crew.wake()
