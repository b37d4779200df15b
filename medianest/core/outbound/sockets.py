"""Web sockets to upstreams: they connect where their policy admits, follow no redirect elsewhere, and are kept awake.

The name is resolved and checked here, and the connection goes to a checked address; TLS is verified against the name.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from medianest.core.outbound.addresses import normal_host
from medianest.core.outbound.policy import DEFAULT_PORTS, AddressPolicy, Refused, Resolve, resolve, system_resolve

MESSAGE_MOST = 1024 * 1024
_GOODBYE_S = 2.0
_SCHEMES = {"http": "ws", "https": "wss"}


class SocketClosed(OSError):
    """The connection did not come about, or is over; `status` is the answer of who did not want it."""

    def __init__(self, why: str, *, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


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
    parts = urlsplit(url)
    host, port = normal_host(parts.hostname or ""), parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        addresses = await resolve(host, port, AddressPolicy.upstream(host, port), ask=ask)
        async with connect(
            parts._replace(scheme=_SCHEMES[parts.scheme]).geturl(),
            host=str(addresses[0]),
            port=port,
            additional_headers=headers,
            user_agent_header="MediaNest",
            proxy=None,
            compression=None,
            open_timeout=open_s,
            close_timeout=_GOODBYE_S,
            max_size=MESSAGE_MOST,
            ssl=tls if parts.scheme == "https" else None,
        ) as connection:
            yield _messages(connection)
    except InvalidStatus as error:
        raise SocketClosed(str(error), status=error.response.status_code) from error
    except (Refused, WebSocketException, OSError) as error:
        raise SocketClosed(str(error)) from error


async def _messages(connection: ClientConnection) -> AsyncIterator[str | bytes]:
    async for message in connection:
        yield message
