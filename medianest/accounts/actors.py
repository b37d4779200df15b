"""From a living session or token to the Actor that features receive; pure.

The language is empty where the person chose none: then the browser's decides.
"""

from dataclasses import replace

from medianest.accounts import permissions
from medianest.accounts.queries import LivingSession, LivingToken
from medianest.accounts.types import User
from medianest.core.actor import Actor, Permission, Via

_BY_LINK = frozenset({Permission.READ, Permission.SEE_HOUSEHOLD, Permission.REQUEST, Permission.CURATE})


def of_session(living: LivingSession) -> Actor:
    user = living.user
    return Actor(
        id=user.id,
        name=user.display_name,
        role=user.role,
        permissions=permissions.OF_ROLE[user.role],
        via=Via.WEB,
        session_id=living.session.id,
        authenticated_at=living.session.authenticated_at,
        language=user.language or "",
    )


def of_token(living: LivingToken) -> Actor:
    carried = permissions.of_token(living.user.role, living.token.scopes)
    return replace(_with(living.user, carried), via=Via.API, token_id=living.token.id)


def by_link(user: User) -> Actor:
    """Who follows a link that was sent to them: they see and decide as they would, and look after nothing."""
    return _with(user, permissions.OF_ROLE[user.role] & _BY_LINK)


def looking(user: User) -> Actor:
    """As whom it is looked what somebody would see, to tell them of it; nothing is done in their name."""
    return _with(user, permissions.OF_ROLE[user.role])


def _with(user: User, carried: frozenset[Permission]) -> Actor:
    """Somebody who may do this much of what they otherwise may."""
    return Actor(
        id=user.id,
        name=user.display_name,
        role=permissions.role_of_token(user.role, carried),
        permissions=carried,
        via=Via.WEB,
        language=user.language or "",
    )
