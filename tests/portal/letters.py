"""Dead letters, in an installation that does not run."""

from pathlib import Path

from sqlalchemy import insert

from medianest.core import clock, journal
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.journal_tables import DeadLetterRow
from medianest.plex.events import ServerDisconnected
from tests.portal import at_rest

GONE = "a listener of an earlier release"


def park(data_dir: Path, number: int) -> None:
    """So many entries that one listener could not take for one cause; nobody takes them now either."""

    async def record(db: Database) -> None:
        event = ServerDisconnected(actor=SYSTEM, subject_id="", audience=ADMINS, name="Attic")
        for _ in range(number):
            async with db.transaction() as session:
                entry_id = await journal.record(session, event)
                letter = {"listener": GONE, "entry_id": entry_id, "error": "ValueError('x')", "at": clock.now()}
                await session.execute(insert(DeadLetterRow).values(letter))

    at_rest.change(data_dir, record)
