"""The doctor on Plex: whether the household's server and plex.tv answer, and take the owner's token."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.config import PlexSettings, Settings
from medianest.core.db import Database
from medianest.core.errors import MediaNestError, Unavailable
from medianest.core.i18n import Message, msg
from medianest.core.security import new_id
from medianest.plex.errors import TokenRefused
from medianest.plex.reach.looking import look
from medianest.plex.reach.types import Found, Look
from medianest.plex.service import Plex


async def examine(plex: Plex) -> list[Fact]:
    """Nobody is asked where no server is connected."""
    if not await _is_wanted(plex):
        return [_none()]
    return list(await asyncio.gather(_server(plex), _tv(plex)))


async def examine_server(plex: Plex) -> Fact:
    """The household's server alone; nobody else is asked."""
    return await _server(plex) if await _is_wanted(plex) else _none()


async def by_database(settings: Settings) -> list[Fact]:
    """The same where no portal runs; whoever calls holds the lock of the data folder."""
    database = Database(settings.paths.database)
    plex = Plex(database, settings.plex, settings.paths.key_file)
    await database.open()
    try:
        return await examine(plex)
    finally:
        await plex.stop()
        await database.close()


async def by_settings(settings: PlexSettings) -> list[Fact]:
    """The same where there is no database yet: whether a Plex server is where the settings say."""
    url = settings.server_url
    if not settings.enabled or url is None:
        return [_none()]
    return [_judged(await look(url, client_id=new_id()), url, urlsplit(url).hostname or "")]


async def _is_wanted(plex: Plex) -> bool:
    state = await plex.installation.state()
    return plex.installation.settings.enabled and bool(state.url or state.has_token)


def _none() -> Fact:
    return _fact("plex_server", Verdict.FINE, msg("doctor.plex_none"))


async def _server(plex: Plex) -> Fact:
    try:
        server = await plex.installation.current_server()
    except Unavailable as error:
        return _fact("plex_server", Verdict.WRONG, error.message, msg("doctor.mend_plex_url"))
    if server is None:
        return _fact("plex_server", Verdict.WRONG, msg("doctor.plex_unfinished"), msg("doctor.mend_plex_link"))
    client_id = await plex.installation.client_id()
    seen = await look(server.url, client_id=client_id, token=server.token, expected=server.machine_id)
    return _judged(seen, server.url, server.name)


def _judged(seen: Look, url: str, name: str) -> Fact:
    data: dict[str, Any] = {"url": url, "found": seen.found, "version": seen.version}
    if seen.found is Found.HERE:
        return _fact("plex_server", Verdict.FINE, msg("doctor.plex_here", name=name, version=seen.version), **data)
    mend = msg("doctor.mend_plex_link" if seen.found is Found.REFUSED else "doctor.mend_plex_url")
    return _fact("plex_server", Verdict.WRONG, msg(f"plex_sign_in.found_{seen.found}"), mend, **data)


async def _tv(plex: Plex) -> Fact:
    token = await plex.installation.owner_token()
    if not token:
        return _fact("plex_tv", Verdict.LOOK, msg("plex_sign_in.no_owner"), msg("doctor.mend_plex_link"))
    try:
        await plex.tv().ping(token)
    except TokenRefused as error:
        return _fact("plex_tv", Verdict.WRONG, error.message, msg("doctor.mend_plex_link"))
    except MediaNestError as error:
        return _fact("plex_tv", Verdict.LOOK, error.message, msg("doctor.mend_plex_tv"))
    return _fact("plex_tv", Verdict.FINE, msg("doctor.plex_tv_here"))


def _fact(name: str, verdict: Verdict, finding: Message, mend: Message | None = None, **data: object) -> Fact:
    return Fact(
        id=f"services.{name}",
        group=Group.SERVICES,
        verdict=verdict,
        title=msg(f"doctor.{name}"),
        finding=finding,
        mend=mend,
        data=data,
    )
