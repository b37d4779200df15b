"""One connection to a server of Overseerr's kind: how a call goes out, and what an answer is worth."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from medianest.core.circuit import Ended, Outcome
from medianest.core.i18n import msg
from medianest.core.outbound import AddressPolicy, Refused
from medianest.core.outbound.calls import Calls, Guards
from medianest.core.outbound.clients import CallLimits, Fault, client, fault_of, outcome
from medianest.core.resilience import Attempt
from medianest.media_requests import refusals
from medianest.media_requests.errors import NotAllowed, NothingLeft, ServerAway, ServerRefuses, WentWrong
from medianest.media_requests.wire import people

T = TypeVar("T")
API = "/api/v1"
_NEVER = datetime.min.replace(tzinfo=UTC)


class Line:
    """Calls by path. `person` is as whom it is asked, by their own number there; None is the portal itself."""

    def __init__(self, url: str, key: str, guards: Guards, *, patience_s: float) -> None:
        parts = urlsplit(url)
        policy = AddressPolicy.upstream(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        headers = {"X-API-Key": key, "Accept": "application/json"}
        limits = CallLimits(first_byte_s=patience_s * 0.8, total_s=patience_s)
        self._client = client(policy, base_url=url.rstrip("/") + API, headers=headers, limits=limits)
        self._guards = guards
        self._calls = Calls(called=guards.called, release=self._client.aclose, away=_away)

    async def close(self) -> None:
        """No call begins any more; the last one that is under way closes the connections."""
        await self._calls.close()

    async def get(self, path: str, read: Callable[[bytes], T], *, person: int | None = None) -> T:
        """What reads; asked again where that can help: not where the call before failed, too, or nobody listens."""

        async def once() -> T:
            return await self._once("GET", path, read, None, person)

        async with self._calls.one():
            return await (once() if self._is_away else self._guards.retry.run(once, on=(WentWrong,)))

    async def send(
        self,
        method: str,
        path: str,
        read: Callable[[bytes], T],
        told: Mapping[str, Any] | None = None,
        *,
        person: int | None = None,
    ) -> T:
        """What changes something; never repeated here."""
        async with self._calls.one():
            return await self._once(method, path, read, told, person)

    @property
    def _is_away(self) -> bool:
        health = self._guards.breaker.health
        return health.last_bad_at is not None and health.last_bad_at > (health.last_good_at or _NEVER)

    async def _once(
        self, method: str, path: str, read: Callable[[bytes], T], told: Mapping[str, Any] | None, person: int | None
    ) -> T:
        headers = {} if person is None else {"X-API-User": integer(person)}
        request = self._client.build_request(method, path, json=told, headers=headers)
        async with self._guards.bulkhead.place():
            with self._guards.breaker.attempt() as attempt:
                answer = await self._answer(request, attempt)
                if answer.status_code in (401, 403) and person is not None:
                    await self._blame(answer, attempt)
                _check(answer, attempt)
                try:
                    return read(answer.content)
                except ValueError as error:
                    attempt.outcome = Outcome(ended=Ended.FAILED)
                    raise WentWrong(msg("requests.unreadable")) from error

    async def _answer(self, request: httpx.Request, attempt: Attempt) -> httpx.Response:
        try:
            answer = await self._client.send(request)
        except httpx.TransportError as error:
            attempt.outcome = outcome(error)
            fault = fault_of(error)
            away = ServerAway if fault is Fault.CONNECT else WentWrong
            raise away(msg("requests.away"), facts={"fault": fault}) from error
        except Refused as error:
            attempt.outcome = Outcome(ended=Ended.FAILED)
            raise ServerAway(msg("requests.away"), facts={"fault": fault_of(error)}) from error
        attempt.outcome = outcome(answer)
        return answer

    async def _blame(self, answer: httpx.Response, attempt: Attempt) -> None:
        """Tell a refused key from a person who may not: both are the same 403, unless a route says why.

        Raises NotAllowed where the key is good.
        """
        if people.refusal(answer.content):
            return
        again = await self._answer(self._client.build_request("GET", "/auth/me"), attempt)
        if again.is_success:
            raise NotAllowed(msg("requests.not_allowed"))


def integer(person: int) -> str:
    """As the header has it: of no number the server would be silent for ever, of an empty one be the administrator."""
    if type(person) is not int or person < 1:
        raise ValueError("nobody has such a number")
    return str(person)


def _away() -> ServerAway:
    return ServerAway(msg("requests.away"))


def _check(answer: httpx.Response, attempt: Attempt) -> None:
    """Raises for what is no answer, and for a 2xx that is a failure."""
    if answer.status_code == 202:
        raise NothingLeft(msg("requests.no_seasons_left"))
    if answer.is_success:
        return
    words = people.refusal(answer.content)
    if (error := refusals.of(answer.status_code, words)) is not None:
        attempt.outcome = Outcome(ended=Ended.WELL)
        raise error
    if answer.status_code in (401, 403):
        raise ServerRefuses(msg("requests.refused"), facts={"status": answer.status_code})
    if answer.status_code < 500 and answer.status_code != 429:
        attempt.outcome = Outcome(ended=Ended.FAILED)
    raise WentWrong(msg("requests.away"), facts={"status": answer.status_code})
