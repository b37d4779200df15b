"""Making and revoking API tokens."""

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from medianest.accounts import events, names, permissions, queries
from medianest.accounts.errors import NoSuchToken, ScopeNotOwned, TooManyTokens
from medianest.accounts.models import TokenRow
from medianest.accounts.types import Scope, Token, User
from medianest.core import clock, journal
from medianest.core.actor import Actor
from medianest.core.errors import FieldError
from medianest.core.i18n import msg
from medianest.core.security import digest, new_id, new_token

PREFIX = "mn_"
TOKENS_MOST = 50


async def create(
    session: AsyncSession, actor: Actor, owner: User, *, label: str, scopes: frozenset[Scope]
) -> tuple[Token, str]:
    """Make a token that carries at most what its owner may; its secret is returned once and kept nowhere."""
    label = names.clean_label(label)
    _check_scopes(owner, scopes)
    if len(await session.run_sync(queries.tokens, user_id=owner.id)) >= TOKENS_MOST:
        raise TooManyTokens(msg("accounts.too_many_tokens", n=TOKENS_MOST))
    secret = new_token(PREFIX)
    token = Token(
        id=new_id(),
        user_id=owner.id,
        user_name=owner.display_name,
        label=label,
        scopes=scopes,
        created_at=clock.now(),
        last_used_at=None,
    )
    await session.execute(
        insert(TokenRow).values(
            id=token.id,
            secret_digest=digest(secret),
            user_id=owner.id,
            label=label,
            scopes=" ".join(sorted(scopes)),
            created_at=token.created_at,
        )
    )
    await journal.record(
        session,
        events.TokenCreated(
            actor=actor,
            subject_id=token.id,
            audience=events.about(owner.id),
            label=label,
            scopes=sorted(scopes),
            owner_id=owner.id,
        ),
    )
    return token, secret


async def revoke(session: AsyncSession, actor: Actor, id: str) -> None:
    """End a token, one's own or as an administrator anybody's. Raises NoSuchToken."""
    token = await session.run_sync(queries.token, id)
    if token is None or (token.user_id != actor.id and not actor.is_admin):
        raise NoSuchToken(msg("accounts.no_such_token"))
    await session.execute(delete(TokenRow).where(TokenRow.id == id))
    await journal.record(
        session,
        events.TokenRevoked(
            actor=actor,
            subject_id=id,
            audience=events.about(token.user_id),
            label=token.label,
            owner_id=token.user_id,
        ),
    )


def _check_scopes(owner: User, scopes: frozenset[Scope]) -> None:
    if not scopes:
        message = msg("accounts.scope_missing")
    elif beyond := sorted(scopes - permissions.grantable(owner.role)):
        message = msg("accounts.scope_not_owned", scopes=", ".join(beyond))
    else:
        return
    raise ScopeNotOwned(message, fields=(FieldError(field="scopes", message=message),))
