"""A portal of many people who queued a thousand downloads over the years; nothing is begun while figures are taken."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select

from medianest.accounts.models import UserRow
from medianest.core import clock
from medianest.core.actor import Role
from medianest.core.config import PathsSettings
from medianest.core.db import Database
from medianest.core.security import new_id
from medianest.downloads.models import DownloadRow
from medianest.downloads.types import State
from tests.portal import Portal

KEPT = 1000
PAUSED = 50
PEOPLE = [f"person{n}" for n in range(20)]


@contextmanager
def folder_of_portal(**settings: Any) -> Iterator[Portal]:
    """The portal, not yet started, and gone in the end; `settings` are sections besides the usual ones."""
    far = clock.now().astimezone() + timedelta(hours=10)
    hours = {"downloads": {"window": f"{far:%H:%M}-{far + timedelta(hours=1):%H:%M}"}}
    with TemporaryDirectory() as folder:
        portal = Portal(Path(folder), people=dict.fromkeys(PEOPLE, Role.MEMBER), settings=hours | settings)
        try:
            yield portal
        finally:
            portal.close()


async def move_in(portal: Portal, *, kept: int = KEPT) -> None:
    """Start it with so many downloads, shared out evenly; `PAUSED` of them are paused, the rest has come in."""
    db = Database(PathsSettings(data_dir=portal.data_dir).database)
    await db.open()
    owners = await db.read(lambda session: session.scalars(select(UserRow.id)).all())
    rows = [_row(number, owners[number % len(owners)]) for number in range(kept)]
    async with db.transaction() as session:
        await session.execute(insert(DownloadRow), rows)
    await db.close()
    await asyncio.to_thread(portal.start)
    await asyncio.to_thread(portal.admin)


def cookie(portal: Portal, name: str) -> str:
    """What a browser sends in which this person has just signed in."""
    with portal.sign_in(name) as client:
        return "; ".join(f"{found.name}={found.value}" for found in client.cookies.jar)


def _row(number: int, owner_id: str) -> dict[str, Any]:
    blank = {column.name: None for column in DownloadRow.__table__.columns if column.nullable}
    then = clock.now() - timedelta(hours=10, minutes=number)
    link = f"https://tube.example/watch/{number}"
    what = {"url": link, "source": link, "site": "tube.example", "title": f"A walk through the old town, part {number}"}
    came_in = {"state": State.COMPLETED, "file_path": f"walk/{number}.mp4", "size_bytes": 10**8, "finished_at": then}
    how = {"state": State.PAUSED} if number < PAUSED else came_in
    said = {"preset": "720p", "position": number, "owner_id": owner_id, "duration_s": 600.0, "created_at": then}
    return blank | what | said | how | {"id": new_id()}
