"""A conversation with Uptime Kuma over Socket.IO, from the handshake to the last event.

Nobody answers some calls, so each has its time; nothing comes after a reconnect until somebody logs in anew; and no
`Origin` is sent, for one that is not the server's own is refused.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Raw

from medianest.core.outbound.sockets import Socket, SocketClosed, SocketLimits, conversing
from medianest.status.errors import NO_ANSWER, NoLink
from medianest.status.kuma import frames, packets
from medianest.status.kuma.packets import Kind, Packet
from medianest.status.types import Message, Trouble

FRAME_MOST = 16 * 1024 * 1024
"""A list of a thousand monitors is 3 MB; a certificate's chain is 12 kB."""
PROBED = SocketLimits(open_s=5.0, goodbye_s=0.5, probe_s=5.0, patience_s=2.5, message_bytes=FRAME_MOST)
"""Uptime Kuma itself would notice after 44 seconds that nobody is there any more; this does after 8."""
_ANSWER_S = 10.0
_KEPT_MOST = 20_000
_WANTS_LOGIN, _NOT_SET_UP = "loginRequired", "setup"


class Conversation:
    """What is said to and fro; who is `anonymous` hopes that nobody has to log in."""

    def __init__(self, socket: Socket, *, anonymous: bool) -> None:
        self._socket = socket
        self._anonymous = anonymous
        self._kept: deque[Message] = deque()
        self._calls = 0

    async def call(self, name: str, *said: object) -> Raw | None:
        """What is answered to a call; events that come meanwhile are kept. Raises NoLink."""
        self._calls += 1
        number = self._calls
        await self._say(packets.call(number, name, *said))
        async with _in_time(_ANSWER_S):
            while (packet := await self._next()).kind is not Kind.ANSWER or packet.number != number:
                self._keep(packet)
        return packet.told[0] if packet.told else None

    async def next(self) -> Message:
        """The next event that means something. Raises NoLink."""
        while not self._kept:
            self._keep(await self._next())
        return self._kept.popleft()

    async def begin(self) -> None:
        async with _in_time(_ANSWER_S):
            await self._until(Kind.OPENED)
            await self._say(packets.CONNECT)
            await self._until(Kind.CONNECTED)

    async def _until(self, kind: Kind) -> None:
        if (await self._next()).kind is not kind:
            raise NoLink(Trouble.UNREADABLE)

    def _keep(self, packet: Packet) -> None:
        if packet.kind is not Kind.EVENT:
            return
        if packet.name == _NOT_SET_UP:
            raise NoLink(Trouble.NOT_SET_UP)
        if packet.name == _WANTS_LOGIN and self._anonymous:
            raise NoLink(Trouble.CREDENTIALS)
        if (message := frames.message(packet.name, packet.told)) is not None:
            if len(self._kept) >= _KEPT_MOST:
                raise NoLink(Trouble.UNREADABLE)
            self._kept.append(message)

    async def _next(self) -> Packet:
        while True:
            try:
                packet = packets.unpack(await self._socket.receive())
            except SocketClosed as error:
                raise _lost(error) from error
            if packet.kind is Kind.GOODBYE:
                raise NoLink(Trouble.AWAY, why="goodbye")
            if packet.kind is not Kind.PING:
                return packet
            await self._say(packets.PONG)

    async def _say(self, frame: str) -> None:
        try:
            await self._socket.send(frame)
        except SocketClosed as error:
            raise _lost(error) from error


@asynccontextmanager
async def talking(
    url: str, *, anonymous: bool = False, tls: ssl.SSLContext | None = None, limits: SocketLimits = PROBED
) -> AsyncIterator[Conversation]:
    """A conversation in which nobody has logged in yet. Raises NoLink."""
    context = tls or (ssl.create_default_context() if url.startswith("https:") else None)
    try:
        async with conversing(f"{url}{packets.PATH}", headers={}, tls=context, limits=limits) as socket:
            conversation = Conversation(socket, anonymous=anonymous)
            await conversation.begin()
            yield conversation
    except SocketClosed as error:
        raise _lost(error) from error


def _lost(error: SocketClosed) -> NoLink:
    """Who answers a request for a web socket with something else is not Uptime Kuma."""
    return NoLink(Trouble.AWAY if error.status in (None, 502, 503, 504) else Trouble.UNREADABLE, why=str(error))


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise NoLink(Trouble.AWAY, why=NO_ANSWER) from error
