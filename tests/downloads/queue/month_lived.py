"""The household that lives through the month: its people, its real queue with the month's sites, its clock."""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medianest.accounts import permissions, users
from medianest.accounts.plans import Plans
from medianest.accounts.types import NewPlan, NewUser, Quotas
from medianest.core import clock, crew
from medianest.core.actor import SYSTEM, Actor, Role, Via
from medianest.core.config import DownloadsSettings
from medianest.core.db import Base, Database
from medianest.core.live import Live
from medianest.core.outbound import AddressPolicy
from medianest.downloads import workers
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.line.window import opens_at
from medianest.downloads.lists.expander import Expander
from medianest.downloads.models import DownloadRow, UsageRow
from medianest.downloads.plans.quotas import QuotaExceeded
from medianest.downloads.service import Downloads
from medianest.downloads.sites import manners
from medianest.downloads.sites.cookie_jars import CookieJars
from medianest.downloads.spawn import Tools
from medianest.downloads.types import State
from medianest.downloads.workers import Workers
from medianest.downloads.workshop import Workshop
from medianest.downloads.ytdlp import updates
from tests.downloads.queue.fairness import Fairness
from tests.downloads.queue.month import DAYS, MB, SITES, START, Link, Month, Visit, hours, links, spells
from tests.downloads.queue.virtual_time import VirtualLoop, without_threads

ATTEMPTS, WORKERS, PER_SITE = 6, 2, 2
PEOPLE = {"Alice": Role.MEMBER, "Bob": Role.MEMBER, "Dora": Role.MEMBER, "Cleo": Role.CURATOR, "Ada": Role.ADMIN}
QUOTA, WINDOW = 8_000 * MB + 7, timedelta(days=7)
EVENINGS, EVENINGS_FROM, EVENINGS_TO = (time(17), time(1)), hours(24 * 4), hours(24 * 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is to be looked at when the month is over; of `members`, what the queue wrote down is `written`."""

    month: Month
    fairness: Fairness
    states: dict[str, State]
    written: dict[str, int]
    members: frozenset[str]


def live(folder: Path, patch: pytest.MonkeyPatch, draw: random.Random) -> Seen:
    """Spend the month; what is patched is the clock, how often workers look, and the run of a download."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        without_threads(patch)
        patch.setattr(clock, "now", lambda: START + timedelta(seconds=loop.time()))
        patch.setattr(workers, "_TEND_EVERY_S", 100.0)
        patch.setattr(crew, "_LOOK_AGAIN_S", hours(24 * 365))
        return runner.run(_spend(folder, patch, loop, draw))


async def _spend(folder: Path, patch: pytest.MonkeyPatch, loop: VirtualLoop, draw: random.Random) -> Seen:
    db = Database(folder / "medianest.db")
    await db.open()
    try:
        actors = await _people(db)
        month = Month(links(draw, list(actors)), spells(draw), loop.time)
        patch.setattr(workers, "Run", partial(Visit, month))
        shop = _shop(db, folder)
        is_open = lambda: opens_at(shop.settings.window, clock.now().astimezone()) is None  # noqa: E731
        fairness = Fairness(db, month, workers=WORKERS, per_site=PER_SITE, is_open=is_open)
        month.watchers.append(fairness.begun)
        async with _at_work(db, shop) as downloads, _alongside(fairness.watch()):
            wishes = [_ask(downloads, actors[link.owner], link) for link in month.links.values()]
            async with asyncio.TaskGroup() as tasks:
                for wish in wishes:
                    tasks.create_task(wish)
                tasks.create_task(_keep_hours(shop))
                tasks.create_task(asyncio.sleep(hours(24 * DAYS)))
        members = frozenset(id for id, actor in actors.items() if actor.role is Role.MEMBER)
        return Seen(
            month=month,
            fairness=fairness,
            states=await db.read(_states),
            written=await db.read(_written),
            members=members,
        )
    finally:
        await db.close()


async def _people(db: Database) -> dict[str, Actor]:
    actors = {}
    async with db.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
        for host, site in SITES.items():
            await manners.leads_to(session, host, site)
        for name, role in PEOPLE.items():
            user = await users.create(session, SYSTEM, NewUser(name=name, role=role), password_hash=None)
            may = permissions.OF_ROLE[role]
            actors[user.id] = Actor(id=user.id, name=name, role=role, permissions=may, via=Via.WEB)
    quotas = Quotas(bytes=QUOTA, window_days=WINDOW.days)
    await Plans(db).create(SYSTEM, NewPlan(name="Members", quotas=quotas, roles=frozenset({Role.MEMBER})))
    return actors


def _shop(db: Database, folder: Path) -> Workshop:
    workspace = Workspace(media_dir=folder / "media", data_dir=folder / "data")
    workspace.prepare()
    settings = DownloadsSettings(
        workers=WORKERS, per_site=PER_SITE, max_attempts=ATTEMPTS, min_free_bytes=0, min_free_data_bytes=0
    )
    return Workshop(
        settings=settings,
        egress=Egress(AddressPolicy.typed()),
        tools=Tools(ffmpeg="ffmpeg", deno=None),
        workspace=workspace,
        copies=updates.copies(folder / "data", workspace),
        cookies=CookieJars(db, folder / "secret.key"),
    )


@asynccontextmanager
async def _at_work(db: Database, shop: Workshop) -> AsyncIterator[Downloads]:
    live = Live()
    work = Workers(db, live, shop, owner="one life")
    async with _alongside(work.run()):
        await work.recovered.wait()
        yield Downloads(db, live, shop, work, Expander(db, live, shop, owner="one life"))


@asynccontextmanager
async def _alongside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _ask(downloads: Downloads, actor: Actor, link: Link) -> None:
    """Ask for it in its time, and where there is no room in the plan, when it is said that there is."""
    await asyncio.sleep(link.asked_at)
    while True:
        try:
            await downloads.enqueue(actor, link.url)
        except QuotaExceeded as full:
            await asyncio.sleep((full.retry_after or timedelta(0)).total_seconds())
        else:
            return


async def _keep_hours(shop: Workshop) -> None:
    """For a week, downloads are for the evening."""
    always = shop.settings
    await asyncio.sleep(EVENINGS_FROM)
    shop.settings = always.model_copy(update={"window": EVENINGS})
    await asyncio.sleep(EVENINGS_TO - EVENINGS_FROM)
    shop.settings = always


def _states(session: Session) -> dict[str, State]:
    return {url: State(state) for url, state in session.execute(select(DownloadRow.url, DownloadRow.state))}


def _written(session: Session) -> dict[str, int]:
    sums = select(UsageRow.user_id, func.sum(UsageRow.bytes)).group_by(UsageRow.user_id)
    return {person: int(received) for person, received in session.execute(sums)}
