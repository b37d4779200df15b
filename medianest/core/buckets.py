"""Token buckets: how often something may be done, counted for each key in memory."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from medianest.core import clock

_KEYS_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`burst` at once, and one more each `every`."""

    burst: int
    every: timedelta


class Buckets:
    """One bucket for each key; a full one is forgotten, and the longest unused one when there are too many."""

    def __init__(self, rate: Rate, *, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._monotonic = monotonic
        self._burst = rate.burst
        self._every_s = rate.every.total_seconds()
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> timedelta | None:
        """Take one token; where there is none, how long until the next."""
        now = self._monotonic()
        full_at = max(self._full_at.get(key, now), now) + self._every_s
        wait_s = full_at - now - self._burst * self._every_s
        if wait_s > 1e-6:
            return timedelta(seconds=wait_s)
        self._keep(key, full_at)
        return None

    def give_back(self, key: str) -> None:
        """Undo one `take`."""
        if key in self._full_at:
            self._keep(key, self._full_at[key] - self._every_s)

    def _keep(self, key: str, full_at: float) -> None:
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        now = self._monotonic()
        while self._full_at:
            oldest, full = next(iter(self._full_at.items()))
            if full > now and len(self._full_at) <= _KEYS_MOST:
                break
            del self._full_at[oldest]


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str:
    """Who shares a bucket: an IPv4 address alone, an IPv6 address with its /64, for a household gets at least that."""
    if address is None:
        return "unknown"
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed) & ~((1 << 64) - 1), 64)))
