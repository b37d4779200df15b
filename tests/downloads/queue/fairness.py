"""How long people wait for their turn although something of theirs could begin, and how long would be fair."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from medianest.core.db import Database
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import State
from tests.downloads.queue.month import LARGEST, RATE, Month, Visit

_ROUND_TRIP_S = 10.0
"""Of each run: to ask the site, and the distance that is kept from the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    person: str
    at: float
    seconds: float
    fair: float

    @property
    def share(self) -> float:
        return self.seconds / self.fair


class Fairness:
    """Looks at the line after each change: whoever has something that could begin waits for nothing but their turn."""

    def __init__(self, db: Database, month: Month, *, workers: int, per_site: int, is_open: Callable[[], bool]) -> None:
        self.turns: list[Waited] = []
        self._db = db
        self._changed = asyncio.Event()
        db.after_commit(lambda tables: self._changed.set() if DownloadRow.__tablename__ in tables else None)
        self._month = month
        self._workers = workers
        self._per_site = per_site
        self._is_open = is_open
        self.out_of_hours = 0
        self._looked_at = 0.0
        self._ready: set[str] = set()
        self._waited: dict[str, float] = {}
        self._fair: dict[str, float] = {}

    async def watch(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._look()

    async def _look(self) -> None:
        self._count()
        line = await self._db.read(_in_line)
        ready = [owner for owner, site in line if self._may_begin(site)] if self._is_open() else []
        self._ready = set(ready)
        for person in ready:
            self._fair[person] = max(self._fair.get(person, 0.0), self._fair_now(person))

    def begun(self, visit: Visit) -> None:
        self._count()
        self.out_of_hours += not self._is_open()
        person = visit.link.owner
        fair = max(self._fair.pop(person, 0.0), self._fair_now(person))
        waited = self._waited.pop(person, 0.0)
        self.turns.append(Waited(person=person, at=self._month.now(), seconds=waited, fair=fair))

    def _count(self) -> None:
        now = self._month.now()
        for person in self._ready:
            self._waited[person] = self._waited.get(person, 0.0) + now - self._looked_at
        self._looked_at = now

    def _may_begin(self, site: str) -> bool:
        at_once = sum(visit.link.site == site for visit in self._month.visits)
        return site not in self._month.closed and at_once < self._per_site

    def _fair_now(self, person: str) -> float:
        """A turn of everybody who is ready or under way, and until these have had as much within an hour as they.

        Nothing that runs is interrupted for it.
        """
        others = (self._ready | {visit.link.owner for visit in self._month.visits}) - {person}
        shares = self._shares()
        ahead = sum(max(0, shares.get(person, 0) - shares.get(other, 0)) for other in others)
        catching_up = min(ahead / RATE / self._workers, 3600.0)
        return max(1, (len(others) + 1) / self._workers) * (LARGEST / RATE + _ROUND_TRIP_S) + catching_up

    def _shares(self) -> dict[str, int]:
        since = self._month.now() - 3600
        shares: dict[str, int] = {}
        for at, person, size in reversed(self._month.begun):
            if at <= since:
                break
            shares[person] = shares.get(person, 0) + size
        return shares


def _in_line(session: Session) -> list[tuple[str, str]]:
    query = select(DownloadRow.owner_id, DownloadRow.site).where(DownloadRow.state == State.QUEUED).distinct()
    return [(owner, site) for owner, site in session.execute(query)]
