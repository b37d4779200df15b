"""What each person is in the midst of: asked with their own token, and with nobody else's."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.errors import Unavailable
from medianest.plex.titles.connection import Connection
from medianest.plex.titles.errors import ServerRefuses
from medianest.plex.titles.types import Begun
from medianest.plex.titles.viewers import Viewers

MOST = 20
_FRESH_S = 30.0
_PEOPLE_MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """What somebody goes on with, as it was at a time; `is_linked` is whether the server knows who they are."""

    begun: Sequence[Begun] = ()
    as_of: datetime | None = None
    is_linked: bool = True
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until_s: float
    told: Continued


class Continuing:
    """Keeps each answer for half a minute, and shows the last one while the server is away."""

    def __init__(self, connection: Connection, viewers: Viewers) -> None:
        self._connection = connection
        self._viewers = viewers
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def of(self, actor: Actor) -> Continued:
        """Raises Unavailable where the server is away and nothing is known."""
        token = await self._viewers.token(actor)
        if token is None or actor.id is None:
            return Continued(is_linked=False)
        kept = self._kept.get(actor.id)
        if kept and kept.token == token and clock.monotonic() < kept.until_s:
            return kept.told
        try:
            told = await self._ask(token)
        except ServerRefuses:
            self._kept.pop(actor.id, None)
            raise
        except Unavailable:
            if kept is None or kept.token != token:
                raise
            return replace(kept.told, is_away=True)
        self._keep(actor.id, _Kept(token, clock.monotonic() + _FRESH_S, told))
        return told

    async def known(self, actor: Actor) -> Continued | None:
        """What was told last, however old, without asking; None where nothing is known."""
        token = await self._viewers.token(actor)
        if token is None or actor.id is None:
            return Continued(is_linked=False)
        kept = self._kept.get(actor.id)
        return kept.told if kept and kept.token == token else None

    def forget(self) -> None:
        """Somebody watches: ask anew at the next time."""
        for id, kept in self._kept.items():
            self._kept[id] = replace(kept, until_s=0.0)

    async def _ask(self, token: str) -> Continued:
        _, asking = await self._connection.asking()
        return Continued(begun=await asking.begun(token, most=MOST), as_of=clock.now())

    def _keep(self, user_id: str, kept: _Kept) -> None:
        self._kept[user_id] = kept
        self._kept.move_to_end(user_id)
        while len(self._kept) > _PEOPLE_MOST:
            self._kept.popitem(last=False)
