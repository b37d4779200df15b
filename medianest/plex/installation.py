"""The portal's own place at Plex: the identifier it is known by, the chosen server, and its owner's tokens, sealed."""

from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from medianest.core import clock
from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.core.i18n import msg
from medianest.core.security import Sealer, derive, load_or_create_key, new_id
from medianest.plex.errors import ServerNotFound
from medianest.plex.models import InstallationRow
from medianest.plex.reach.looking import look
from medianest.plex.reach.types import Found
from medianest.plex.sealing import Sealing
from medianest.plex.tv.types import Account, Server
from medianest.plex.types import Connected, ServerConnection

TABLE = InstallationRow.__tablename__
_ID = 1
_PURPOSE = "plex"
_OWNER, _SERVER = "owner", "server"
_NO_SERVER = ("machine_id", "server_name", "url", "known_url", "server_token", "connected_at", "checked_at")
_NO_OWNER = ("owner_id", "owner_name", "token", "refused_at")


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
        return await self._connection(await self._url())

    async def known_server(self) -> ServerConnection | None:
        """The same without asking anybody. Raises ServerNotFound also where nobody asked at TOML's address yet."""
        return await self._connection(self._known_url(await self._db.read(_row)))

    async def machine_id(self) -> str | None:
        """Whose guests may come in: the identifier of the server; None where there is none. Raises ServerNotFound."""
        url = await self._url()
        row = await self._db.read(_row)
        return row.machine_id if url is not None and row is not None else None

    async def owner_token(self) -> str:
        """The token of the server's owner at plex.tv; empty where there is none."""
        if named := self.settings.token.get_secret_value():
            return named
        row = await self._db.read(_row)
        return self.sealing.open(row.token, place=_OWNER) if row else ""

    async def state(self) -> Connected:
        """What is known without asking anybody."""
        row = await self._db.read(_row)
        named = self.settings.server_url
        return Connected(
            url=named or (row.url if row else None),
            is_in_toml=named is not None,
            token_is_in_toml=bool(self.settings.token.get_secret_value()),
            server_name=(row.server_name or "") if row else "",
            machine_id=row.machine_id if row else None,
            owner_name=(row.owner_name or "") if row else "",
            has_token=bool(row and row.token) or bool(self.settings.token.get_secret_value()),
            connected_at=row.connected_at if row else None,
            checked_at=row.checked_at if row else None,
            refused_at=row.refused_at if row else None,
        )

    async def choose(self, session: AsyncSession, server: Server, url: str) -> None:
        """This is the household's server from now on, at this address."""
        await _made(session)
        values = {"machine_id": server.machine_id, "server_name": server.name, "url": url, "connected_at": clock.now()}
        await session.execute(update(InstallationRow).values(**values))

    async def take_tokens(self, session: AsyncSession, owner: Account, token: str, server: Server) -> None:
        """Ask in this owner's name from now on; nothing else changes."""
        await _made(session)
        values = {
            "owner_id": owner.id,
            "owner_name": owner.name,
            "token": self.sealing.seal(token, place=_OWNER),
            "server_token": self._sealed(server),
            "refused_at": None,
        }
        await session.execute(update(InstallationRow).values(**values))

    async def note_check(self, server: Server | None) -> None:
        """The owner's token is good; the server may have given it another token for itself."""
        values: dict[str, Any] = {"checked_at": clock.now(), "refused_at": None}
        if server is not None and server.token:
            values["server_token"] = self._sealed(server)
        async with self._db.transaction() as session:
            await session.execute(update(InstallationRow).values(**values))

    async def note_refusal(self) -> bool:
        """Plex does not take the owner's token any more; whether that is news."""
        now_refused = update(InstallationRow).where(InstallationRow.refused_at.is_(None))
        async with self._db.transaction() as session:
            changed = await session.execute(now_refused.values(refused_at=clock.now()))
            return bool(changed.rowcount == 1)  # type: ignore[attr-defined]  # a DML result has it

    async def forget(self, session: AsyncSession) -> None:
        """No server, no owner; the client identifier stays, by which Plex knows this portal."""
        await session.execute(update(InstallationRow).values(**dict.fromkeys((*_NO_SERVER, *_NO_OWNER))))

    def _sealed(self, server: Server) -> bytes | None:
        return self.sealing.seal(server.token, place=_SERVER) if server.token else None

    async def _connection(self, url: str | None) -> ServerConnection | None:
        row = await self._db.read(_row)
        if url is None or row is None or not row.machine_id:
            return None
        token = self.settings.token.get_secret_value() or self.sealing.open(row.server_token, place=_SERVER)
        if not token:
            return None
        name = row.server_name or urlsplit(url).hostname or ""
        return ServerConnection(machine_id=row.machine_id, url=url, token=token, name=name)

    async def _url(self) -> str | None:
        """Where the server is; that of TOML once it is known which server that is."""
        row = await self._db.read(_row)
        named = self.settings.server_url if self.settings.enabled else None
        if named is not None and (row is None or row.known_url != named):
            await self._recognise(named)
            return named
        return self._known_url(row)

    def _known_url(self, row: Any) -> str | None:
        if not self.settings.enabled:
            return None
        if (named := self.settings.server_url) is None:
            return row.url if row else None
        if row is None or row.known_url != named:
            raise ServerNotFound(msg("plex_sign_in.no_server_there"))
        return named

    async def _recognise(self, url: str) -> None:
        """Ask the server at the address that TOML names who it is; a token of another server is forgotten."""
        token = self.settings.token.get_secret_value()
        client_id = await self.client_id()
        found = await look(url, client_id=client_id)
        if found.found is not Found.HERE:
            raise ServerNotFound(msg("plex_sign_in.no_server_there"), facts={"found": found.found})
        named = await look(url, client_id=client_id, token=token, expected=found.machine_id) if token else found
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
