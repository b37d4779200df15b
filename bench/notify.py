"""What telling costs: ten thousand events to twenty people, each with two channels; and sending a part of them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.frame import Figure, memory_mib, p99_ms, timed
from bench.furnished import PEOPLE
from medianest.accounts.events import PasswordReset
from medianest.accounts.service import Accounts
from medianest.accounts.types import NewUser, SessionRules
from medianest.core import journal
from medianest.core.actor import SYSTEM, Actor, Role
from medianest.core.config import PathsSettings, Settings
from medianest.core.db import Base, Database
from medianest.core.event import people
from medianest.core.i18n import Catalogues
from medianest.core.journal import Dispatcher
from medianest.core.live import Live
from medianest.core.metrics import Metrics
from medianest.core.resilience import Retry
from medianest.media_requests.overseerr import Overseerr
from medianest.notifications import channel_queries, queries
from medianest.notifications.channels import Channels, NewChannel
from medianest.notifications.composing import Composer
from medianest.notifications.inbox import Inbox
from medianest.notifications.letter_links import LetterLinks
from medianest.notifications.models import NoteRow
from medianest.notifications.sending import Sender
from medianest.notifications.sends import USUAL
from medianest.notifications.targets import Targets
from medianest.notifications.types import ChannelKind, DeliveryState, Outgoing
from tests.people import PASSWORD, cheap_passwords, sign_in
from tests.plex.linked import Linked

EVENTS, SENT, AT_ONCE = 10_000, 200, 50
KINDS = (ChannelKind.PUSH, ChannelKind.WEBHOOK)
_LOOK_EVERY_S = 0.05


class Nowhere:
    """A transport without a network."""

    def place(self, target: str) -> str:
        return target

    async def send(self, target: str, message: Outgoing) -> str:
        return "200 OK"

    async def stop(self) -> None:
        """There is nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Twenty people, each with a channel of each kind."""

    db: Database
    actors: list[Actor]
    inbox: Inbox
    sender: Sender


async def figures() -> AsyncIterator[Figure]:
    with TemporaryDirectory() as folder:
        house = await _household(Path(folder))
        bare = EVENTS / await timed(_happen(house, EVENTS))
        yield Figure(name="recorded a second, nobody listening", value=bare)
        async for figure in _told(house, Path(folder), bare):
            yield figure
        await house.db.close()
    with TemporaryDirectory() as folder:
        house = await _household(Path(folder))
        async for figure in _sent(house):
            yield figure
        await house.db.close()


async def _told(house: Household, folder: Path, bare: float) -> AsyncIterator[Figure]:
    """The listener alone: nothing is sent meanwhile."""
    dispatcher = Dispatcher(house.db, house.inbox.listeners())
    await dispatcher.prepare()
    before, size = memory_mib(os.getpid()), _bytes(folder)
    begun, running = perf_counter(), asyncio.create_task(dispatcher.run())
    happening = asyncio.create_task(_happen(house, EVENTS))
    late_ms = await _until(house, lambda session: _notes(session) >= EVENTS * len(PEOPLE))
    took_s = perf_counter() - begun
    await happening
    running.cancel()
    await asyncio.wait([running])
    rows = f"{EVENTS * len(PEOPLE):,} notes, {EVENTS * len(PEOPLE) * len(KINDS):,} deliveries"
    yield Figure(name="told a second, recorded meanwhile", value=EVENTS / took_s, note=rows)
    yield Figure(name="  recorded alone against told", value=bare * took_s / EVENTS)
    yield Figure(name="  an inbox is read meanwhile, 99th of 100", value=p99_ms(late_ms), unit="ms")
    yield Figure(name="  memory", value=memory_mib(os.getpid()) - before, unit="MiB")
    yield Figure(name="  database, for each event", value=(_bytes(folder) - size) / EVENTS / 1024, unit="KiB")


async def _sent(house: Household) -> AsyncIterator[Figure]:
    """A backlog that is due: programs get each alone, people what has gathered as one."""
    dispatcher = Dispatcher(house.db, house.inbox.listeners())
    await dispatcher.prepare()
    running = asyncio.create_task(dispatcher.run())
    await _happen(house, SENT)
    await _until(house, lambda session: _notes(session) >= SENT * len(PEOPLE))
    begun, sending = perf_counter(), asyncio.create_task(house.sender.run())
    late_ms = await _until(house, lambda session: _waiting(session) == 0)
    took_s = perf_counter() - begun
    for task in (running, sending):
        task.cancel()
    await asyncio.wait([running, sending])
    number = SENT * len(PEOPLE) * len(KINDS)
    yield Figure(name="delivered a second of a backlog", value=number / took_s, note=f"{number:,}, no network")
    yield Figure(name="  an inbox is read meanwhile, 99th of 100", value=p99_ms(late_ms), unit="ms")


async def _household(folder: Path) -> Household:
    db = Database(folder / "bench.db")
    await db.open()
    async with db.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
    settings = Settings(paths=PathsSettings(data_dir=folder))
    live, metrics, targets = Live(), Metrics(), Targets(lambda: settings.paths.key_file)
    overseerr = Overseerr(db, live, metrics, lambda: settings, retry=Retry())
    titles = Linked().titles(db, settings.paths.key_file)
    links = LetterLinks(lambda: settings)
    composer = Composer(lambda: settings, Catalogues(), overseerr.decisions, links, titles)
    transports = dict.fromkeys(KINDS, Nowhere)
    sender = Sender(db, metrics, targets, composer, transports, owner="bench", patience=USUAL)
    channels, actors = Channels(db, targets, sender, composer), []
    accounts = Accounts(db, SessionRules(), passwords=cheap_passwords())
    for name in PEOPLE:
        user = await accounts.people.create(SYSTEM, NewUser(name=name, role=Role.MEMBER, password=PASSWORD))
        actors.append((await sign_in(accounts, user))[1])
        for kind in KINDS:
            new = NewChannel(kind=kind, label="Bench", target=f"{kind} {name}", unique=(kind, name))
            await channels.add(actors[-1], new)
    return Household(db=db, actors=actors, inbox=Inbox(db, live), sender=sender)


async def _happen(house: Household, number: int) -> None:
    """So many events that concern everybody, some in each transaction."""
    everybody = people([actor.id or "" for actor in house.actors])
    for _ in range(number // AT_ONCE):
        async with house.db.transaction() as session:
            for _ in range(AT_ONCE):
                await journal.record(session, PasswordReset(actor=SYSTEM, subject_id="bench", audience=everybody))


async def _until(house: Household, holds: Callable[[Session], bool]) -> list[float]:
    """Wait; how long the first page of an inbox took meanwhile, again and again, in milliseconds."""
    late_ms = [await timed(house.db.read(queries.listing, house.actors[0])) * 1000]
    while not await house.db.read(holds):
        await asyncio.sleep(_LOOK_EVERY_S)
        late_ms.append(await timed(house.db.read(queries.listing, house.actors[0])) * 1000)
    return late_ms * 2 if len(late_ms) == 1 else late_ms


def _notes(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(NoteRow)) or 0


def _waiting(session: Session) -> int:
    return channel_queries.count_by_state(session).get(DeliveryState.WAITING, 0)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("bench.db*"))
