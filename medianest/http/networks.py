"""The network rule: from where the portal may be opened at all, whoever asks and whatever for."""

from collections.abc import Iterable
from ipaddress import ip_address

from medianest.core.i18n import msg
from medianest.http.errors import RefusedNetwork
from medianest.http.proxies import Networks

HEALTH = "/healthz"


class NetworkRule:
    """Which networks are let in; where none is named, all are."""

    def __init__(self, allowed: Iterable[object]) -> None:
        self._allowed = Networks(allowed)

    def check(self, address: str | None, path: str) -> None:
        """Raises RefusedNetwork; this machine may always ask whether the portal is alive."""
        if not self._allowed or address in self._allowed or (path == HEALTH and _is_this_machine(address)):
            return
        entry = f'allowed_networks = ["{address}"]'
        raise RefusedNetwork(msg("http.refused_network", address=str(address), line=entry))


def _is_this_machine(address: str | None) -> bool:
    return address is not None and ip_address(address).is_loopback
