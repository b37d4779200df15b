"""What a hundred times the rows cost: a claim, whatever is asked of the queue all the time, and the queue page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, update

from bench.frame import Figure, in_turns, ratio, timed
from bench.furnished import PEOPLE, cookie, folder_of_portal, move_in
from bench.pages import Asked
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.config import DownloadsSettings
from medianest.core.db import Base, Database
from medianest.downloads import ledger
from medianest.downloads.line import turns
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import State
from tests.downloads.queue import many
from tests.household import cast

FEW, MANY = 1_000, 100_000
ROUNDS, EACH = 7, 30
BAR = 2
"""What is called flat, on a machine that does other things too."""


async def figures() -> AsyncIterator[Figure]:
    with TemporaryDirectory() as folder:
        async with _queue(Path(folder, "few.db"), FEW) as few, _queue(Path(folder, "many.db"), MANY) as much:
            yield await _against("a claim", _claims(*few), _claims(*much))
            asked = zip(_questions(*few, FEW).items(), _questions(*much, MANY).values(), strict=True)
            for (name, of_few), of_many in asked:
                yield await _against(name, of_few, of_many)
    async for figure in _pages():
        yield figure


@asynccontextmanager
async def _queue(path: Path, number: int) -> AsyncIterator[tuple[Database, dict[str, Actor]]]:
    db = Database(path)
    await db.open()
    async with db.transaction() as session:
        await (await session.connection()).run_sync(Base.metadata.create_all)
    actors = await cast(db)
    owners = [actor.id for actor in actors.values() if actor.id]
    async with db.transaction() as session:
        await session.execute(insert(DownloadRow), list(many.rows(range(number), owners)))
    yield db, actors
    await db.close()


def _questions(db: Database, actors: dict[str, Actor], number: int) -> dict[str, Callable[[], Any]]:
    asked = many.questions(actors["Alice"], actors["Kim"], number=number)
    return {name: partial(db.read, ask) for name, ask in asked.items()}


def _claims(db: Database, _actors: dict[str, Actor]) -> Callable[[], Any]:
    """Find whose turn it is, begin that, and put it back."""

    settings = DownloadsSettings(site_pause_s=0)

    async def claim() -> None:
        turn = await db.read(turns.next_step, clock.now(), busy={}, per_site=2)
        assert isinstance(turn, turns.Turn)
        assert await ledger.claim(db, turn, settings, owner="bench", lease=timedelta(minutes=1))
        async with db.transaction() as session:
            back = {"state": State.QUEUED, "lease_owner": None, "lease_until": None, "begun_at": None}
            await session.execute(update(DownloadRow).where(DownloadRow.id == turn.id).values(back))

    return claim


async def _against(name: str, few: Callable[[], Any], much: Callable[[], Any]) -> Figure:
    async def ms(ask: Callable[[], Any]) -> float:
        return await timed(_often(ask)) * 1000 / EACH

    results = await in_turns(ROUNDS, few=partial(ms, few), many=partial(ms, much))
    return ratio(f"{name}, {MANY:,} rows against {FEW:,}, ms", results, "many", "few", bar=BAR)


async def _often(ask: Callable[[], Any]) -> None:
    for _ in range(EACH):
        await ask()


async def _pages() -> AsyncIterator[Figure]:
    """Each path is asked by another person, for everybody may ask only so much."""
    with ExitStack() as stack:
        few, much = (stack.enter_context(folder_of_portal()) for _ in range(2))
        await move_in(few, kept=FEW)
        await move_in(much, kept=MANY)
        for name, path in zip(PEOPLE, ("/queue", "/queue?show=finished", "/api/v1/downloads?limit=50"), strict=False):
            cases = {}
            for case, portal in (("few", few), ("many", much)):
                fields = {"Cookie": await asyncio.to_thread(cookie, portal, name)}
                cases[case] = Asked(portal.port, path, fields).ms
            results = await in_turns(ROUNDS, **cases)
            yield ratio(f"{path}, {MANY:,} rows against {FEW:,}, ms", results, "many", "few", bar=BAR)
