"""Media addresses that are good for a while only."""

import itertools
import time
from dataclasses import dataclass


@dataclass(slots=True)
class _Token:
    until: float
    uses_left: int


class Tokens:
    """Issues tokens and says whether one is still good."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._good: dict[str, _Token] = {}

    def issue(self, *, seconds: float, uses: int) -> str:
        token = f"t{next(self._numbers)}"
        self._good[token] = _Token(time.monotonic() + seconds, uses)
        return token

    def use(self, token: str) -> bool:
        """Spend one use; False when it is unknown, spent or too old."""
        known = self._good.get(token)
        if known is None or known.uses_left < 1 or time.monotonic() > known.until:
            return False
        known.uses_left -= 1
        return True

    def expire(self) -> None:
        """Every token issued so far is dead."""
        self._good.clear()
