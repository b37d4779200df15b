"""A household whose requests go to the stand-in of Overseerr."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert, select, update

from medianest.accounts.models import UserRow
from medianest.core import clock
from medianest.core.actor import Actor, Permission, Role, Via
from medianest.core.config import OverseerrSettings
from medianest.core.db import Database
from medianest.core.journal import after
from medianest.core.resilience import Retry
from medianest.media_requests import models, queries
from medianest.media_requests.client import Asking
from medianest.media_requests.connection import Connection
from medianest.media_requests.errand_book import ErrandBook
from medianest.media_requests.errands import Errands
from medianest.media_requests.service import Requests
from medianest.media_requests.types import Request
from medianest.media_requests.whom import Whom
from tests.fakes.overseerr import Overseerr

PATIENT_S = 60.0


async def at_once(_seconds: float) -> None:
    """Nobody waits between tries."""


def somebody(name: str, role: Role = Role.MEMBER) -> Actor:
    granted = {Permission.REQUEST, Permission.READ}
    if role is not Role.CHILD:
        granted.add(Permission.SEE_HOUSEHOLD)
    if role in (Role.CURATOR, Role.ADMIN):
        granted.add(Permission.CURATE)
    if role is Role.ADMIN:
        granted.add(Permission.ADMINISTER)
    return Actor(id=name, name=name, role=role, permissions=frozenset(granted), via=Via.WEB)


ANNA, BERT, CORA = somebody("anna"), somebody("bert"), somebody("cora", Role.CURATOR)
ADAM, KIM = somebody("adam", Role.ADMIN), somebody("kim", Role.CHILD)


@dataclass(kw_only=True)
class House:
    """The service, and which Plex number is whose."""

    requests: Requests
    db: Database
    overseerr: Overseerr
    plex: dict[str, int] = field(default_factory=dict)

    async def asking(self) -> Asking:
        return await self.requests.connection.asking()

    async def events(self) -> list[str]:
        return [entry.kind.partition(".")[2] for entry in await self.db.read(after, 0)]

    async def now(self, request: Request) -> Request:
        """What has become of it."""
        found = await self.db.read(queries.by_id, request.id)
        assert found
        return found

    async def all(self) -> list[Request]:
        return list(await self.db.read(queries.requests, select(*queries.COLUMNS)))

    async def due(self) -> None:
        """The pause before the next try is over."""
        async with self.db.transaction() as session:
            await session.execute(update(models.RequestRow).values(due_at=None))

    async def stop(self) -> None:
        await self.requests.stop()
        await self.requests.connection.close()


async def living(db: Database, name: str, role: Role = Role.MEMBER) -> None:
    values = {"id": name, "name": name, "name_key": name, "display_name": name, "role": role, "epoch": 0}
    async with db.transaction() as session:
        await session.execute(insert(UserRow).values(**values, created_at=clock.now()))


def opened(
    db: Database, overseerr: Overseerr, *, household: int = 0, owner: str = "life 1", patience_s: float = PATIENT_S
) -> House:
    plex: dict[str, int] = {}

    async def plex_id_of(user_id: str) -> int | None:
        return plex.get(user_id)

    named = OverseerrSettings(url=overseerr.base, api_key=overseerr.key)  # type: ignore[arg-type]  # it reads a text
    connection = Connection(lambda: named, retry=Retry(sleep=at_once))
    errands = Errands(ErrandBook(db), patience_s=patience_s, pause=timedelta())
    whom = Whom(db, plex_id_of, lambda: household)
    requests = Requests(db, connection, whom, owner, errands, patience_s=patience_s)
    return House(requests=requests, db=db, overseerr=overseerr, plex=plex)
