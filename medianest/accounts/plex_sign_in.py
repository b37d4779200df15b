"""Signing in with Plex, and linking one's own Plex account.

A Plex account proves a person only through a link that was made while signed in, or that its first sign-in made:
nobody is ever recognised by a name or an address for mail.
"""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, names, plex_events, plex_newcomers, queries, sessions
from medianest.accounts.errors import NoSuchUser, Suspended
from medianest.accounts.plex_types import Arrival, Connected, Entered, Linked, Waiting
from medianest.accounts.rights import require_admin, require_person
from medianest.accounts.types import Client, SessionRules, User
from medianest.core import journal
from medianest.core.actor import NOBODY, SYSTEM, Actor
from medianest.core.buckets import network_of
from medianest.core.db import Database
from medianest.core.errors import MediaNestError
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.plex import journeys
from medianest.plex import people as plex_people
from medianest.plex.errors import (
    AnothersAccount,
    NoAccess,
    NotConnected,
    NotOwned,
    OnlyWayIn,
    PinExpired,
    TokenRefused,
)
from medianest.plex.service import Plex
from medianest.plex.types import Begun, Guest, Identity, Journey, Purpose

_FINAL = (NoAccess, NotConnected, NotOwned, TokenRefused, Suspended, AnothersAccount)
Forward = Callable[[str], str]


