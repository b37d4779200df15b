"""Who asks, and what they may."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from medianest.api import answers
from medianest.api.answers import Answer, AnyRequest
from medianest.api.given import Served
from medianest.api.v1.plex import PlexAccount, plex_shape
from medianest.api.v1.quotas import Quota, quotas
from medianest.api.wire import Output, to_json
from medianest.core.actor import Permission, Role
from medianest.downloads.plans import usage
from medianest.http.given import CurrentAsking


class Account(Output, frozen=True, kw_only=True):
    """One's own account; `name` is for signing in, `display_name` is what others see."""

    id: str
    name: str
    display_name: str
    language: str | None
    created_at: datetime


class Me(Output, frozen=True, kw_only=True):
    """Who asks; `csrf_token` goes into X-CSRF-Token on writes, and is null for who asks with a token.

    `quotas` are those that your plan sets: `downloads` begun, `bytes` received, `active` at once.
    `plex` is your account at Plex, if you have linked one.
    """

    user: Account
    role: Role
    permissions: Sequence[Permission]
    quotas: Mapping[str, Quota]
    plex: PlexAccount | None
    csrf_token: str | None


async def show(request: AnyRequest, services: Served, asking: CurrentAsking) -> Answer:
    """Who you are, and what you may do."""
    actor = asking.actor
    user = await services.accounts.me(actor)
    standings = await services.db.read(usage.standings, user.id)
    account = Account(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        language=user.language,
        created_at=user.created_at,
    )
    me = Me(
        user=account,
        role=actor.role or user.role,
        permissions=sorted(actor.permissions),
        quotas=quotas(standings),
        plex=plex_shape(await services.by_plex.door.identity(user.id)),
        csrf_token=asking.form_token() if actor.session_id else None,
    )
    return answers.tagged(request, to_json(me))
