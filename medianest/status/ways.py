"""The three ways in, each a stream of messages that ends with NoLink: live, a public status page, and figures.

What each way brings along, sockets or HTTP, is imported when it is first gone: a portal without Uptime Kuma does
without both, and the live one without HTTP.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from medianest.core import clock
from medianest.status.errors import NO_ANSWER, NoLink
from medianest.status.kuma.entering import Entering
from medianest.status.tokens import Tokens
from medianest.status.types import Arrived, Listed, Login, Message, Trouble, Via

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from medianest.core.outbound.sockets import SocketLimits
    from medianest.status.kuma.client import Conversation
    from medianest.status.polling.client import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often what is polled is asked for, in seconds: no faster than Uptime Kuma's own caches.

    Figures cost it more than anything else: while it gathers them, nobody else is answered.
    """

    page_s: float = 300.0
    beats_s: float = 60.0
    figures_s: float = 120.0
    look_s: float = 5.0


class Way(Protocol):
    """One way in."""

    via: Via

    def hear(self) -> AsyncGenerator[Message, None]:
        """What Uptime Kuma says, from a whole picture on. Raises NoLink in the end."""


class Talking:
    """Over Socket.IO, with a login; without one where Uptime Kuma asks for none."""

    via = Via.LIVE

    def __init__(
        self,
        url: str,
        login: Login | None,
        tokens: Tokens,
        *,
        limits: "SocketLimits | None" = None,
        first_s: float = 10.0,
    ) -> None:
        """`first_s` is how long it is waited for what should come without a login; only 2.x says that it wants one."""
        self._url = url
        self._limits = limits
        self._first_s = first_s
        self._entering = Entering(login) if login else None
        self._tokens = tokens

    async def hear(self) -> AsyncGenerator[Message, None]:
        from medianest.status.kuma.client import PROBED, talking  # web sockets

        limits, anonymous = self._limits or PROBED, self._entering is None
        async with talking(self._url, anonymous=anonymous, limits=limits) as conversation:
            for message in await self._enter(conversation):
                yield message
            while True:
                yield await conversation.next()

    async def _enter(self, conversation: "Conversation") -> Sequence[Message]:
        if self._entering is None:
            return await self._first(conversation)
        token = await self._tokens.load()
        good = await self._entering.enter(conversation.call, token)
        if good != token:
            await self._tokens.keep(good)
        return ()

    async def _first(self, conversation: "Conversation") -> Sequence[Message]:
        """What comes of itself, up to the list."""
        found: list[Message] = []
        try:
            async with asyncio.timeout(self._first_s):
                while not found or not isinstance(found[-1], Listed):
                    found.append(await conversation.next())
        except TimeoutError as error:
            raise NoLink(Trouble.CREDENTIALS) from error
        return found


class Page:
    """A public status page: everybody may read it, so there are no words with a beat, and nothing about pauses."""

    via = Via.STATUS_PAGE

    def __init__(self, url: str, slug: str, *, pace: Pace = Pace()) -> None:
        self._url = url
        self._slug = slug
        self._pace = pace

    async def hear(self) -> AsyncGenerator[Message, None]:
        async with _asking(self._url) as asking:
            while True:
                page = await self._page(asking)
                for message in page:
                    yield message
                page_until = clock.monotonic() + self._pace.page_s
                while clock.monotonic() < page_until:
                    beats = await asking.beats(self._slug)
                    for message in beats:
                        yield message
                    yield Arrived()
                    await _rest(asking, self._pace.beats_s, self._pace.look_s)

    async def _page(self, asking: "Asking") -> Sequence[Message]:
        """1.23 never answers who asks for a page that is not there."""
        try:
            return await asking.page(self._slug)
        except NoLink as error:
            if error.facts["why"] != NO_ANSWER:
                raise
            await asking.look()
            raise NoLink(Trouble.NO_PAGE) from error


class Figures:
    """What Prometheus is told: states and latencies, without groups, beats of before, and words."""

    via = Via.METRICS

    def __init__(self, url: str, key: str, *, pace: Pace = Pace()) -> None:
        self._url = url
        self._key = key
        self._pace = pace

    async def hear(self) -> AsyncGenerator[Message, None]:
        async with _asking(self._url, key=self._key) as asking:
            while True:
                for message in await asking.figures():
                    yield message
                yield Arrived()
                await _rest(asking, self._pace.figures_s, self._pace.look_s)


@asynccontextmanager
async def _asking(url: str, *, key: str = "") -> "AsyncIterator[Asking]":
    from medianest.status.polling.client import Asking  # HTTP

    asking = Asking(url, key=key)
    try:
        yield asking
    finally:
        await asking.close()


async def _rest(asking: "Asking", how_long_s: float, look_s: float) -> None:
    """Wait, and look now and then whether it is still there."""
    until = clock.monotonic() + how_long_s
    while (left := until - clock.monotonic()) > 0:
        await asyncio.sleep(min(left, look_s))
        await asking.look()
