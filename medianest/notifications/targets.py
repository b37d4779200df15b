"""Where channels lead, at rest: sealed with the portal's key, each bound to its channel."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from medianest.core.security import Sealer, derive, fingerprint, load_or_create_key

_PURPOSE = "notification-targets"


class Targets:
    """Seals the targets of channels, and opens them."""

    def __init__(self, key_file: Callable[[], Path]) -> None:
        self._key_file = key_file

    def seal(self, target: str, channel_id: str) -> bytes:
        return self._sealer.seal(target.encode(), context=f"notification_channels/{channel_id}")

    def open(self, sealed: bytes, channel_id: str) -> str:
        return self._sealer.open(sealed, context=f"notification_channels/{channel_id}").decode()

    def digest(self, *of: str) -> str:
        """By which two targets are told apart, without being known."""
        return fingerprint(self._key, _PURPOSE, "\0".join(of))

    @cached_property
    def _key(self) -> bytes:
        return load_or_create_key(self._key_file())

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(derive(self._key, _PURPOSE))
