"""From the secret that a request carries to the Actor behind it, without asking the database each time."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session as Reading

from medianest.accounts import actors, queries
from medianest.accounts.presence import Presence
from medianest.accounts.types import SessionRules
from medianest.core import clock
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.security import digest

TABLES = ("users", "sessions", "tokens")
_REMEMBERED_MOST = 2000
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    until: datetime


class Identities:
    """Remembers who a secret belongs to for as long as no row of the tables it stands on has changed.

    A revocation is a committed change, so that the very next request is refused.
    """

    def __init__(self, db: Database, rules: SessionRules, presence: Presence) -> None:
        self._db = db
        self._rules = rules
        self._presence = presence
        self._version = db.versions.of(*TABLES)
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def of_session(self, secret: str, address: str | None) -> Actor | None:
        """Who is signed in with this cookie; None for a stranger's, an ended or an outlived one."""
        actor = await self._resolve("session " + digest(secret), self._session)
        if actor and actor.session_id:
            self._presence.session_used(actor.session_id, address)
        return actor

    async def of_token(self, secret: str) -> Actor | None:
        """Whose token this is; None for an unknown or revoked one."""
        actor = await self._resolve("token " + digest(secret), self._token)
        if actor and actor.token_id:
            self._presence.token_used(actor.token_id)
        return actor

    async def still(self, actor: Actor) -> bool:
        """Whether what this actor proved themselves with still stands, and they may what they might."""
        now = await self._db.read(self._anew, actor)
        return now is not None and (now.role, now.permissions) == (actor.role, actor.permissions)

    async def _resolve(self, key: str, find: Callable[[Reading, str], _Known | None]) -> Actor | None:
        version = self._db.versions.of(*TABLES)
        if version != self._version:
            self._version = version
            self._known.clear()
        known = self._known.get(key)
        if known is None:
            known = await self._db.read(find, key.partition(" ")[2])
            if known is None:
                return None
            self._remember(key, known, version)
        return known.actor if known.until > clock.now() else None

    def _remember(self, key: str, known: _Known, version: tuple[int, ...]) -> None:
        if version == self._version == self._db.versions.of(*TABLES):
            self._known[key] = known
            if len(self._known) > _REMEMBERED_MOST:
                self._known.popitem(last=False)

    def _session(self, session: Reading, secret_digest: str) -> _Known | None:
        now = clock.now()
        living = queries.session_of_digest(session, secret_digest, self._rules.alive_at(now))
        if living is None:
            return None
        until = min(living.session.expires_at, now + self._rules.idle)
        return _Known(actors.of_session(living), until)

    def _token(self, session: Reading, secret_digest: str) -> _Known | None:
        living = queries.token_of_digest(session, secret_digest)
        return _Known(actors.of_token(living), _NEVER) if living else None

    def _anew(self, session: Reading, actor: Actor) -> Actor | None:
        if actor.session_id:
            living = queries.session_of_id(session, actor.session_id, self._rules.alive_at(clock.now()))
            return actors.of_session(living) if living else None
        bearer = queries.token_of_id(session, actor.token_id or "")
        return actors.of_token(bearer) if bearer else None
