"""Where a source of pictures is to be found."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from medianest.core.outbound import AddressPolicy

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a source is now: its address without a path, who may be connected to, and what it wants to be told."""

    base_url: str
    policy: AddressPolicy
    headers: Mapping[str, str] = field(default_factory=dict)
    verify: ssl.SSLContext | bool = True

    @classmethod
    def configured(cls, url: str, headers: Mapping[str, str] = {}) -> Self:
        """An upstream that was configured, and nothing else; it may be private."""
        there = urlsplit(url)
        policy = AddressPolicy.upstream(there.hostname or "", there.port or _PORTS[there.scheme])
        return cls(base_url=url, policy=policy, headers=headers)


Where = Callable[[], Awaitable[Place | None]]
