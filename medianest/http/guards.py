"""Who may: the rule that each route carries, as a guard of Litestar's that the table of routes can read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from litestar.handlers import BaseRouteHandler

from medianest.core import clock
from medianest.core.actor import Actor, Permission
from medianest.core.errors import Forbidden, Unauthenticated
from medianest.core.i18n import msg
from medianest.http.asking import Asking, Connection, asking_of

FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Rule:
    """One sentence about who may, and the check that raises for everybody else."""

    words: str
    check: Callable[[Asking], None]

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        self.check(asking_of(connection))


def permitted(permission: Permission) -> Rule:
    """Who is signed in and may do this."""

    def check(asking: Asking) -> None:
        _require_somebody(asking.actor)
        if not asking.actor.may(permission):
            raise Forbidden(msg("http.not_permitted"), facts={"permission": permission})

    return Rule(str(permission), check)


def _anyone(asking: Asking) -> None:
    return


def _signed_in(asking: Asking) -> None:
    _require_somebody(asking.actor)


def _fresh(asking: Asking) -> None:
    _require_somebody(asking.actor)
    if not is_fresh(asking.actor):
        raise Forbidden(msg("http.not_fresh"), code="fresh_sign_in_needed")


def _reads_metrics(asking: Asking) -> None:
    if not asking.may_read_metrics:
        _require_somebody(asking.actor)
        if not asking.actor.may(Permission.METRICS):
            raise Forbidden(msg("http.not_permitted"), facts={"permission": Permission.METRICS})


def is_fresh(actor: Actor) -> bool:
    """Whether somebody proved who they are within the last minutes."""
    return actor.authenticated_at is not None and clock.now() - actor.authenticated_at < FRESH


def _require_somebody(actor: Actor) -> None:
    if actor.id is None:
        raise Unauthenticated(msg("http.sign_in_first"))


anyone = Rule("anyone", _anyone)
signed_in = Rule("signed in", _signed_in)
metrics_reader = Rule("metrics, or an address in metrics_allow", _reads_metrics)
fresh = Rule("fresh sign-in", _fresh)
