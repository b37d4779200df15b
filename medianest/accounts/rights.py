"""Who may look after whom; pure."""

from medianest.core.actor import Actor
from medianest.core.errors import Forbidden
from medianest.core.i18n import msg


def require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(msg("accounts.admins_only"))


def require_person(actor: Actor) -> None:
    """What proves people is changed by people: a token of lesser scope makes and ends none."""
    if not actor.session_id and not actor.is_admin:
        raise Forbidden(msg("accounts.in_person_only"))
