"""A folder into which something came is scanned by the server: once, as soon as it can be asked, and only there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.db import Database
from medianest.plex.titles import scans
from medianest.plex.titles.models import ScanRow
from medianest.plex.titles.scans import Scans, on_server, sections_at
from medianest.plex.titles.service import Titles
from tests.fakes.plex import Plex, Scan
from tests.plex.conftest import Until
from tests.plex.linked import Linked


def open_scans(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ScanRow)) or 0


async def ask(db: Database, id: str, folder: str) -> None:
    async with db.transaction() as session:
        await scans.ask(session, id, folder)


def done(db: Database) -> Callable[[], Awaitable[bool]]:
    async def nothing_open() -> bool:
        return await db.read(open_scans) == 0

    return nothing_open


@pytest.mark.parametrize(
    ("folder", "there"),
    [
        ("/media/films/A (2020)", "/storage/movies/A (2020)"),
        ("/media/films", "/storage/movies"),
        ("/media/filmstudio/A", "/media/filmstudio/A"),
        ("/media/shows/B", "/tv/B"),
        ("/elsewhere", "/elsewhere"),
    ],
)
def test_a_folder_has_another_name_on_the_server(folder: str, there: str) -> None:
    assert on_server(folder, {"/media/shows": "/tv", "/media/films": "/storage/movies"}) == there


def test_only_sections_that_cover_the_folder_are_asked() -> None:
    folders = {"1": ("/storage/movies",), "2": ("/storage/tv", "/more/tv"), "3": ("/storage",)}
    assert sections_at("/storage/movies/A", folders) == ["1", "3"]
    assert sections_at("/more/tv", folders) == ["2"]
    assert sections_at("/storage2/A", folders) == []


async def test_just_the_folder_is_scanned_and_once(running: Titles, plex: Plex, db: Database, until: Until) -> None:
    await running.refresh()
    await ask(db, "entry-1", "/media/films/Glass Tide (2026)")
    await until(done(db))
    await ask(db, "entry-2", "/somewhere/else")
    await until(done(db))
    assert plex.server.scans == [Scan("1", "/storage/movies/Glass Tide (2026)")]


async def test_asked_twice_with_one_id_it_is_asked_once(db: Database) -> None:
    await ask(db, "entry-1", "/media/films/A")
    await ask(db, "entry-1", "/media/films/A")
    assert await db.read(open_scans) == 1


async def test_it_waits_for_a_server_that_is_away(running: Titles, plex: Plex, db: Database, until: Until) -> None:
    await running.refresh()
    plex.server.trouble("/library/sections/1/refresh", fail=503)
    await ask(db, "entry-1", "/media/films/A")

    def waits(session: Session) -> bool:
        return session.scalar(select(ScanRow.due_at)) is not None

    async def is_put_off() -> bool:
        return await db.read(waits)

    await until(is_put_off)
    assert plex.server.scans == []
    plex.server.calm()
    async with db.transaction() as session:
        await session.execute(update(ScanRow).values(due_at=None))
    await until(done(db))
    assert plex.server.scans == [Scan("1", "/storage/movies/A")]


async def test_without_a_server_nothing_is_left_over(
    running: Titles, linked: Linked, db: Database, until: Until
) -> None:
    linked.server = None
    await ask(db, "entry-1", "/media/films/A")
    await until(done(db))


async def test_what_a_life_of_the_portal_left_undone_the_next_one_does(
    titles: Titles, plex: Plex, db: Database, until: Until
) -> None:
    await titles.refresh()
    await ask(db, "entry-1", "/media/films/A")
    async with db.transaction() as session:
        await session.execute(update(ScanRow).values(lease_owner="who died"))
    again = Scans(db, titles._connection, lambda: {"/media/films": "/storage/movies"}, owner="who lives")
    working = asyncio.create_task(again.run())
    await until(done(db))
    working.cancel()
    assert plex.server.scans == [Scan("1", "/storage/movies/A")]


async def test_what_is_put_off_waits_for_its_time_and_nothing_else_does(
    running: Titles, plex: Plex, db: Database, until: Until
) -> None:
    await running.refresh()
    async with db.transaction() as session:
        await scans.ask(session, "later", "/media/films/A")
        await session.execute(update(ScanRow).values(due_at=clock.now() + timedelta(hours=1)))
        await scans.ask(session, "now", "/media/films/B")

    async def one_is_left() -> bool:
        return await db.read(open_scans) == 1

    await until(one_is_left)
    assert plex.server.scans == [Scan("1", "/storage/movies/B")]


async def test_after_a_week_nobody_tries_any_more(running: Titles, plex: Plex, db: Database, until: Until) -> None:
    await running.refresh()
    plex.server.trouble("/library/sections/1/refresh", fail=503)
    async with db.transaction() as session:
        await scans.ask(session, "old", "/media/films/A")
        await session.execute(update(ScanRow).values(asked_at=clock.now() - timedelta(days=8)))
    await until(done(db))
    assert plex.server.scans == []


async def test_what_arrived_after_the_server_was_asked_is_asked_for_anew(titles: Titles, db: Database) -> None:
    await ask(db, "before", "/media/films/A")
    began = clock.now()
    await ask(db, "after", "/media/films/A")
    await titles.scans._done("/media/films/A", began)
    assert await db.read(open_scans) == 1


async def test_what_somebody_else_has_taken_is_left_to_them(titles: Titles, plex: Plex, db: Database) -> None:
    await titles.refresh()
    await ask(db, "entry-1", "/media/films/A")
    row = await db.read(scans._next)
    async with db.transaction() as session:
        await session.execute(update(ScanRow).values(lease_owner="somebody else"))
    await titles.scans._work(row)
    assert plex.server.scans == []
    assert await db.read(open_scans) == 1
