"""What a role may do, and how much of it a token carries; pure."""

from collections.abc import Iterable

from medianest.accounts.types import Scope
from medianest.core.actor import Permission, Role

_EVERYBODY = frozenset({Permission.READ})
_MEMBER = _EVERYBODY | {Permission.SEE_HOUSEHOLD, Permission.DOWNLOAD, Permission.REQUEST}

OF_ROLE = {
    Role.GUEST: _EVERYBODY,
    Role.CHILD: _EVERYBODY | {Permission.REQUEST},
    Role.MEMBER: _MEMBER,
    Role.CURATOR: _MEMBER | {Permission.CURATE},
    Role.ADMIN: frozenset(Permission),
}

ROLES_OF_PROFILES = frozenset({Role.CHILD, Role.GUEST})
"""Who can be chosen on a household device."""

_LOOK = frozenset({Permission.READ, Permission.SEE_HOUSEHOLD})
OF_SCOPE = {
    Scope.READ: _LOOK,
    Scope.DOWNLOADS: _LOOK | {Permission.DOWNLOAD},
    Scope.REQUESTS: _LOOK | {Permission.REQUEST},
    Scope.LIBRARY: _LOOK | {Permission.CURATE},
    Scope.METRICS: frozenset({Permission.METRICS}),
    Scope.ADMIN: frozenset(Permission),
}


def of_token(role: Role, scopes: Iterable[Scope]) -> frozenset[Permission]:
    """What a token of somebody with this role may do: what its scopes say, as far as its owner may."""
    carried = frozenset[Permission]().union(*(OF_SCOPE[scope] for scope in scopes))
    return carried & OF_ROLE[role]


def role_of_token(role: Role, permissions: frozenset[Permission]) -> Role:
    """As whom a token sees the journal: an administrator's only with the scope `admin`."""
    if role is Role.ADMIN and Permission.ADMINISTER not in permissions:
        return Role.MEMBER
    return role


def grantable(role: Role) -> frozenset[Scope]:
    """The scopes that a token of this role may have: those whose point its owner may do."""
    own = OF_ROLE[role]
    return frozenset(scope for scope, carried in OF_SCOPE.items() if carried - _LOOK <= own and carried & own)
