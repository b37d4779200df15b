"""The token by which Uptime Kuma knows the portal: sealed, and bound to its address and to who the portal is there."""

from functools import cached_property
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from medianest.core.db import Database
from medianest.core.security import Sealer, derive, load_or_create_key
from medianest.status.models import TokenRow

_PURPOSE = "uptime kuma"
_ID = 1


class Tokens:
    """One token, of one account at one address: another server is never shown it."""

    def __init__(self, db: Database, key_file: Path, *, url: str, username: str) -> None:
        self._db = db
        self._key_file = key_file
        self._place = f"{username} at {url}"

    async def load(self) -> str:
        """Nothing where none was kept for this place, or its seal is broken."""
        sealed = await self._db.read(lambda session: session.scalar(select(TokenRow.token)))
        try:
            return self._sealer.open(sealed, context=self._place).decode() if sealed else ""
        except ValueError:
            return ""

    async def keep(self, token: str) -> None:
        sealed = self._sealer.seal(token.encode(), context=self._place)
        row = insert(TokenRow).values(id=_ID, token=sealed)
        async with self._db.transaction() as session:
            await session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"token": sealed}))

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(derive(load_or_create_key(self._key_file), _PURPOSE))
