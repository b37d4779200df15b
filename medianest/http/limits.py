"""How much one person, token or network may ask (answered with Retry-After by the faces)."""

from dataclasses import dataclass, field
from datetime import timedelta

from litestar.handlers import BaseRouteHandler

from medianest.core.actor import Actor
from medianest.core.buckets import Buckets, Rate, network_of
from medianest.core.errors import TooMany
from medianest.core.i18n import msg
from medianest.http.asking import Asking, Connection, asking_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What is plenty for a household and little for a machine that runs wild."""

    stranger: Rate = field(default=Rate(burst=300, every=timedelta(milliseconds=100)))
    person: Rate = field(default=Rate(burst=1000, every=timedelta(milliseconds=20)))


class Limits:
    """The buckets of all requests; a token has one of its own."""

    def __init__(self, rates: Rates) -> None:
        self._strangers = Buckets(rates.stranger)
        self._people = Buckets(rates.person)
        self._routes: dict[str, Buckets] = {}

    def count(self, asking: Asking) -> None:
        """Count a request. Raises TooMany."""
        buckets = self._people if asking.actor.id else self._strangers
        _take(buckets, key_of(asking))

    def count_at(self, name: str, rate: Rate, asking: Asking) -> None:
        """Count a request of a route, or of several routes of one name. Raises TooMany."""
        buckets = self._routes.setdefault(name, Buckets(rate))
        _take(buckets, key_of(asking))


@dataclass(frozen=True, slots=True)
class Limited:
    """A guard that lets a person call a route, or several of one name, only so often."""

    name: str
    rate: Rate

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        limits: Limits = connection.scope["state"]["limits"]
        limits.count_at(self.name, self.rate, asking_of(connection))


def key_of(asking: Asking) -> str:
    """Whose bucket a request counts in."""
    return _own_key(asking.actor) or f"network {network_of(asking.address)}"


def _own_key(actor: Actor) -> str | None:
    if actor.token_id:
        return f"token {actor.token_id}"
    return f"person {actor.id}" if actor.id else None


def _take(buckets: Buckets, key: str) -> None:
    if wait := buckets.take(key):
        raise TooMany(msg("http.too_many_requests"), code="too_many_requests", retry_after=wait)
