"""What is said at the start: where the portal is, and the link that makes the first administrator."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address

_ANYWHERE = ("203.0.113.1", 9)


def lines(listening: tuple[str, int], setup_secret: str | None, base_path: str) -> Iterator[str]:
    """The lines that scripts wait for (contract.md, Commands)."""
    host, port = listening
    yield f"MediaNest is ready: http://{_written(host)}:{port}{base_path}"
    if setup_secret:
        shown = likely_address() if ip_address(host).is_unspecified else host
        yield f"First administrator: http://{_written(shown)}:{port}{base_path}/setup?token={setup_secret}"


def likely_address() -> str:
    """The address at which others on the network reach this machine, as its routes say; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE)
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host
