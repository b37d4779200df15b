"""Who may come in: the owner of the household's server, and those with whom it is shared; asked of plex.tv."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medianest.core.i18n import msg
from medianest.plex.errors import NoAccess, NotConnected, TokenRefused
from medianest.plex.installation import Installation
from medianest.plex.tv.types import Account, Member, Server
from medianest.plex.types import Guest

if TYPE_CHECKING:
    from medianest.plex.tv.client import Tv


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Everybody who may come in at this moment, by the owner's own list."""

    machine_id: str
    owner: Account
    members: tuple[Member, ...]

    @property
    def ids(self) -> Set[int]:
        return {self.owner.id, *(member.account.id for member in self.members)}


class Membership:
    """By the server's machine identifier, and by the numbers of accounts; never by a name or an address for mail."""

    def __init__(self, installation: Installation, tv: "Callable[[], Tv]") -> None:
        self._installation = installation
        self._tv = tv

    async def guest(self, token: str) -> Guest:
        """Who holds this token, if they may come in. Raises NoAccess, NotConnected, ServerNotFound and as Tv does."""
        machine_id = await self._installation.machine_id()
        if machine_id is None:
            raise NotConnected(msg("plex_sign_in.not_connected"))
        account = await self._tv().account(token)
        server = await self.server_of(token, machine_id)
        if server is None:
            raise NoAccess(msg("plex_sign_in.no_access"), facts={"plex_id": account.id, "name": account.name})
        return Guest(account=account, token=token, server_token=server.token)

    async def server_of(self, token: str, machine_id: str) -> Server | None:
        """The household's server as the holder of this token may use it; None where it is not shared with them."""
        servers = await self._tv().servers(token)
        return next((server for server in servers if server.machine_id == machine_id), None)

    async def circle(self) -> Circle | None:
        """Everybody who may come in, as the owner's token tells; None where there is none that plex.tv takes."""
        machine_id, token = await self._installation.machine_id(), await self._installation.owner_token()
        if machine_id is None or not token:
            return None
        try:
            owner = await self._tv().account(token)
            known = await self._tv().members(token)
        except TokenRefused:
            await self._installation.note_refusal()
            return None
        members = tuple(member for member in known if machine_id in member.machine_ids)
        return Circle(machine_id=machine_id, owner=owner, members=members)
