"""Sends what is lined up: a few at once, one to a channel, each until it arrived or is given up."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import timedelta

from medianest.core import clock
from medianest.core.circuit import Ended
from medianest.core.crew import Crew
from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.core.metrics import Metrics
from medianest.core.resilience import CircuitBreaker, CircuitOpen
from medianest.notifications import sends
from medianest.notifications.composing import Composer
from medianest.notifications.models import ChannelRow, DeliveryRow
from medianest.notifications.sends import Patience
from medianest.notifications.targets import Targets
from medianest.notifications.transport import Transport, Undelivered
from medianest.notifications.types import Channel, ChannelKind, Outgoing

log = logging.getLogger(__name__)

_AT_ONCE = 8
_BREAKERS_MOST = 200
_CALL_S = 60.0
_RIGHTS = frozenset({"users", "sessions", ChannelRow.__tablename__})
_NEWS = frozenset({DeliveryRow.__tablename__})

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
        self._breakers: OrderedDict[str, CircuitBreaker] = OrderedDict()
        self._look_again = asyncio.Event()
        self._results = metrics.counter("notifications_sent", "Messages to people's channels", ("channel", "result"))
        db.after_commit(self._hear)

    async def run(self) -> None:
        """Send until cancelled; what is on its way then is sent again in the next life, with the same key."""
        watching = asyncio.create_task(self._watch_rights(), name="notification rights")
        try:
            async with self._db.transaction() as session:
                await sends.recover(session, owner=self._owner)
            while True:
                while await self._begin_one():
                    pass
                due = None if self._is_full else await self._db.read(sends.next_due, busy=set(self._busy))
                await self._crew.rest(due)
        finally:
            watching.cancel()
            await self._crew.stop()
            for transport in self._made.values():
                await transport.stop()
            self._made.clear()

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

    @property
    def _is_full(self) -> bool:
        return len(self._crew) >= _AT_ONCE

    async def _begin_one(self) -> bool:
        """Whether there was one to begin."""
        if self._is_full:
            return False
        found = await self._db.read(sends.next_id, clock.now(), busy=set(self._busy))
        if found is None:
            return False
        id, channel_id = found
        self._busy[channel_id] = id
        self._crew.begin(id, lambda: self._see_through(id, channel_id), name=f"delivery-{id}")
        return True

    async def _see_through(self, id: str, channel_id: str) -> None:
        try:
            await self._deliver(id)
        except Exception:
            log.exception("delivery %s broke", id)
            async with self._db.transaction() as session:
                await sends.put_off(session, id, clock.now() + timedelta(minutes=5), owner=self._owner)
        finally:
            self._busy.pop(channel_id, None)

    async def _deliver(self, id: str) -> None:
        async with self._db.transaction() as session:
            claimed = await sends.claim(session, id, owner=self._owner)
            message = None
            if claimed is not None:
                told = claimed.told
                message = await self._composer.compose(session, id, claimed.channel, claimed.user, told)
                if message is None:
                    await sends.dropped(session, id)
        if claimed is None or message is None:
            return
        try:
            answer = await self.send(claimed.channel, claimed.sealed, message)
        except CircuitOpen as error:
            pause = max(error.retry_after or timedelta(), timedelta(seconds=1))
            async with self._db.transaction() as session:
                await sends.put_off(session, id, clock.now() + pause, owner=self._owner)
        except Undelivered as error:
            self._results.labels(channel=claimed.channel.kind, result="failed").inc()
            async with self._db.transaction() as session:
                await sends.failed(session, claimed, error, owner=self._owner, patience=self._patience)
        else:
            self._results.labels(channel=claimed.channel.kind, result="sent").inc()
            async with self._db.transaction() as session:
                await sends.arrived(session, claimed, answer, owner=self._owner)

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
                    answer = await transport.send(target, message)
            except Undelivered as error:
                attempt.ended(error.ended, retry_after_s=error.retry_after_s)
                raise
            except TimeoutError as error:
                attempt.ended(Ended.FAILED)
                raise Undelivered(msg("notifications.too_slow")) from error
            attempt.ended(Ended.WELL)
            return answer

    def _hear(self, tables: frozenset[str]) -> None:
        if not tables.isdisjoint(_NEWS):
            self._crew.wake()
        if self._busy and not tables.isdisjoint(_RIGHTS):
            self._look_again.set()

    async def _watch_rights(self) -> None:
        """Cut off what is on its way to who may not be told any more."""
        while True:
            await self._look_again.wait()
            self._look_again.clear()
            ids = set(self._busy.values())
            for id in ids - await self._db.read(sends.still_told, ids):
                if task := self._crew.task(id):
                    task.cancel()
                    await asyncio.wait([task])
                async with self._db.transaction() as session:
                    await sends.dropped(session, id)
