"""When each person, session and token was last there: noted in memory, written down all together now and then."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from medianest.accounts.models import SessionRow, TokenRow, UserRow
from medianest.core import clock
from medianest.core.db import Database

WRITTEN_EVERY = timedelta(minutes=5)


class Presence:
    """Notes that cost a request nothing; a crash loses those of the last few minutes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._sessions: dict[str, tuple[datetime, str | None]] = {}
        self._tokens: dict[str, datetime] = {}

    def session_used(self, id: str, address: str | None) -> None:
        self._sessions[id] = (clock.now(), address)

    def token_used(self, id: str) -> None:
        self._tokens[id] = clock.now()

    async def run(self) -> None:
        """Write the notes down every few minutes, and once more at the end."""
        try:
            while True:
                await asyncio.sleep(WRITTEN_EVERY.total_seconds())
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Write down what was noted since the last time."""
        sessions, self._sessions = self._sessions, {}
        tokens, self._tokens = self._tokens, {}
        if not sessions and not tokens:
            return
        async with self._db.transaction() as session:
            connection = await session.connection()
            if sessions:
                await connection.execute(
                    update(SessionRow)
                    .where(SessionRow.id == bindparam("used_id"))
                    .values(last_seen_at=bindparam("used_at"), address=bindparam("used_from")),
                    [{"used_id": id, "used_at": at, "used_from": address} for id, (at, address) in sessions.items()],
                )
                person = select(SessionRow.user_id).where(SessionRow.id == bindparam("used_id")).scalar_subquery()
                await connection.execute(
                    update(UserRow).where(UserRow.id == person).values(last_seen_at=bindparam("used_at")),
                    [{"used_id": id, "used_at": at} for id, (at, _) in sorted(sessions.items(), key=lambda n: n[1][0])],
                )
            if tokens:
                await connection.execute(
                    update(TokenRow)
                    .where(TokenRow.id == bindparam("used_id"))
                    .values(last_used_at=bindparam("used_at")),
                    [{"used_id": id, "used_at": at} for id, at in tokens.items()],
                )
