"""Tokens at rest: sealed with the portal's key, each bound to its place."""

from dataclasses import dataclass

from medianest.core.security import Sealer


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals tokens, and opens them."""

    sealer: Sealer

    def seal(self, token: str, *, place: str) -> bytes:
        return self.sealer.seal(token.encode(), context=place)

    def open(self, sealed: bytes | None, *, place: str) -> str:
        """Nothing where nothing is kept."""
        return self.sealer.open(sealed, context=place).decode() if sealed else ""