class PlexSignIn:
    """The door that Plex opens."""

    def __init__(self, db: Database, rules: SessionRules, plex: Plex) -> None:
        self._db = db
        self._rules = rules
        self._plex = plex

    @property
    def is_on(self) -> bool:
        return self._plex.installation.settings.enabled

    async def is_open(self) -> bool:
        """Whether there is a server whose people may come in; nobody is asked."""
        return self.is_on and (await self._plex.installation.state()).url is not None

    @property
    def _new_people(self) -> str:
        return self._plex.installation.settings.new_people

    async def begin(self, client: Client, *, forward: Forward, return_path: str) -> Begun:
        """Lead somebody to Plex to sign in. Raises PlexOff, NotConnected, TooMany, as Tv does."""
        return await self._begin(Purpose.SIGN_IN, client, forward, return_path)

    async def begin_link(self, actor: Actor, client: Client, *, forward: Forward, return_path: str) -> Begun:
        """Lead somebody there who is signed in, to say which account is theirs."""
        require_person(actor)
        return await self._begin(Purpose.LINK, client, forward, return_path, user_id=actor.id)

    async def begin_connecting(self, actor: Actor, client: Client, *, forward: Forward, return_path: str) -> Begun:
        """Lead an administrator there, to connect the portal to the server."""
        require_admin(actor)
        return await self._begin(Purpose.CONNECT, client, forward, return_path, user_id=actor.id)

    async def _begin(
        self, purpose: Purpose, client: Client, forward: Forward, return_path: str, user_id: str | None = None
    ) -> Begun:
        if purpose is not Purpose.CONNECT and self.is_on and not await self.is_open():
            raise NotConnected(msg("plex_sign_in.not_connected"))
        return await self._plex.journeys.begin(
            purpose,
            forward=forward,
            return_path=return_path,
            network=network_of(client.address),
            user_id=user_id,
        )

    async def arrive(self, actor: Actor, id: str, secret: str | None, client: Client) -> Arrival:
        """Somebody came back from Plex, in the browser with this secret.

        Raises PinExpired, NoAccess, NotConnected, ServerNotFound, TokenRefused, Suspended, AnothersAccount, NotOwned:
        then it is over. Raises what asking plex.tv raises: then they may ask once more.
        """
        journey = await self._plex.journeys.find(id, secret, user_id=actor.id)
        try:
            token = await self._plex.journeys.token(journey)
            if token is None:
                return Waiting(journey=journey)
            if journey.purpose is Purpose.CONNECT:
                return Connected(journey=journey, done=await self._plex.connecting.arrive(actor, journey, token))
            guest = await self._plex.membership.guest(token)
            if journey.purpose is Purpose.LINK:
                return await self._link(actor, journey, guest)
            return await self._enter(actor, journey, guest, client)
        except PinExpired:
            raise
        except MediaNestError as error:
            await self._turn_away(journey, client, error)
            raise

    async def look(self, actor: Actor, id: str, secret: str | None) -> Journey:
        """A journey that was begun in this browser. Raises PinExpired."""
        return await self._plex.journeys.find(id, secret, user_id=actor.id)

    async def adopt(self, actor: Actor, guest: Guest) -> None:
        """The administrator who connected the server says that its account is their own. Raises AnothersAccount."""
        require_admin(actor)
        async with self._db.transaction() as session:
            await self._make_link(session, actor, guest)

    async def identity(self, user_id: str) -> Identity | None:
        """Somebody's Plex account, if they linked one."""
        return await self._db.read(plex_people.identity, user_id)

    async def unlink(self, actor: Actor) -> None:
        """Give one's own Plex account back. Raises OnlyWayIn for who has no password."""
        require_person(actor)
        async with self._db.transaction() as session:
            user = await session.run_sync(queries.user, actor.id or "")
            if user is None:
                raise NoSuchUser(msg("accounts.no_such_user"))
            known = await session.run_sync(queries.credentials, names.name_key(user.name))
            if known is None or known.password_hash is None:
                raise OnlyWayIn(msg("plex_sign_in.only_way_in"))
            if had := await plex_people.unlink(session, user.id):
                event = plex_events.PlexUnlinked(
                    actor=actor, subject_id=user.id, audience=events.about(user.id), name=had.name
                )
                await journal.record(session, event)

    async def _link(self, actor: Actor, journey: Journey, guest: Guest) -> Linked:
        async with self._db.transaction() as session:
            await journeys.redeem(session, journey.id)
            await self._make_link(session, actor, guest)
        return Linked(return_path=journey.return_path)

    async def _make_link(self, session: AsyncSession, actor: Actor, guest: Guest) -> None:
        id = actor.id or ""
        await plex_people.link(session, id, guest, self._plex.installation.sealing)
        about = events.about(id)
        event = plex_events.PlexLinked(actor=actor, subject_id=id, audience=about, name=guest.account.name)
        await journal.record(session, event)

    async def _enter(self, actor: Actor, journey: Journey, guest: Guest, client: Client) -> Entered:
        async with self._db.transaction() as session:
            await journeys.redeem(session, journey.id)
            user = await self._person(session, guest, client)
            await plex_people.link(session, user.id, guest, self._plex.installation.sealing)
            opened = await sessions.open(
                session, user, client, rules=self._rules, replaces=actor.session_id, event=events.SignedInWithPlex
            )
        return Entered(opened=opened, return_path=journey.return_path)

    async def _person(self, session: AsyncSession, guest: Guest, client: Client) -> User:
        """Whose account this is; at the first sign-in somebody new. Raises NoAccess, Suspended."""
        known = await session.run_sync(plex_people.user_of, guest.account.id)
        user = await session.run_sync(queries.user, known) if known else None
        if user is None:
            if self._new_people == "nobody":
                raise NoAccess(msg("plex_sign_in.not_known"), facts={"name": guest.account.name})
            actor = SYSTEM.on(address=client.address, request_id=client.request_id)
            return await plex_newcomers.create(session, actor, guest.account, self._new_people)
        if user.suspended_at:
            raise Suspended(msg("accounts.suspended"), facts={"name": guest.account.name})
        return user

    async def _turn_away(self, journey: Journey, client: Client, error: MediaNestError) -> None:
        """Write down who did not come in and why; what will be no better by asking again is over."""
        if isinstance(error, _FINAL):
            await self._plex.journeys.end(journey.id)
        elif journey.asked != 1:
            return  # plex.tv is away, which was told the first time
        event = plex_events.PlexRefused(
            actor=NOBODY.on(address=client.address, request_id=client.request_id),
            subject_id=journey.user_id or "",
            audience=ADMINS,
            user_agent=client.user_agent[:200],
            name=str(error.facts.get("name", "")),
            reason=error.message.id,
            values=dict(error.message.values),
        )
        async with self._db.transaction() as session:
            await journal.record(session, event)
