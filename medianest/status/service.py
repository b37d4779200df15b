"""How the services are, for whoever may see them: the one object through which the rest of the house asks."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from medianest.core import clock, journal
from medianest.core.actor import Actor
from medianest.core.config import MonitorSettings, Settings
from medianest.core.db import Database
from medianest.core.i18n import Message as Words
from medianest.core.i18n import msg
from medianest.core.jobs import Job
from medianest.core.journal import Listener
from medianest.core.live import Live, Signal
from medianest.core.paging import Page
from medianest.status import jobs, ledger, listeners, queries, reports, stretches
from medianest.status.arranging import Arrangement, Service
from medianest.status.board import DAY
from medianest.status.encounters import Met
from medianest.status.errors import NoMonitor
from medianest.status.incidents import Incident, Rules
from medianest.status.pushing import Pushing
from medianest.status.record import Record, Seen
from medianest.status.stretches import Stretch
from medianest.status.types import Beaten, Function, Gone, Link, LinkState, Listed, Message, Notice, State, Window
from medianest.status.watcher import Watcher
from medianest.status.ways import Way

BEAT, LINK, WRITTEN = "monitor.beat", "status.link", "status.written"
KEPT = timedelta(days=400)
HISTORY_MOST_HOURS = 31 * DAY
_SEEN_BY_ALL = frozenset({"role:admin", "role:curator", "role:member", "role:child", "role:guest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatTick:
    """What is told at once of a service: how it is now."""

    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTick:
    """What is told at once of the link."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that somebody sees; what is in it holds as of `heard_at`, and only if the link is up."""

    link: Link
    heard_at: datetime | None
    version: str
    services: Sequence[Service]
    windows: Sequence[Window]
    notices: Sequence[Notice]

    @property
    def holds(self) -> bool:
        """Whether what was heard is so now: never a stale green."""
        return self.link.state is LinkState.UP

    def state_of(self, service: Service) -> State:
        return service.monitor.state if self.holds else State.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What of the portal does not work now, because these services are down."""

    function: Function
    services: Sequence[Service]
    since: datetime


class Status:
    """Without ways to Uptime Kuma nothing runs, and nobody sees anything."""

    def __init__(
        self,
        db: Database,
        live: Live,
        settings: Callable[[], Settings],
        ways: Sequence[Way],
        *,
        pushing: Pushing | None = None,
    ) -> None:
        """`pushing` is where Uptime Kuma wants to be told of the portal."""
        self._db = db
        self.pushing = pushing
        self._live = live
        self._settings = settings
        self._said: tuple[Sequence[MonitorSettings], Arrangement] = ((), Arrangement(()))
        self.watcher = Watcher(ways, heard=self._hear, changed=self._move)
        self.record = Record(db, self._see, self._rules, self._tell_written)

    @property
    def link(self) -> Link:
        return replace(self.watcher.link, heard_at=self.watcher.heard_at)

    @property
    def is_configured(self) -> bool:
        return self.link.state is not LinkState.OFF

    def runs(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What runs by itself, by its name."""
        found: dict[str, Callable[[], Awaitable[None]]] = {}
        if self.is_configured:
            found |= {"uptime kuma": self.watcher.run, "incidents": self.record.run}
        if self.pushing:
            found["push"] = self.pushing.run
        return found

    def jobs(self) -> Sequence[Job]:
        return jobs.jobs(self._prune) if self.is_configured else ()

    def listeners(self) -> Sequence[Listener]:
        return listeners.listeners()

    def standing(self, actor: Actor) -> Standing:
        """What somebody may see of the board."""
        board = self.watcher.board
        return Standing(
            link=self.link,
            heard_at=self.watcher.heard_at,
            version=board.version,
            services=[one for one in self._arrangement().all(board) if _sees(actor, one)],
            windows=board.windows,
            notices=board.notices,
        )

    def service(self, actor: Actor, id: int) -> Service:
        """One service. Raises NoMonitor, also for one that somebody may not see."""
        service = self._arrangement().one(self.watcher.board, id)
        if service is None or not _sees(actor, service):
            raise NoMonitor(msg("status.no_monitor"))
        return service

    def outages(self) -> Mapping[Function, Outage]:
        """What of the portal does not work; nothing is said while Uptime Kuma is not heard."""
        found: dict[Function, list[Service]] = {}
        if self.link.state is LinkState.UP:
            for service in self._arrangement().all(self.watcher.board):
                for function in service.carries if service.monitor.state is State.DOWN else ():
                    found.setdefault(function, []).append(service)
        return {function: _outage(function, services) for function, services in found.items()}

    def ran_into(self, actor: Actor, function: Function) -> None:
        """Somebody wants this of the portal: if it does not work now, they are told once when it does again."""
        if outage := self.outages().get(function):
            now = clock.now()
            self._meet(actor, min(outage.services, key=lambda one: stretches.since(one.monitor, now)), function)

    async def report(self, actor: Actor, *, page: str, words: str) -> None:
        """Tell the administrators for whom something does not work, and how everything is. Raises Invalid.

        Who says so is told once when what is down is up again.
        """
        services = self._arrangement().all(self.watcher.board)
        told = reports.report(actor, self.link, services, page=page, words=words)
        async with self._db.transaction() as session:
            await journal.record(session, told)
        for function in self.outages():
            self.ran_into(actor, function)
        for service in services if self.link.state is LinkState.UP else ():
            if service.monitor.state is State.DOWN and not service.carries and _sees(actor, service):
                self._meet(actor, service, None)

    def _meet(self, actor: Actor, service: Service, function: Function | None) -> None:
        if actor.id is not None:
            self.record.meet(Met(monitor=service.id, user_id=actor.id, function=function))

    async def history(self, actor: Actor, id: int, *, hours: int) -> Sequence[Stretch]:
        """In which states a service was, the oldest first. Raises NoMonitor."""
        service, now = self.service(actor, id), clock.now()
        begin = now - timedelta(hours=min(hours, HISTORY_MOST_HOURS))
        found = await self._db.read(queries.stretches, begin, now, id)
        until = now if self.link.state is LinkState.UP else self.watcher.heard_at or now
        before = min((one.began_at for one in found), default=now)
        beats = [beat for beat in service.monitor.beats if begin <= beat.at < before]
        return [*stretches.of_beats(id, beats, min(before, until)), *found]

    async def pictures(self, services: Iterable[Service], *, hours: int, number: int) -> Mapping[int, Sequence[State]]:
        """For each service the worst state in each of `number` parts of the last hours."""
        now = clock.now()
        begin = now - timedelta(hours=hours)
        known: dict[int, list[Stretch]] = {}
        for one in await self._db.read(queries.stretches, begin, now):
            known.setdefault(one.monitor, []).append(one)
        return {
            one.id: stretches.slots([*_heard(one, begin, now), *known.get(one.id, ())], begin, now, number)
            for one in services
        }

    async def days(self, services: Iterable[Service], *, number: int) -> Sequence[State]:
        """Of each of the last days the worst that happened to any of these services; unknown before any was seen."""
        now, ids = clock.now(), {one.id for one in services}
        begin = now - timedelta(days=number)
        found = await self._db.read(queries.incidents_since, begin, ids)
        down = [Stretch(monitor=0, state=State.DOWN, began_at=one.opened_at, ended_at=one.closed_at) for one in found]
        first = await self._db.read(queries.first_seen)
        known = [] if first is None else [Stretch(monitor=0, state=State.UP, began_at=max(first, begin))]
        return stretches.slots([*known, *down], begin, now, number)

    async def incidents(self, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Incident]:
        """What happened, the latest first; who administers sees that of services, too, which are gone."""
        ids = None if actor.is_admin else [one.id for one in self.standing(actor).services]
        return await self._db.read(queries.incidents, ids, cursor=cursor, limit=limit)

    async def _prune(self) -> Words | None:
        """Forget what is too old."""
        async with self._db.transaction() as session:
            gone = await ledger.prune(session, clock.now() - KEPT)
        return msg("status.pruned", n=gone) if gone else None

    def _hear(self, message: Message) -> None:
        match message:
            case Beaten(monitor=id) if self.link.state is LinkState.UP:
                self._tell(id)
            case Listed() if self.link.state is LinkState.UP:
                self._tell_link()
            case Gone(monitor=id):
                self._live.forget(BEAT, str(id))
                self._tell_link()
        self.record.nudge()

    def _move(self, link: Link) -> None:
        self._tell_link()
        self.record.nudge()

    def _tell(self, id: int) -> None:
        service = self._arrangement().one(self.watcher.board, id)
        if service is not None:
            tick = BeatTick(service=service)
            self._live.publish(Signal(kind=BEAT, subject_id=str(id), audience=service.audience, data=tick))

    def _tell_link(self) -> None:
        self._live.publish(Signal(kind=LINK, subject_id=LINK, audience=_SEEN_BY_ALL, data=LinkTick(link=self.link)))

    def _tell_written(self) -> None:
        self._live.publish(Signal(kind=WRITTEN, subject_id=WRITTEN, audience=_SEEN_BY_ALL, data=None))

    def _see(self) -> Seen:
        board = self.watcher.board
        is_up = self.link.state is LinkState.UP
        services = {one.id: one for one in self._arrangement().all(board)} if is_up else {}
        return Seen(
            board=board if is_up else None,
            lost_at=self.watcher.heard_at,
            services=services,
            trouble=self.link.trouble,
            via=self.link.via,
        )

    def _rules(self) -> Rules:
        said = self._settings().uptime_kuma
        return Rules(
            alert_after=timedelta(seconds=said.alert_after_s),
            flapping=timedelta(seconds=said.flapping_s),
            quiet_hours=said.quiet_hours,
        )

    def _arrangement(self) -> Arrangement:
        said = self._settings().monitors
        if said is not self._said[0]:
            self._said = said, Arrangement(said)
        return self._said[1]


def _sees(actor: Actor, service: Service) -> bool:
    return actor.sees(service.audience)


def _heard(service: Service, begin: datetime, now: datetime) -> Sequence[Stretch]:
    beats = [beat for beat in service.monitor.beats if begin <= beat.at <= now]
    return list(stretches.of_beats(service.id, beats, beats[-1].at)) if beats else []


def _outage(function: Function, services: Sequence[Service]) -> Outage:
    now = clock.now()
    since = min(stretches.since(one.monitor, now) for one in services)
    return Outage(function=function, services=services, since=since)
