"""Who asks, and what they may."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from medianest.api import answers
from medianest.api.answers import Answer
from medianest.api.given import Served
from medianest.api.wire import Output
from medianest.core.actor import Permission, Role
from medianest.http.given import CurrentAsking


class Account(Output, frozen=True, kw_only=True):
    """One's own account; `name` is for signing in, `display_name` is what others see."""

    id: str
    name: str
    display_name: str
    language: str | None
    created_at: datetime


class Quota(Output, frozen=True, kw_only=True):
    """How much of something one may have, and how much of it is used."""

    limit: int
    used: int


class Me(Output, frozen=True, kw_only=True):
    """Who asks; `csrf_token` goes into X-CSRF-Token on writes, and is null for who asks with a token."""

    user: Account
    role: Role
    permissions: Sequence[Permission]
    quotas: Mapping[str, Quota]
    csrf_token: str | None


async def show(services: Served, asking: CurrentAsking) -> Answer:
    """Who you are, and what you may do."""
    actor = asking.actor
    user = await services.accounts.me(actor)
    account = Account(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        language=user.language,
        created_at=user.created_at,
    )
    return answers.json(
        Me(
            user=account,
            role=actor.role or user.role,
            permissions=sorted(actor.permissions),
            quotas={},
            csrf_token=asking.form_token() if actor.session_id else None,
        )
    )
