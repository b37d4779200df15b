"""The portal's own place at Plex: the identifier it is known by, the chosen server, and its owner's tokens, sealed."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.core.security import Sealer, derive, load_or_create_key, new_id
from medianest.plex.errors import ServerNotFound
from medianest.plex.models import InstallationRow
from medianest.plex.reach import client as reach
from medianest.plex.reach.types import Found
from medianest.plex.types import ServerConnection

_ID = 1
_PURPOSE = "plex"
_OWNER, _SERVER = "owner", "server"


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals tokens, each bound to its place, and opens them."""

    sealer: Sealer

    def seal(self, token: str, *, place: str) -> bytes:
        return self.sealer.seal(token.encode(), context=place)

    def open(self, sealed: bytes | None, *, place: str) -> str:
        """Nothing where nothing is kept."""
        return self.sealer.open(sealed, context=place).decode() if sealed else ""


class Installation:
    """What TOML sets stands over what an administrator chose."""

    def __init__(self, db: Database, settings: PlexSettings, key_file: Path) -> None:
        self.settings = settings
        self._db = db
        self._key_file = key_file

    @cached_property
    def sealing(self) -> Sealing:
        return Sealing(Sealer(derive(load_or_create_key(self._key_file), _PURPOSE)))

    async def client_id(self) -> str:
        """The identifier by which Plex knows this portal; made once."""
        if (row := await self._db.read(_row)) is not None:
            return str(row.client_id)
        async with self._db.transaction() as session:
            return str((await _made(session)).client_id)

    async def current_server(self) -> ServerConnection | None:
        """The household's server; None where none is connected.

        Raises ServerNotFound where TOML names an address at which no Plex server answered yet.
        """
        url = await self._url()
        row = await self._db.read(_row)
        if url is None or row is None or not row.machine_id:
            return None
        token = self.settings.token.get_secret_value() or self.sealing.open(row.server_token, place=_SERVER)
        if not token:
            return None
        name = row.server_name or urlsplit(url).hostname or ""
        return ServerConnection(machine_id=row.machine_id, url=url, token=token, name=name)

    async def machine_id(self) -> str | None:
        """Whose guests may come in: the identifier of the server; None where there is none. Raises ServerNotFound."""
        url = await self._url()
        row = await self._db.read(_row)
        return row.machine_id if url is not None and row is not None else None

    async def _url(self) -> str | None:
        """Where the server is; that of TOML once it is known which server that is."""
        if not self.settings.enabled:
            return None
        row = await self._db.read(_row)
        if (named := self.settings.server_url) is None:
            return row.url if row else None
        if row is None or row.known_url != named:
            await self._recognise(named)
        return named

    async def _recognise(self, url: str) -> None:
        """Ask the server at the address that TOML names who it is; a token of another server is forgotten."""
        token = self.settings.token.get_secret_value()
        client_id = await self.client_id()
        found = await reach.look(url, client_id=client_id)
        if found.found is not Found.HERE:
            raise ServerNotFound(msg("plex_sign_in.no_server_there"), facts={"found": found.found})
        named = await reach.look(url, client_id=client_id, token=token, expected=found.machine_id) if token else found
        async with self._db.transaction() as session:
            row = await _made(session)
            values: dict[str, Any] = {"known_url": url, "machine_id": found.machine_id}
            if row.machine_id != found.machine_id:
                values |= {"url": None, "server_token": None, "server_name": None}
            if named.name:
                values["server_name"] = named.name
            await session.execute(update(InstallationRow).values(**values))


async def _made(session: AsyncSession) -> Any:
    """The row, made where there is none."""
    new = insert(InstallationRow).values(id=_ID, client_id=new_id()).on_conflict_do_nothing()
    await session.execute(new)
    return await session.run_sync(_row)


def _row(session: Session) -> Any:
    return session.execute(select(*InstallationRow.__table__.c).where(InstallationRow.id == _ID)).first()
