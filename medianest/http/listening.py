"""The sockets to serve on: bound before anything starts, so that a port that is taken is told at once."""

import socket

from medianest.core.errors import Unavailable
from medianest.core.i18n import msg


class CannotListen(Unavailable):
    """The address is not this machine's, or another program listens there."""

    default_code = "cannot_listen"


def bound(host: str, port: int) -> list[socket.socket]:
    """A socket for each address that the host means; nobody can connect until it is served. Raises CannotListen."""
    sockets: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            sockets.append(_bound(family, address))
    except OSError as error:
        for opened in sockets:
            opened.close()
        raise CannotListen(msg("http.cannot_listen", host=host, port=port, reason=error.strerror)) from error
    return sockets


def _bound(family: int, address: tuple[object, ...]) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened
