"""As whom people ask at the server, what they may there, and how much is left of their allowance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from medianest.accounts import queries as accounts
from medianest.accounts.errors import NoSuchUser
from medianest.accounts.rights import require_admin
from medianest.accounts.types import User
from medianest.core import clock, journal
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Forbidden, Invalid
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.media_requests import queries, rights
from medianest.media_requests.connection import Connection
from medianest.media_requests.events import PersonMapped
from medianest.media_requests.models import UpstreamPersonRow
from medianest.media_requests.permits import Permits
from medianest.media_requests.types import Allowances, UpstreamPerson
from medianest.media_requests.whom import Whom
from medianest.plex import people as plex_people

if TYPE_CHECKING:
    from medianest.media_requests.client import Asking

_PAGES_MOST = 50
_HOLDS_S = 60.0
_KEPT_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody of the household: with a Plex account of their own, or as this account of the server's, or as neither.

    `mapped_to` is what an administrator said; who `is_linked` asks as themselves, whatever that is.
    """

    user: User
    is_linked: bool
    mapped_to: int | None


class People:
    """`whom` decides as whom somebody asks."""

    def __init__(self, db: Database, connection: Connection, whom: Whom) -> None:
        self._db = db
        self._connection = connection
        self._whom = whom
        self._permits: dict[str, tuple[float, Permits]] = {}

    async def askers(self, actor: Actor) -> Sequence[Asker]:
        """Everybody who may ask at all, by name. Raises Forbidden."""
        require_admin(actor)
        return await self._db.read(_askers)

    async def there(self, actor: Actor) -> Sequence[UpstreamPerson]:
        """The accounts at the server, by name. Raises Forbidden and Unavailable."""
        require_admin(actor)
        found = await _all_of(await self._connection.asking())
        return sorted(found, key=lambda person: person.name.casefold())

    async def map(self, actor: Actor, user_id: str, upstream_id: int | None) -> Asker:
        """Have somebody ask as this account of the server's, if they have none of their own; None takes that back.

        Raises Forbidden, NoSuchUser, Unavailable, and Invalid for an account that is not there.
        """
        require_admin(actor)
        if upstream_id is not None:
            there = await self.there(actor)
            if upstream_id not in {person.id for person in there}:
                raise Invalid(msg("requests.no_such_account"), code="no_such_account")
        async with self._db.transaction() as session:
            user = await session.run_sync(accounts.user, user_id)
            if user is None or not rights.may_ask(user.role):
                raise NoSuchUser(msg("accounts.no_such_user"))
            await session.execute(delete(UpstreamPersonRow).where(UpstreamPersonRow.user_id == user_id))
            if upstream_id is not None:
                await session.execute(insert(UpstreamPersonRow).values(user_id=user_id, upstream_id=upstream_id))
            told = PersonMapped(actor=actor, subject_id=user_id, audience=ADMINS, name=user.display_name)
            await journal.record(session, told)
            asker = next(one for one in await session.run_sync(_askers) if one.user.id == user_id)
        self._permits.pop(user_id, None)
        return asker

    async def allowances(self, actor: Actor, *, for_user: str | None = None) -> Allowances:
        """How much somebody may still ask for. Raises Forbidden, NoAccount and Unavailable."""
        asking, person = await self._as(actor, for_user)
        return await asking.allowances(person)

    async def permits(self, actor: Actor, *, for_user: str | None = None) -> Permits:
        """What the server lets somebody do; asked once a minute. Raises Forbidden, NoAccount and Unavailable."""
        kept = self._permits.get(for_user or actor.id or "")
        if kept and clock.monotonic() - kept[0] < _HOLDS_S and not for_user:
            return kept[1]
        asking, person = await self._as(actor, for_user)
        found = Permits(bits=(await asking.me(person=person)).permissions)
        if len(self._permits) >= _KEPT_MOST:
            self._permits.clear()
        self._permits[for_user or actor.id or ""] = (clock.monotonic(), found)
        return found

    async def _as(self, actor: Actor, for_user: str | None) -> "tuple[Asking, int]":
        me = rights.require_asker(actor)
        if for_user and for_user != me:
            user = await self._db.read(accounts.user, for_user)
            if user is None or user.suspended_at or not rights.asks_for(actor, user.role):
                raise Forbidden(msg("requests.not_for_them"))
        asking = await self._connection.asking()
        return asking, await self._whom.asks_as(asking, for_user or me)


async def _all_of(asking: "Asking") -> Sequence[UpstreamPerson]:
    found: list[UpstreamPerson] = []
    for _ in range(_PAGES_MOST):
        some, total = await asking.people(len(found))
        found += some
        if not some or len(found) >= total:
            break
    return found


def _askers(session: Session) -> Sequence[Asker]:
    linked = plex_people.identities(session)
    mapped = queries.mapped_people(session)
    return [
        Asker(user=user, is_linked=user.id in linked, mapped_to=mapped.get(user.id))
        for user in accounts.people(session)
        if rights.may_ask(user.role)
    ]
