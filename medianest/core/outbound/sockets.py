"""Web sockets to upstreams: they connect where their policy admits, follow no redirect elsewhere, and are kept awake.

The name is resolved and checked here, and the connection goes to a checked address; TLS is verified against the name.
"""

import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedOK, InvalidStatus, WebSocketException

from medianest.core.outbound.addresses import normal_host
from medianest.core.outbound.policy import DEFAULT_PORTS, AddressPolicy, Refused, Resolve, resolve, system_resolve

MESSAGE_MOST = 1024 * 1024
_SCHEMES = {"http": "ws", "https": "wss"}


class SocketClosed(OSError):
    """The connection did not come about, or is over; `status` is the answer of who did not want it."""

    def __init__(self, why: str, *, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLimits:
    """How long it takes to open and to say goodbye, how it is known that the other side lives, and what it may send.

    Every `probe_s` it is asked for a sign of life, which comes within `patience_s`.
    """

    open_s: float = 10.0
    goodbye_s: float = 2.0
    probe_s: float = 20.0
    patience_s: float = 20.0
    message_bytes: int = MESSAGE_MOST


class Socket:
    """An open web socket. What it does raises SocketClosed once it is over."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, message: str) -> None:
        with _told_as_closed():
            await self._connection.send(message)

    async def receive(self) -> str | bytes:
        """The next message."""
        with _told_as_closed():
            return await self._connection.recv()


@asynccontextmanager
async def conversing(
    url: str,
    *,
    headers: Mapping[str, str],
    tls: ssl.SSLContext | None,
    limits: SocketLimits = SocketLimits(),
    ask: Resolve = system_resolve,
) -> AsyncIterator[Socket]:
    """A web socket to an `http` or `https` address; `tls` is for the latter. Raises SocketClosed."""
    parts = urlsplit(url)
    host, port = normal_host(parts.hostname or ""), parts.port or DEFAULT_PORTS[parts.scheme]
    with _told_as_closed():
        addresses = await resolve(host, port, AddressPolicy.upstream(host, port), ask=ask)
        opening = connect(
            parts._replace(scheme=_SCHEMES[parts.scheme]).geturl(),
            host=str(addresses[0]),
            port=port,
            additional_headers=headers,
            user_agent_header="MediaNest",
            proxy=None,
            compression=None,
            open_timeout=limits.open_s,
            close_timeout=limits.goodbye_s,
            ping_interval=limits.probe_s,
            ping_timeout=limits.patience_s,
            max_size=limits.message_bytes,
            ssl=tls if parts.scheme == "https" else None,
        )
        async with opening as connection:
            yield Socket(connection)


@asynccontextmanager
async def listening(
    url: str,
    *,
    headers: Mapping[str, str],
    tls: ssl.SSLContext,
    open_s: float = 10.0,
    ask: Resolve = system_resolve,
) -> AsyncIterator[AsyncIterator[str | bytes]]:
    """The messages that come from an `http` or `https` address. Raises SocketClosed, also while iterating."""
    limits = SocketLimits(open_s=open_s)
    async with conversing(url, headers=headers, tls=tls, limits=limits, ask=ask) as socket:
        yield _messages(socket)


async def _messages(socket: Socket) -> AsyncIterator[str | bytes]:
    while True:
        try:
            yield await socket.receive()
        except SocketClosed as error:
            if isinstance(error.__cause__, ConnectionClosedOK):
                return
            raise


@contextmanager
def _told_as_closed() -> Iterator[None]:
    try:
        yield
    except SocketClosed:
        raise
    except InvalidStatus as error:
        raise SocketClosed(str(error), status=error.response.status_code) from error
    except (Refused, WebSocketException, OSError) as error:
        raise SocketClosed(str(error)) from error
