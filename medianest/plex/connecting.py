"""Connecting the portal to the household's server: choosing it, another token for it, letting go of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from medianest.core import journal
from medianest.core.actor import Actor
from medianest.core.db import Database
from medianest.core.errors import Conflict, Forbidden, NotFound
from medianest.core.event import ADMINS
from medianest.core.i18n import msg
from medianest.plex import events, journeys
from medianest.plex.errors import NotConnected, NotOwned
from medianest.plex.installation import Installation
from medianest.plex.journeys import Journeys
from medianest.plex.reach.looking import look
from medianest.plex.reach.types import Found, Look
from medianest.plex.tv.types import Account, Address, Server
from medianest.plex.types import Journey

if TYPE_CHECKING:
    from medianest.plex.tv.client import Tv

_ADDRESSES_TRIED = 12
_AT_ONCE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An address of a server, and how a look at it went."""

    address: Address
    look: Look

    @property
    def is_open(self) -> bool:
        return self.look.found is Found.HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A server that can be chosen; `best` is the way that would be taken: a local one before others, a relay last."""

    server: Server
    ways: tuple[Way, ...]

    @property
    def best(self) -> Way | None:
        by_worth = sorted(self.ways, key=lambda way: (way.address.relay, not way.address.local))
        return next((way for way in by_worth if way.is_open), None)


class Connecting:
    """What administrators do; each verb raises Forbidden for everybody else."""

    def __init__(self, db: Database, installation: Installation, tv: "Callable[[], Tv]", journeys: Journeys) -> None:
        self._db = db
        self._installation = installation
        self._tv = tv
        self._journeys = journeys

    async def arrive(self, actor: Actor, journey: Journey, token: str) -> bool:
        """Somebody came back from Plex: True if that was all, False if a server has to be chosen now.

        Where a server is connected already, only its tokens are replaced. Raises NotOwned where the account does not
        own the server that the settings name, and as Tv does.
        """
        _only_admins(actor)
        machine_id = await self._installation.machine_id()
        owned = {server.machine_id: server for server in await self._tv().servers(token) if server.owned}
        server = owned.get(machine_id or "")
        if server is None:
            if machine_id is not None and self._installation.settings.server_url is not None:
                raise NotOwned(msg("plex_sign_in.not_owned"))
            await self._journeys.keep(journey, token)
            return False
        account = await self._tv().account(token)
        async with self._db.transaction() as session:
            await journeys.redeem(session, journey.id)
            await self._installation.take_tokens(session, account, token, server)
            await _tell(session, events.TokenRenewed, actor, server.name)
        return True

    async def offers(self, actor: Actor, journey: Journey) -> Sequence[Offer]:
        """The servers that the account owns, each address of them tried at this moment."""
        _only_admins(actor)
        if not journey.token:
            raise NotConnected(msg("plex_sign_in.expired"))
        servers = [server for server in await self._tv().servers(journey.token) if server.owned]
        return [Offer(server=server, ways=await self._ways(server)) for server in servers]

    async def choose(self, actor: Actor, journey: Journey, machine_id: str, url: str) -> tuple[Account, Server]:
        """Take this server, at one of the addresses that Plex told of it. Raises NotOwned, NotFound, and as Tv does."""
        _only_admins(actor)
        servers = {server.machine_id: server for server in await self._tv().servers(journey.token) if server.owned}
        server = servers.get(machine_id)
        if server is None:
            raise NotOwned(msg("plex_sign_in.not_owned"))
        if url not in {address.url for address in server.addresses}:
            raise NotFound(msg("plex_sign_in.no_such_address"))
        account = await self._tv().account(journey.token)
        async with self._db.transaction() as session:
            await journeys.redeem(session, journey.id)
            await self._installation.choose(session, server, url)
            await self._installation.take_tokens(session, account, journey.token, server)
            await _tell(session, events.ServerConnected, actor, server.name)
        return account, server

    async def test(self, actor: Actor) -> Look:
        """Look at the server now. Raises NotConnected, ServerNotFound."""
        _only_admins(actor)
        server = await self._installation.current_server()
        if server is None:
            raise NotConnected(msg("plex_sign_in.not_connected"))
        client_id = await self._installation.client_id()
        return await look(server.url, client_id=client_id, token=server.token, expected=server.machine_id)

    async def disconnect(self, actor: Actor) -> None:
        """Let go of the server and its owner's token; who came by Plex stays in, and is not asked for again."""
        _only_admins(actor)
        if self._installation.settings.server_url is not None:
            raise Conflict(msg("plex_sign_in.in_toml"))
        state = await self._installation.state()
        async with self._db.transaction() as session:
            await self._installation.forget(session)
            await _tell(session, events.ServerDisconnected, actor, state.server_name)

    async def _ways(self, server: Server) -> tuple[Way, ...]:
        client_id, places = await self._installation.client_id(), asyncio.Semaphore(_AT_ONCE)

        async def tried(address: Address) -> Way:
            async with places:
                found = await look(address.url, client_id=client_id, token=server.token, expected=server.machine_id)
            return Way(address=address, look=found)

        return tuple(await asyncio.gather(*map(tried, server.addresses[:_ADDRESSES_TRIED])))


async def _tell(session: AsyncSession, kind: type[events.PlexEvent], actor: Actor, name: str) -> None:
    await journal.record(session, kind(actor=actor, subject_id="", audience=ADMINS, name=name))


def _only_admins(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(msg("accounts.admins_only"))
