"""The front door: signing in and out, sessions and tokens; what else there is has files of its own."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, names, queries, sessions, tokens, users
from medianest.accounts.devices import Devices
from medianest.accounts.errors import NoSuchSession, NoSuchUser, SetupClosed, Suspended, WrongPassword
from medianest.accounts.identities import Identities
from medianest.accounts.invitations import Invitations
from medianest.accounts.passwords import Passwords, check_rules
from medianest.accounts.people import People
from medianest.accounts.plans import Plans
from medianest.accounts.presence import Presence
from medianest.accounts.queries import Credentials
from medianest.accounts.rights import require_admin, require_person
from medianest.accounts.setup import SetupLink
from medianest.accounts.throttle import Throttle
from medianest.accounts.types import (
    Alive,
    Client,
    NewUser,
    Opened,
    Scope,
    Session,
    SessionRules,
    Token,
    User,
)
from medianest.core import clock, journal, journal_pages
from medianest.core.actor import NOBODY, SYSTEM, Actor, Role
from medianest.core.buckets import network_of
from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.core.journal_pages import Sought

_PAST_SIGN_INS = 50


class Accounts:
    """What the faces and the commands ask of accounts."""

    def __init__(self, db: Database, rules: SessionRules, *, passwords: Passwords | None = None) -> None:
        self._db = db
        self._rules = rules
        self._passwords = passwords or Passwords()
        self._throttle = Throttle()
        self._setup = SetupLink()
        self.presence = Presence(db)
        self.identities = Identities(db, rules, self.presence)
        self.people = People(db, self._passwords)
        self.invitations = Invitations(db, rules, self._passwords)
        self.devices = Devices(db, rules, self._passwords)
        self.plans = Plans(db)

    async def new_setup_secret(self) -> str | None:
        """The secret of a fresh setup link; None where there is an administrator already."""
        return None if await self._db.read(queries.has_admin) else self._setup.make()

    async def is_set_up(self) -> bool:
        return await self._db.read(queries.has_admin)

    async def first_admin(self, secret: str, name: str, password: str, client: Client) -> Opened:
        """Make the first administrator and sign them in. Raises SetupClosed, Invalid."""
        self._setup.check(secret)
        check_rules(password, name=name)
        password_hash = await self._passwords.hash(password)
        actor = SYSTEM.on(address=client.address, request_id=client.request_id)
        async with self._db.transaction() as session:
            if await session.run_sync(queries.has_admin):
                raise SetupClosed(msg("accounts.setup_closed"))
            user = await users.create(session, actor, NewUser(name=name, role=Role.ADMIN), password_hash=password_hash)
            opened = await sessions.open(session, user, client, rules=self._rules)
        self._setup.close()
        return opened

    async def sign_in(self, name: str, password: str, client: Client, *, replaces: str | None = None) -> Opened:
        """Open a session for who knows the password; `replaces` is the id of the browser's session until now.

        Raises WrongPassword, Suspended, and TooMany after too many wrong tries.
        """
        found = await self._prove(name, password, client)
        if found.user.suspended_at:
            raise Suspended(msg("accounts.suspended"))
        rehashed = (
            await self._passwords.hash(password) if self._passwords.is_outdated(found.password_hash or "") else None
        )
        async with self._db.transaction() as session:
            await _check_unchanged(session, found)
            if rehashed:
                await users.refresh_hash(session, found.user, rehashed)
            return await sessions.open(session, found.user, client, rules=self._rules, replaces=replaces)

    async def sign_in_again(self, actor: Actor, password: str, client: Client) -> Opened:
        """Prove oneself anew, for what needs a fresh sign-in. Raises WrongPassword, TooMany."""
        me = await self.me(actor)
        return await self.sign_in(me.name, password, client, replaces=actor.session_id)

    async def sign_out(self, actor: Actor) -> None:
        """End the session in which `actor` asks."""
        if actor.session_id:
            await self.end_session(actor, actor.session_id)

    async def end_session(self, actor: Actor, id: str) -> None:
        """Sign a device out: one's own, or as an administrator anybody's. Raises NoSuchSession, Forbidden."""
        require_person(actor)
        async with self._db.transaction() as session:
            ended = await session.run_sync(queries.session_of_id, id, self._alive())
            if ended is None or (ended.user.id != actor.id and not actor.is_admin):
                raise NoSuchSession(msg("accounts.no_such_session"))
            await sessions.end(session, actor, ended.session)

    async def list_sessions(self, actor: Actor, user_id: str | None = None) -> Sequence[Session]:
        """Where somebody is signed in: oneself, or for an administrator anybody. Raises NoSuchUser."""
        wanted = user_id or actor.id or ""
        if wanted != actor.id and not actor.is_admin:
            raise NoSuchUser(msg("accounts.no_such_user"))
        return await self._db.read(queries.sessions, wanted, self._alive())

    async def me(self, actor: Actor) -> User:
        """The person behind an actor. Raises NoSuchUser."""
        user = await self._db.read(queries.user, actor.id or "")
        if user is None:
            raise NoSuchUser(msg("accounts.no_such_user"))
        return user

    async def create_admin(self, actor: Actor, name: str, password: str) -> User:
        """Make an administrator from the command line; an open setup link is closed by it."""
        user = await self.people.create(actor, NewUser(name=name, role=Role.ADMIN, password=password))
        self._setup.close()
        return user

    async def change_password(self, actor: Actor, current: str, new: str, client: Client) -> Opened:
        """Replace one's own password; every session ends, and a new one opens here. Raises WrongPassword, Invalid."""
        me = await self.me(actor)
        check_rules(new, name=me.name)
        found = await self._prove(me.name, current, client)
        password_hash = await self._passwords.hash(new)
        async with self._db.transaction() as session:
            await _check_unchanged(session, found)
            await users.set_password(session, actor, me, password_hash)
            return await sessions.open(session, me, client, rules=self._rules)

    async def create_token(
        self, actor: Actor, label: str, scopes: frozenset[Scope], *, owner: str | None = None
    ) -> tuple[Token, str]:
        """Make an API token, for oneself or as an administrator for the person named `owner`.

        Returns it with its secret, which is shown once.
        Raises Forbidden, NoSuchUser, ScopeNotOwned, TooManyTokens, Invalid.
        """
        require_person(actor)
        user = await self._owner(actor, owner) if owner is not None else await self.me(actor)
        async with self._db.transaction() as session:
            return await tokens.create(session, actor, user, label=label, scopes=scopes)

    async def list_tokens(self, actor: Actor, *, everyone: bool = False) -> Sequence[Token]:
        """One's own tokens, or everybody's for an administrator. Raises Forbidden."""
        if everyone:
            require_admin(actor)
        return await self._db.read(queries.tokens, user_id=None if everyone else actor.id or "nobody")

    async def revoke_token(self, actor: Actor, id: str) -> None:
        """End a token. Raises NoSuchToken, Forbidden."""
        require_person(actor)
        async with self._db.transaction() as session:
            await tokens.revoke(session, actor, id)

    async def _owner(self, actor: Actor, name: str) -> User:
        require_admin(actor)
        found = await self._db.read(queries.credentials, names.name_key(name))
        if found is None:
            raise NoSuchUser(msg("accounts.no_such_user"))
        return found.user

    async def _prove(self, name: str, password: str, client: Client) -> Credentials:
        """Who it is that knows this password; takes as long where nobody is called so."""
        key = names.name_key(name)
        found = await self._db.read(queries.credentials, key)
        await self._throttle.admit(key, client.address, is_known=partial(self._signed_in_from, found))
        password_hash = found.password_hash if found else None
        if not await self._passwords.matches(password_hash, password) or found is None:
            await self._note_failure(found, client)
            raise WrongPassword(msg("accounts.wrong_password"))
        self._throttle.succeeded(key, client.address)
        return found

    async def _signed_in_from(self, found: Credentials | None, network: str) -> bool:
        """Whether the person has signed in from this network before."""
        if found is None:
            return False
        theirs = Sought(kinds=events.SIGN_INS, actor_id=found.user.id)
        past = await self._db.read(journal_pages.page, theirs, limit=_PAST_SIGN_INS)
        return any(network_of(entry.address) == network for entry in past.items)

    async def _note_failure(self, found: Credentials | None, client: Client) -> None:
        user_id = found.user.id if found else None
        async with self._db.transaction() as session:
            await journal.record(
                session,
                events.SignInFailed(
                    actor=NOBODY.on(address=client.address, request_id=client.request_id),
                    subject_id=user_id or "",
                    audience=events.about(user_id),
                    user_agent=client.user_agent[:200],
                ),
            )

    def _alive(self) -> Alive:
        return self._rules.alive_at(clock.now())


async def _check_unchanged(session: AsyncSession, found: Credentials) -> None:
    """The password was looked at outside the transaction: it must still be the one."""
    if await session.run_sync(queries.credentials, names.name_key(found.user.name)) != found:
        raise WrongPassword(msg("accounts.wrong_password"))
