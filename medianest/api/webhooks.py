"""What other programs post when something happened at theirs; who knows the address, or the secret, may."""

from litestar.exceptions import HTTPException
from litestar.params import FromPath

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import Served
from medianest.core.i18n import msg
from medianest.http.errors import Malformed
from medianest.http.given import CurrentAsking

PLEX_MOST = 4 * 1024 * 1024
"""Plex sends a picture with it, which nobody looks at."""


OVERSEERR_MOST = 64 * 1024


async def overseerr(request: AnyRequest, services: Served, asking: CurrentAsking) -> Answer:
    """Take the webhook of Overseerr, Jellyseerr or Seerr: a hint which request to look at again."""
    services.overseerr.webhook.check(request.headers.get("authorization", ""), asking.address)
    services.overseerr.hints.take(await request.body())
    return answers.nothing()


async def plex(request: AnyRequest, services: Served, secret: FromPath[str]) -> Answer:
    """Take Plex's webhook (Plex Pass): the form that a Plex server posts."""
    services.titles.check_webhook(secret)
    await request.body()  # whole before it is taken apart: of half a form a file would stay open
    try:
        payload = (await request.form()).get("payload")
    except (HTTPException, ValueError):
        raise Malformed(msg("api.malformed_form"), code="malformed_form") from None
    if isinstance(payload, str):
        await services.titles.take_webhook(payload)
    return answers.nothing()
