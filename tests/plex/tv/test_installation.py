"""The portal's own place at Plex: who it is there, and which server is the household's."""

from pathlib import Path

import pytest

from medianest.core.config import PlexSettings
from medianest.core.db import Database
from medianest.plex.errors import ServerNotFound
from medianest.plex.installation import Installation
from tests.fakes.plex import OWNER, Plex


@pytest.fixture
def named(db: Database, plex: Plex, settings: PlexSettings, key_file: Path) -> Installation:
    """TOML names the server and its owner's token."""
    token = plex.tv.token_of(OWNER)
    update = {"server_url": plex.server.base, "token": token}
    return Installation(db, PlexSettings.model_validate(settings.model_dump() | update), key_file)


async def test_the_client_identifier_is_made_once_and_kept(db: Database, installation: Installation) -> None:
    made = await installation.client_id()
    assert len(made) == 16
    assert await Installation(db, installation.settings, Path("nowhere")).client_id() == made


async def test_without_a_server_there_is_no_connection(installation: Installation) -> None:
    assert await installation.current_server() is None
    assert await installation.machine_id() is None


async def test_a_server_in_toml_is_asked_who_it_is_once(plex: Plex, named: Installation) -> None:
    server = await named.current_server()
    assert server is not None
    assert (server.machine_id, server.url, server.name) == (plex.server.machine, plex.server.base, plex.server.name)
    assert server.token == named.settings.token.get_secret_value()
    asked = len(plex.server.asked("/identity"))
    assert await named.current_server() == server
    assert await named.machine_id() == plex.server.machine
    assert len(plex.server.asked("/identity")) == asked


async def test_a_server_in_toml_that_is_away_is_not_taken_for_none(plex: Plex, named: Installation) -> None:
    plex.server.away()
    with pytest.raises(ServerNotFound):
        await named.current_server()
    plex.server.back()
    assert await named.machine_id() == plex.server.machine


async def test_the_token_is_not_in_what_is_said_of_a_connection(named: Installation) -> None:
    server = await named.current_server()
    assert server is not None
    assert server.token not in repr(server)


async def test_who_switched_plex_off_has_no_server(db: Database, named: Installation, key_file: Path) -> None:
    assert await named.current_server() is not None
    off = named.settings.model_copy(update={"enabled": False})
    assert await Installation(db, off, key_file).current_server() is None
