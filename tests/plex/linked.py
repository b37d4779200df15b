"""Which server is connected, and whose Plex account is whose: what the rest of the feature tells `Titles`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.plex.errors import ServerNotFound
from medianest.plex.titles.service import Surroundings, Titles
from medianest.plex.types import ServerConnection
from tests.fakes.plex import MediaServer, Person


@dataclass(kw_only=True)
class Linked:
    """`people` are Plex accounts by our ids; who is at the server's address may not be known yet (`is_recognised`)."""

    server: MediaServer | None = None
    is_recognised: bool = True
    people: dict[str, Person] = field(default_factory=dict)

    async def current_server(self) -> ServerConnection | None:
        server = self.server
        if server is None:
            return None
        return ServerConnection(
            machine_id=server.machine, url=server.base, token=server.token_for(server.owner), name=server.name
        )

    async def known_server(self) -> ServerConnection | None:
        if not self.is_recognised:
            raise ServerNotFound(msg("plex_sign_in.no_server_there"))
        return await self.current_server()

    async def token_of(self, user_id: str) -> str | None:
        person = self.people.get(user_id)
        return self.server.token_for(person) if person and self.server else None

    async def client_id(self) -> str:
        return "tests"

    def titles(self, db: Database, key_file: Path, on_change: Callable[[], None] = lambda: None) -> Titles:
        """The service over that server; what arrives in /media/films the server has in /storage/movies."""
        at = Surroundings(
            current_server=self.current_server,
            known_server=self.known_server,
            client_id=self.client_id,
            token_of=self.token_of,
            app_url="https://app.plex.tv",
            key_file=key_file,
        )
        mapped = {"/media/films": "/storage/movies"}
        return Titles(db, at, path_map=lambda: mapped, on_change=on_change, gather_s=0.01)
