"""Asking plex.tv: by its JSON, within the limits of security.md section 4; nothing that it says is shown to anybody."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from medianest import __version__
from medianest.core.circuit import Ended, Outcome
from medianest.core.i18n import msg
from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.clients import CallLimits, Fault, client, fault_of, outcome
from medianest.core.resilience import Bulkhead, CircuitBreaker, Health, Retry
from medianest.plex.errors import PinExpired, TokenRefused, TvAway, TvBusy
from medianest.plex.tv import wire
from medianest.plex.tv.types import PRODUCT, Account, Member, Pin, Server

T = TypeVar("T")

_PORTS = {"http": 80, "https": 443}
_TOKEN_REFUSED = frozenset({401, 403, 422, 498})
_WITH_ADDRESSES = {"includeHttps": "1", "includeRelay": "1"}


class Tv:
    """Calls to plex.tv in the portal's name, or in that of who holds a token.

    Raises TvAway with why, TvBusy, CircuitOpen and Crowded as every upstream, TokenRefused where a token is needed.
    """

    def __init__(
        self,
        url: str,
        client_id: Callable[[], Awaitable[str]],
        breaker: CircuitBreaker,
        *,
        retry: Retry | None = None,
    ) -> None:
        self._url = url
        self._client_id = client_id
        self._breaker = breaker
        self._bulkhead = Bulkhead(breaker.name, at_once=4, waiting=16)
        self._retry = retry or Retry()
        self._client: httpx.AsyncClient | None = None
        self.limits = CallLimits()

    @property
    def health(self) -> Health:
        return self._breaker.health

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def make_pin(self) -> Pin:
        """A new PIN; never asked for twice, for each attempt would leave one behind."""
        return await self._once("POST", "/api/v2/pins?strong=true", wire.pin)

    async def token_of_pin(self, id: int) -> str | None:
        """The token of who said yes; None as long as nobody has. Raises PinExpired."""
        return await self._once("GET", f"/api/v2/pins/{id}", wire.token)

    async def account(self, token: str) -> Account:
        """Whose token this is."""
        return await self._ask("/api/v2/user", wire.account, token)

    async def servers(self, token: str) -> Sequence[Server]:
        """The servers that the holder of this token may use."""
        return await self._ask("/api/v2/resources", wire.servers, token, wish=_WITH_ADDRESSES)

    async def members(self, token: str) -> Sequence[Member]:
        """Everybody with whom the owner whose token this is shares something."""
        return await self._ask("/api/users", wire.members, token, own=True)

    async def ping(self, token: str) -> None:
        """Whether a token is good; keeps it from running out."""
        await self._ask("/api/v2/ping", wire.nothing, token, own=True)

    async def _ask(
        self,
        path: str,
        read: Callable[[bytes], T],
        token: str,
        *,
        wish: Mapping[str, str] = {},
        own: bool = False,
    ) -> T:
        """Read something that asking does not change, and so may be asked for again."""

        async def once() -> T:
            return await self._once("GET", path, read, token=token, wish=wish, own=own)

        return await self._retry.run(once, on=(TvAway,))

    async def _once(
        self,
        method: str,
        path: str,
        read: Callable[[bytes], T],
        *,
        token: str | None = None,
        wish: Mapping[str, str] = {},
        own: bool = False,
    ) -> T:
        headers = await self._headers(token)
        async with self._bulkhead.place():
            with self._breaker.attempt() as attempt:
                try:
                    answer = await self._http().request(method, path, headers=headers, params=wish or None)
                except (httpx.TransportError, Refused) as error:
                    attempt.outcome = Outcome(ended=Ended.FAILED)
                    raise _away(fault_of(error)) from error
                attempt.outcome = _learnt(answer, own=own)
                _check(answer)
                try:
                    return read(answer.content)
                except (ValueError, KeyError) as error:
                    attempt.outcome = Outcome(ended=Ended.FAILED)
                    raise _away(Fault.ANSWER) from error

    async def _headers(self, token: str | None) -> dict[str, str]:
        headers = {
            "Accept": "application/json",
            "X-Plex-Client-Identifier": await self._client_id(),
            "X-Plex-Product": PRODUCT,
            "X-Plex-Version": __version__,
        }
        return headers | {"X-Plex-Token": token} if token else headers

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            parts = urlsplit(self._url)
            policy = AddressPolicy.upstream(parts.hostname or "", parts.port or _PORTS[parts.scheme])
            self._client = client(policy, base_url=self._url, limits=self.limits)
        return self._client


def _check(answer: httpx.Response) -> None:
    """Raises for what is no answer to what was asked; a status beside these says nothing about a token."""
    status = answer.status_code
    if status in _TOKEN_REFUSED and "X-Plex-Token" in answer.request.headers:
        raise TokenRefused(msg("plex_sign_in.token_refused"))
    if status == 404 and "/pins/" in answer.request.url.path:
        raise PinExpired(msg("plex_sign_in.expired"))
    if status == 429:
        raise TvBusy(msg("plex_sign_in.away_busy"), facts={"status": status})
    if not answer.is_success:
        raise TvAway(msg("plex_sign_in.away_answer"), facts={"status": status})


def _learnt(answer: httpx.Response, *, own: bool) -> Outcome:
    """What the circuit learns; that a guest's token is refused says nothing about the link."""
    learnt = outcome(answer)
    return Outcome(ended=Ended.WELL) if learnt.ended is Ended.UNAUTHORISED and not own else learnt


def _away(fault: Fault) -> TvAway:
    return TvAway(msg(f"plex_sign_in.away_{fault}"), facts={"fault": fault})
