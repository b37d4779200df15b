"""Who may bring a link, and which links can never be fetched."""

import asyncio
from contextlib import suppress

from medianest.core import outbound
from medianest.core.actor import Actor, Permission
from medianest.core.config import DownloadsSettings
from medianest.core.errors import Forbidden
from medianest.core.i18n import msg
from medianest.core.outbound import Url

_PATIENCE_S = 3.0


def admit(actor: Actor) -> None:
    """Raises Forbidden for who may not download."""
    if not actor.may(Permission.DOWNLOAD):
        raise Forbidden(msg("downloads.may_not"))


async def check(url: str, settings: DownloadsSettings) -> Url:
    """Refuse at once what can never be fetched; the proxy judges each connection again."""
    allow = settings.private_endpoints
    checked = outbound.check_url(url, allow)
    with suppress(outbound.Unresolved, TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            await outbound.resolve_public(checked.host, checked.port, allow)
    return checked
