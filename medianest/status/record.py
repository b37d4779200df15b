"""Writing down how the services are: stretches and incidents, in short transactions, whenever one changes."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.event import ADMINS, Event
from medianest.core.security import new_id
from medianest.status import encounters, events, incidents, ledger, news, queries, stretches
from medianest.status.arranging import Service
from medianest.status.board import Board, Monitor
from medianest.status.encounters import Encounter, Met
from medianest.status.incidents import Incident, Rules, Telling
from medianest.status.stretches import Stretch
from medianest.status.types import PASSING, Function, State, Trouble, Via

_LOOK_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known at a moment: the board while the link is up, and None while it is not, `lost_at` since when."""

    board: Board | None
    lost_at: datetime | None
    services: Mapping[int, Service]
    trouble: Trouble | None = None
    via: Via | None = None

    @property
    def down(self) -> frozenset[Function]:
        """What of the portal does not work."""
        return frozenset(
            function
            for service in self.services.values()
            if service.monitor.state is State.DOWN
            for function in service.carries
        )


@dataclass(slots=True, kw_only=True)
class Changes:
    """What is to be written."""

    stretches: list[Stretch] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    told: list[tuple[Incident, Telling]] = field(default_factory=list)
    encounters: list[Encounter] = field(default_factory=list)
    link: Event | None = None

    def __bool__(self) -> bool:
        return bool(self.stretches or self.incidents or self.encounters or self.link)


class Record:
    """Knows the last stretch and the last incident of each service, and who ran into it: nothing is read again."""

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
        self._met: dict[tuple[int, str], Met] = {}
        self._encounters: dict[tuple[str, str], Encounter] = {}
        self._refused: tuple[Trouble, Via] | None = None

    def nudge(self) -> None:
        """Something may have changed."""
        self._changed.set()

    def meet(self, met: Met) -> None:
        """Somebody ran into an outage; it is written down at once, and nobody waits for that."""
        self._met[met.monitor, met.user_id] = met
        self.nudge()

    async def run(self) -> None:
        """Write until cancelled; what passes with time alone is looked at every few seconds."""
        await self._remember()
        while True:
            self._changed.clear()
            await self.write_down()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN_S if self._incidents or self._encounters else None):
                    await self._changed.wait()

    async def write_down(self) -> None:
        """Write what is otherwise than it was."""
        seen, now, met = self._look(), clock.now(), dict(self._met)
        changes = self._decide(seen, now)
        if changes:
            await self._write(changes, seen, now)
            self._written()
        self._keep(changes, now)
        for key in met if seen.board is not None else ():
            del self._met[key]

    async def _remember(self) -> None:
        self._stretches = {one.monitor: one for one in await self._db.read(queries.last_stretches)}
        lately = clock.now() - self._rules().flapping
        self._incidents = {one.monitor: one for one in await self._db.read(queries.unsettled, lately)}
        known = await self._db.read(queries.encounters, lately)
        self._encounters = {(one.incident_id, one.user_id): one for one in known}

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
            changes.encounters += self._encountered(changes, now)
            changes.encounters += self._due(changes, seen, now)
        return changes

    def _encountered(self, changes: Changes, now: datetime) -> Iterator[Encounter]:
        present = self._present(changes)
        for met in self._met.values():
            found = encounters.encountered(met, present.get(met.monitor), now)
            if found and (found.incident_id, found.user_id) not in self._encounters:
                yield found

    def _due(self, changes: Changes, seen: Seen, now: datetime) -> Iterator[Encounter]:
        present = self._present(changes)
        for one in self._encounters.values():
            if encounters.is_due(one, present.get(one.monitor), seen.down, now, self._rules()):
                yield replace(one, told_at=now)

    def _present(self, changes: Changes) -> Mapping[int, Incident]:
        return self._incidents | {one.monitor: one for one in changes.incidents.values()}

    def _about_link(self, seen: Seen) -> Event | None:
        """Who is away comes back by itself; what has to be mended is told once, and is not mended by a lesser way."""
        if self._refused and seen.board is not None and _is_as_good(seen.via, self._refused[1]):
            return events.LinkMended(actor=SYSTEM, subject_id="", audience=ADMINS)
        if seen.trouble is None or seen.trouble in PASSING or (seen.trouble, seen.via) == self._refused:
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
        quiet_until = news.quiet_until(self._rules().quiet_hours, now)
        async with self._db.transaction() as session:
            await ledger.write_stretches(session, changes.stretches)
            await ledger.write_incidents(session, changes.incidents.values())
            await ledger.write_encounters(session, changes.encounters)
            for incident, what in changes.told:
                service = seen.services.get(incident.monitor)
                await journal.record(session, news.of_service(incident, what, service, now, quiet_until))
            for one in changes.encounters:
                if one.told_at:
                    await journal.record(session, news.for_one(one, quiet_until))
            if changes.link:
                await journal.record(session, changes.link)
                self._refused = (seen.trouble, seen.via) if seen.trouble and seen.via else None

    def _keep(self, changes: Changes, now: datetime) -> None:
        self._stretches |= {one.monitor: one for one in changes.stretches}
        self._incidents |= {one.monitor: one for one in changes.incidents.values()}
        self._encounters |= {(one.incident_id, one.user_id): one for one in changes.encounters}
        for id in [id for id, one in self._incidents.items() if one.is_over(now, self._rules())]:
            del self._incidents[id]
        going_on = {one.id for one in self._incidents.values()}
        for key in [key for key, one in self._encounters.items() if one.told_at and key[0] not in going_on]:
            del self._encounters[key]


def _is_as_good(via: Via | None, other: Via) -> bool:
    """Ways are told the best first."""
    ways = list(Via)
    return via is not None and ways.index(via) <= ways.index(other)
