"""How fast all passes together may go, and how that is shared: in turns, each pass as much in a turn as any other.

Who does not use a turn loses nothing for the others: what is left over goes to those who have bytes to move.
"""

from collections.abc import Callable

from medianest.core import clock

_TURN_S = 0.1
_TURN_MOST = 256 * 1024
_TURN_LEAST = 4 * 1024
_PIECE_LEAST = 256


class Throttle:
    """Spreads bytes over time; `rate` is asked at every turn, in bytes per second, and None is as fast as they come."""

    def __init__(self, rate: Callable[[], int | None], *, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._free_at = 0.0

    def piece(self, lines: int) -> int | None:
        """How much a connection may move in a turn, of as many as its pass moves bytes on; None is all there is."""
        rate = self._rate()
        if rate is None:
            return None
        turn = min(_TURN_MOST, max(_TURN_LEAST, int(rate * _TURN_S)))
        return max(_PIECE_LEAST, turn // max(1, lines))

    def spend(self, size: int) -> float:
        """Count bytes that moved; how many seconds to wait before the next."""
        rate, now = self._rate(), self._monotonic()
        if rate is None:
            self._free_at = now
            return 0.0
        self._free_at = max(self._free_at, now) + size / rate
        return self._free_at - now
