"""The way out: which addresses may be connected to, and the HTTP clients that keep to it.

There are two policies. A configured upstream is reached at its exact host and port, which may be private; an
address that a person typed must be public, save for the hosts and ports that were allowed. Metadata, link-local
and other special addresses are never reached. Names are resolved once, every answer is checked, and the
connection goes to a checked answer: what the name means a moment later does not matter.

The clients are in `outbound.clients`, which alone imports httpx: it is heavy, and a portal without upstreams
starts without it.
"""

from medianest.core.outbound.addresses import Address, HostPort, is_public
from medianest.core.outbound.policy import (
    AddressPolicy,
    Blocked,
    Refused,
    Resolve,
    Unresolved,
    UnsupportedUrl,
    Url,
    check_url,
    resolve,
    resolve_public,
    system_resolve,
)

__all__ = [
    "Address",
    "AddressPolicy",
    "Blocked",
    "HostPort",
    "Refused",
    "Resolve",
    "Unresolved",
    "UnsupportedUrl",
    "Url",
    "check_url",
    "is_public",
    "resolve",
    "resolve_public",
    "system_resolve",
]
