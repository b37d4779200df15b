"""As whom somebody asks (architecture.md, section 8): their own account, the administrator's word, or the house's."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.media_requests import queries
from medianest.media_requests.errors import NoAccount

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

PlexIdOf = Callable[[str], Awaitable[int | None]]
_PAGES_MOST = 50


class Whom:
    """Remembers which account at the server belongs to which of Plex's numbers."""

    def __init__(self, db: Database, plex_id_of: PlexIdOf, household_user_id: Callable[[], int]) -> None:
        self._db = db
        self._plex_id_of = plex_id_of
        self._household = household_user_id
        self._known: dict[int, int] = {}
        self._known_by: Asking | None = None

    async def asks_as(self, asking: "Asking", user_id: str) -> int:
        """The number of an account there, which is never another person's by mistake. Raises NoAccount."""
        plex_id = await self._plex_id_of(user_id)
        if plex_id is not None and (own := await self._of_plex(asking, plex_id)):
            return own
        if mapped := await self._db.read(queries.mapped_person, user_id):
            return mapped
        if household := self._household():
            return household
        raise NoAccount(msg("requests.no_account"))

    def forget(self) -> None:
        """Look anew: accounts may have gone there."""
        self._known.clear()

    async def _of_plex(self, asking: "Asking", plex_id: int) -> int | None:
        """Matched by Plex's number alone, never by name or address; made there where it is missing."""
        if asking is not self._known_by:
            self._known, self._known_by = {}, asking
        if plex_id not in self._known:
            await self._look(asking)
        if plex_id not in self._known:
            made = await asking.bring_in(plex_id)
            self._known |= {one.plex_id: one.id for one in made if one.plex_id}
        return self._known.get(plex_id)

    async def _look(self, asking: "Asking") -> None:
        read = 0
        for _ in range(_PAGES_MOST):
            some, total = await asking.people(read)
            self._known |= {one.plex_id: one.id for one in some if one.plex_id}
            read += len(some)
            if not some or read >= total:
                return
