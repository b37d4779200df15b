"""Writing down how the services are: stretches and incidents, in short transactions, whenever one changes."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Role
from medianest.core.db import Database
from medianest.core.event import ADMINS, Event
from medianest.core.security import new_id
from medianest.status import events, incidents, ledger, queries, stretches
from medianest.status.arranging import Service
from medianest.status.board import Board, Monitor
from medianest.status.incidents import Incident, Rules, Telling
from medianest.status.stretches import Stretch
from medianest.status.types import PASSING, State, Trouble

_LOOK_AGAIN_S = 5.0
_EVERYBODY = frozenset(f"role:{role}" for role in Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known at a moment: the board while the link is up, and None while it is not, `lost_at` since when."""

    board: Board | None
    lost_at: datetime | None
    services: Mapping[int, Service]
    trouble: Trouble | None = None


@dataclass(slots=True, kw_only=True)
class Changes:
    """What is to be written."""

    stretches: list[Stretch] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    told: list[tuple[Incident, Telling]] = field(default_factory=list)
    link: Event | None = None

    def __bool__(self) -> bool:
        return bool(self.stretches or self.incidents or self.link)


class Record:
    """Knows the last stretch and the last incident of each service, so that nothing is read again."""

    def __init__(
        self, db: Database, look: Callable[[], Seen], rules: Callable[[], Rules], written: Callable[[], None]
    ) -> None:
        """`written` is told whenever something else is written down than was before."""
        self._db = db
        self._written = written
        self._look = look
        self._rules = rules
        self._changed = asyncio.Event()
        self._stretches: dict[int, Stretch] = {}
        self._incidents: dict[int, Incident] = {}
        self._refused: Trouble | None = None

    def nudge(self) -> None:
        """Something may have changed."""
        self._changed.set()

    async def run(self) -> None:
        """Write until cancelled; what passes with time alone is looked at every few seconds."""
        await self._remember()
        while True:
            self._changed.clear()
            await self.write_down()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN_S if self._incidents else None):
                    await self._changed.wait()

    async def write_down(self) -> None:
        """Write what is otherwise than it was."""
        seen, now = self._look(), clock.now()
        changes = self._decide(seen, now)
        if changes:
            await self._write(changes, seen, now)
            self._written()
        self._keep(changes, now)

    async def _remember(self) -> None:
        self._stretches = {one.monitor: one for one in await self._db.read(queries.last_stretches)}
        found = await self._db.read(queries.unsettled, clock.now() - self._rules().flapping)
        self._incidents = {one.monitor: one for one in found}

    def _decide(self, seen: Seen, now: datetime) -> Changes:
        changes = Changes(link=self._about_link(seen))
        if seen.board is None:
            for last in self._stretches.values() if seen.lost_at else ():
                changes.stretches += stretches.ended(last, seen.lost_at or now)
        else:
            for monitor in seen.board.monitors.values():
                changes.stretches += stretches.after(self._stretches.get(monitor.id), monitor, now)
                self._judge(monitor, seen, now, changes)
            self._take_leave(seen.board, now, changes)
        return changes

    def _about_link(self, seen: Seen) -> Event | None:
        """Who is away comes back by itself; what has to be mended is told once."""
        if seen.board is not None and self._refused is not None:
            return events.LinkMended(actor=SYSTEM, subject_id="", audience=ADMINS)
        if seen.trouble is None or seen.trouble in PASSING or seen.trouble is self._refused:
            return None
        return events.LinkRefused(actor=SYSTEM, subject_id="", audience=ADMINS, error=seen.trouble.value)

    def _judge(self, monitor: Monitor, seen: Seen, now: datetime, changes: Changes) -> None:
        """A service that nobody is shown has no incidents."""
        service, known, rules = seen.services.get(monitor.id), self._incidents.get(monitor.id), self._rules()
        if service is None:
            return
        since = stretches.since(monitor, now)
        new = Incident(
            id=new_id(), monitor=monitor.id, name=service.name, cause=monitor.words, opened_at=since, down_since=since
        )
        incident = incidents.after(known, monitor.state, since, now, rules, new=new)
        self._settle(known, incident, now, changes)

    def _settle(self, known: Incident | None, incident: Incident | None, now: datetime, changes: Changes) -> None:
        if incident is None:
            return
        if what := incidents.telling(incident, now, self._rules()):
            incident = incidents.told(incident, what)
            changes.told.append((incident, what))
        if incident != known:
            changes.incidents[incident.id] = incident

    def _take_leave(self, board: Board, now: datetime, changes: Changes) -> None:
        """What was deleted in Uptime Kuma is down no more."""
        for id, last in self._stretches.items():
            if id not in board.monitors:
                changes.stretches += stretches.ended(last, now)
        for id, known in self._incidents.items():
            if id not in board.monitors:
                self._settle(
                    known, incidents.after(known, State.PAUSED, now, now, self._rules(), new=known), now, changes
                )

    async def _write(self, changes: Changes, seen: Seen, now: datetime) -> None:
        async with self._db.transaction() as session:
            await ledger.write_stretches(session, changes.stretches)
            await ledger.write_incidents(session, changes.incidents.values())
            for incident, what in changes.told:
                service = seen.services.get(incident.monitor)
                await journal.record(session, _event(incident, what, service, now))
            if changes.link:
                await journal.record(session, changes.link)
                self._refused = seen.trouble if seen.board is None else None

    def _keep(self, changes: Changes, now: datetime) -> None:
        self._stretches |= {one.monitor: one for one in changes.stretches}
        self._incidents |= {one.monitor: one for one in changes.incidents.values()}
        for id in [id for id, one in self._incidents.items() if one.is_over(now, self._rules())]:
            del self._incidents[id]


def _event(incident: Incident, what: Telling, service: Service | None, now: datetime) -> events.ServiceEvent:
    audience = service.audience if service else _EVERYBODY
    kind = events.ServiceDown if what is Telling.DOWN else events.ServiceBack
    lasted = (incident.closed_at or now) - incident.opened_at
    return kind(
        actor=SYSTEM,
        subject_id=incident.id,
        audience=audience,
        name=incident.name,
        monitor=incident.monitor,
        since=incident.down_since.isoformat(),
        lasted_s=int(lasted.total_seconds()),
    )
