"""How often somebody may guess: a stranger is stopped, the person whose name is guessed at is not.

Three counts, each of failures: of one network at one name, of one network at all names, and of all networks at one
name. The last one holds only for networks from which the person has never signed in, so that a guesser with
many networks cannot lock them out at home.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from medianest.core.buckets import Buckets, Rate, network_of
from medianest.core.errors import TooMany
from medianest.core.i18n import msg

HERE_AT_NAME = Rate(burst=5, every=timedelta(minutes=1))
HERE = Rate(burst=20, every=timedelta(seconds=30))
AT_NAME = Rate(burst=30, every=timedelta(minutes=1))
PIN_HERE = Rate(burst=5, every=timedelta(minutes=5))
PIN_ANYWHERE = Rate(burst=15, every=timedelta(minutes=5))


class Throttle:
    """Counts tries of passwords; kept in memory, for a guesser cannot restart the portal."""

    def __init__(self) -> None:
        self._here_at_name = Buckets(HERE_AT_NAME)
        self._here = Buckets(HERE)
        self._at_name = Buckets(AT_NAME)

    async def admit(self, name_key: str, address: str | None, *, is_known: Callable[[str], Awaitable[bool]]) -> None:
        """Count a try, before it is looked at, so that many at once are counted too. Raises TooMany."""
        network = network_of(address)
        _take(self._here, network)
        _take(self._here_at_name, f"{network} {name_key}")
        if (wait := self._at_name.take(name_key)) and not await is_known(network):
            raise _too_many(wait)

    def succeeded(self, name_key: str, address: str | None) -> None:
        """The try was no guess: forget it."""
        network = network_of(address)
        self._here.give_back(network)
        self._here_at_name.give_back(f"{network} {name_key}")
        self._at_name.give_back(name_key)


class PinThrottle:
    """Counts tries of PINs, of which there are few: of one profile on one device, and on all together."""

    def __init__(self) -> None:
        self._here = Buckets(PIN_HERE)
        self._anywhere = Buckets(PIN_ANYWHERE)

    def admit(self, user_id: str, device_id: str) -> None:
        """Count a try before it is looked at. Raises TooMany."""
        _take(self._here, f"{device_id} {user_id}")
        _take(self._anywhere, user_id)

    def succeeded(self, user_id: str, device_id: str) -> None:
        self._here.give_back(f"{device_id} {user_id}")
        self._anywhere.give_back(user_id)


def _take(buckets: Buckets, key: str) -> None:
    if wait := buckets.take(key):
        raise _too_many(wait)


def _too_many(wait: timedelta) -> TooMany:
    minutes = max(1, round(wait / timedelta(minutes=1)))
    return TooMany(msg("accounts.too_many_tries", n=minutes), code="too_many_tries", retry_after=wait)
