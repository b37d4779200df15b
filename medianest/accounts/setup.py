"""The one-time link that makes the first administrator.

Whoever reaches a fresh installation first must not own it: the link is printed where only its owner reads.
"""

from medianest.accounts.errors import SetupClosed
from medianest.core.i18n import msg
from medianest.core.security import digest, new_token, same


class SetupLink:
    """Its secret lives as long as the process, and of it only the hash."""

    def __init__(self) -> None:
        self._digest: str | None = None

    def make(self) -> str:
        """A new secret; the one before it is worth nothing now."""
        secret = new_token()
        self._digest = digest(secret)
        return secret

    def check(self, secret: str) -> None:
        """Raises SetupClosed where this is not the secret."""
        given = digest(secret.encode(errors="replace").decode())
        if self._digest is None or not same(self._digest, given):
            raise SetupClosed(msg("accounts.setup_closed"))

    def close(self) -> None:
        self._digest = None
