"""Who sees what of the server.

Administrators see all of it. Whoever has linked a Plex account sees the sections that its own token shows, whatever
the role. Without one, who sees the household (members, curators) sees all sections, for they share the living room with
the server; children and guests see nothing. And to children and guests a title is only shown when the server, asked
with their token, has it too: Plex restricts people by ratings and labels, of which the index knows nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.actor import Actor, Permission
from medianest.core.db import Database
from medianest.core.errors import Unavailable
from medianest.core.security import digest
from medianest.plex.titles.connection import Connection
from medianest.plex.titles.errors import ServerRefuses
from medianest.plex.titles.models import ViewerRow
from medianest.plex.titles.types import Item
from medianest.plex.titles.viewing import ALL, NOTHING, View

TokenOf = Callable[[str], Awaitable[str | None]]
"""The token that somebody, by our id, has for the server; None where there is no linked account."""

TABLE = ViewerRow.__tablename__
_FRESH = timedelta(hours=1)
_LASTING = timedelta(hours=24)
_KEYS_AT_ONCE = 50


class Viewers:
    """Remembers for an hour which sections somebody's token shows; while the server is away, for a day."""

    def __init__(self, db: Database, connection: Connection, token_of: TokenOf) -> None:
        self._db = db
        self._connection = connection
        self._token_of = token_of

    async def token(self, actor: Actor) -> str | None:
        return await self._token_of(actor.id) if actor.id else None

    async def view(self, actor: Actor) -> View:
        if actor.is_admin:
            return ALL
        token = await self.token(actor)
        sees_household = actor.may(Permission.SEE_HOUSEHOLD)
        if token is None or actor.id is None:
            return ALL if sees_household else NOTHING
        return View(sections=frozenset(await self._sections(actor.id, token)), asks=not sees_household)

    async def known_view(self, actor: Actor, *, lately: bool = False) -> View | None:
        """The same, or None where the server would have to be asked; with `lately`, what they saw today is enough."""
        token = None if actor.is_admin else await self.token(actor)
        if token is None or actor.id is None:
            return await self.view(actor)
        known = await self._db.read(_known, actor.id, digest(token))
        if known is None or not actor.may(Permission.SEE_HOUSEHOLD):
            return None
        is_good = clock.now() - known.asked_at < (_LASTING if lately else _FRESH)
        return View(sections=frozenset(known.sections["keys"])) if is_good else None

    async def shown(self, actor: Actor, view: View, items: Sequence[Item]) -> Sequence[Item]:
        """Those of these items that somebody may see. Raises Unavailable where only the server can tell."""
        token = await self.token(actor) if view.asks and items else None
        if token is None:
            return [] if view.asks else items
        _, asking = await self._connection.asking()
        visible: set[str] = set()
        for start in range(0, len(items), _KEYS_AT_ONCE):
            keys = [item.key for item in items[start : start + _KEYS_AT_ONCE]]
            visible |= {item.key for item in await asking.metadata(keys, token=token)}
        return [item for item in items if item.key in visible]

    async def _sections(self, user_id: str, token: str) -> Sequence[str]:
        known = await self._db.read(_known, user_id, digest(token))
        age = clock.now() - known.asked_at if known else timedelta.max
        if known and age < _FRESH:
            return list(known.sections["keys"])
        try:
            _, asking = await self._connection.asking()
            sections = [section.key for section in await asking.sections(token=token)]
        except ServerRefuses:
            sections = []
        except Unavailable:
            return list(known.sections["keys"]) if known and age < _LASTING else []
        await self._remember(user_id, token, sections)
        return sections

    async def _remember(self, user_id: str, token: str, sections: Sequence[str]) -> None:
        async with self._db.transaction() as session:
            await session.execute(delete(ViewerRow).where(ViewerRow.user_id == user_id))
            told = {"token": digest(token), "keys": list(sections)}
            values = {"user_id": user_id, "sections": told, "asked_at": clock.now()}
            await session.execute(insert(ViewerRow).values(values))


def _known(session: Session, user_id: str, token_digest: str) -> Any:
    """What is remembered of somebody, if it is of the account that they have now."""
    row = session.execute(select(*ViewerRow.__table__.c).where(ViewerRow.user_id == user_id)).first()
    return row if row and row.sections["token"] == token_digest else None
