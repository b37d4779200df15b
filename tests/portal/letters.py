"""Dead letters, and a message that was given up, in an installation that does not run."""

from pathlib import Path

from sqlalchemy import insert

from medianest.accounts.models import UserRow
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM
from medianest.core.db import Database
from medianest.core.event import ADMINS
from medianest.core.journal_tables import DeadLetterRow
from medianest.notifications.models import ChannelRow, DeliveryRow
from medianest.notifications.types import ChannelKind, DeliveryState, Notice, Whom
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


def give_up(data_dir: Path) -> None:
    """A message to the webhook of somebody who left; nothing is sent there any more."""

    async def record(db: Database) -> None:
        now = clock.now()
        names = {"name": "former-x", "name_key": "former-x", "display_name": "former-x"}
        who = {"id": "former", "role": "guest", "epoch": 0, "created_at": now, "removed_at": now, **names}
        channel = {"id": "hook", "user_id": "former", "kind": ChannelKind.WEBHOOK, "label": "Lamp", "language": "en"}
        bare = {"sealed": b"", "target_digest": "hook", "created_at": now, "confirmed_at": now, "answer": ""}
        sent = {"id": "sent", "channel_id": "hook", "notice": Notice.UPKEEP, "whom": Whom.CONCERNED, "bundle": 0}
        ended = {"state": DeliveryState.DEAD, "error": "503 Busy", "created_at": now, "finished_at": now}
        async with db.transaction() as session:
            event = ServerDisconnected(actor=SYSTEM, subject_id="", audience=ADMINS, name="Attic")
            entry_id = await journal.record(session, event)
            await session.execute(insert(UserRow).values(who))
            await session.execute(insert(ChannelRow).values(channel | bare))
            await session.execute(insert(DeliveryRow).values(sent | ended | {"entry_id": entry_id, "attempts": 12}))

    at_rest.change(data_dir, record)
