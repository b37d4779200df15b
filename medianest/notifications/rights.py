"""Which notes somebody may still read: who decides no more is told no more of what is to be decided."""

from medianest.core.actor import Actor, Permission, Role
from medianest.notifications.types import Whom

DECIDERS = frozenset({Role.ADMIN, Role.CURATOR})
ADMINS = frozenset({Role.ADMIN})


def whoms(actor: Actor) -> frozenset[Whom]:
    """As whom somebody is told at this moment, with what their session or token may."""
    found = {Whom.CONCERNED}
    if actor.role in DECIDERS and actor.may(Permission.READ):
        found.add(Whom.DECIDERS)
    if actor.is_admin:
        found.add(Whom.ADMINS)
    return frozenset(found)


def whoms_of(role: Role) -> frozenset[Whom]:
    """As whom somebody with this role may be told outside of the portal."""
    found = {Whom.CONCERNED}
    if role in DECIDERS:
        found.add(Whom.DECIDERS)
    if role in ADMINS:
        found.add(Whom.ADMINS)
    return frozenset(found)
