"""The doctor on Plex: whether the household's server and plex.tv answer, and take the owner's token."""

import asyncio
from typing import Any

from medianest.admin.types import Fact, Group, Verdict
from medianest.core.errors import MediaNestError, Unavailable
from medianest.core.i18n import Message, msg
from medianest.plex.errors import TokenRefused
from medianest.plex.reach.looking import look
from medianest.plex.reach.types import Found
from medianest.plex.service import Plex


async def examine(plex: Plex) -> list[Fact]:
    """Nobody is asked where no server is connected."""
    state = await plex.installation.state()
    if not plex.installation.settings.enabled or not (state.url or state.has_token):
        return [_fact("plex_server", Verdict.FINE, msg("doctor.plex_none"))]
    return list(await asyncio.gather(_server(plex), _tv(plex)))


async def _server(plex: Plex) -> Fact:
    try:
        server = await plex.installation.current_server()
    except Unavailable as error:
        return _fact("plex_server", Verdict.WRONG, error.message, msg("doctor.mend_plex_url"))
    if server is None:
        return _fact("plex_server", Verdict.WRONG, msg("doctor.plex_unfinished"), msg("doctor.mend_plex_link"))
    client_id = await plex.installation.client_id()
    seen = await look(server.url, client_id=client_id, token=server.token, expected=server.machine_id)
    data: dict[str, Any] = {"url": server.url, "found": seen.found, "version": seen.version}
    if seen.found is Found.HERE:
        finding = msg("doctor.plex_here", name=server.name, version=seen.version)
        return _fact("plex_server", Verdict.FINE, finding, **data)
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
