"""Fetching a picture from one source over HTTP: from its exact host only, in time, and no more than a picture has."""

import asyncio
from collections.abc import Callable

import httpx

from medianest.core.circuit import Ended
from medianest.core.errors import Unavailable
from medianest.core.outbound import Refused
from medianest.core.outbound.clients import AnswerRefused, CallLimits, client, outcome
from medianest.core.resilience import Attempt, Bulkhead, CircuitBreaker
from medianest.pictures.errors import NoPicture, PictureAway
from medianest.pictures.places import Place, Where
from medianest.pictures.types import Size

LIMITS = CallLimits(body_bytes=12 * 1024 * 1024)
AT_ONCE = 6
WAITING = 256


class Upstream:
    """A source of pictures. `where` is asked before each call, for a server may move; None while there is none."""

    def __init__(
        self, where: Where, breaker: CircuitBreaker, *, target: Callable[[str, Size], str], limits: CallLimits = LIMITS
    ) -> None:
        """`target` is the path to ask for there."""
        self._where = where
        self._target = target
        self._breaker = breaker
        self._limits = limits
        self._line = Bulkhead(breaker.name, at_once=AT_ONCE, waiting=WAITING)
        self._moving = asyncio.Lock()
        self._place: Place | None = None
        self._clients: list[httpx.AsyncClient] = []

    async def fetch(self, path: str, size: Size) -> bytes:
        """What is there, whole. Raises NoPicture, or Unavailable while nothing can be had."""
        async with self._line.place():
            with self._breaker.attempt() as attempt:
                return await self._get(attempt, self._target(path, size))

    async def stop(self) -> None:
        for http in self._clients:
            await http.aclose()
        self._place = None

    async def _client_there(self) -> httpx.AsyncClient:
        """One for as long as the place is the same; calls under way over an older one end by themselves."""
        place = await self._where()
        if place is None:
            raise PictureAway("not_connected")
        async with self._moving:
            if place != self._place:
                self._clients.append(await asyncio.to_thread(self._made_for, place))
                self._place = place
            return self._clients[-1]

    def _made_for(self, place: Place) -> httpx.AsyncClient:
        limits, verify = self._limits, place.verify
        return client(place.policy, base_url=place.base_url, headers=place.headers, limits=limits, verify=verify)

    async def _get(self, attempt: Attempt, path: str) -> bytes:
        try:
            http = await self._client_there()
            answer = await http.get(path)
        except AnswerRefused as error:
            attempt.ended(Ended.WELL)
            raise NoPicture("too_large") from error
        except (httpx.TransportError, Refused, Unavailable) as error:
            attempt.ended(Ended.FAILED)
            raise PictureAway("unreachable") from error
        attempt.outcome = outcome(answer)
        return _content(answer)


def _content(answer: httpx.Response) -> bytes:
    """Redirects lead elsewhere, and are not followed."""
    if answer.status_code == httpx.codes.OK:
        return answer.content
    if answer.is_server_error or answer.status_code in (401, 403, 408, 429):
        raise PictureAway(f"status_{answer.status_code}")
    raise NoPicture(f"status_{answer.status_code}")
