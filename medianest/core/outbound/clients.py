"""HTTP clients for upstreams: they connect only where their policy admits, and every call ends in time.

The name is resolved and checked here, below httpx, and TLS is still verified against the name.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cache

import httpcore
import httpx

from medianest.core import clock
from medianest.core.circuit import Ended, Outcome
from medianest.core.outbound.addresses import host_in_url, normal_host
from medianest.core.outbound.policy import AddressPolicy, Refused, Resolve, Unresolved, resolve, system_resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How long one call may take, in seconds, and how much may be answered (security.md, section 4)."""

    connect_s: float = 2.0
    first_byte_s: float = 5.0
    total_s: float = 10.0
    body_bytes: int = 8 * 1024 * 1024


class Fault(StrEnum):
    """Why there is no answer, as far as somebody who has to mend it needs to know."""

    NAME = "name"  # nobody knows an address of it, or one that may not be connected to
    CONNECT = "connect"  # nobody listens there, or nothing leads there
    TLS = "tls"  # the certificate is not one for this name, or is not trusted
    TIME = "time"  # it takes too long
    ANSWER = "answer"  # it breaks off, or is no HTTP


class AnswerRefused(httpx.RemoteProtocolError):
    """An answer that is larger than agreed, or packed although nobody asked for that."""


def client(
    policy: AddressPolicy,
    *,
    base_url: str = "",
    headers: Mapping[str, str] | None = None,
    limits: CallLimits = CallLimits(),
    verify: ssl.SSLContext | bool = True,
    ask: Resolve = system_resolve,
) -> httpx.AsyncClient:
    """A client that follows no redirect, heeds no proxy of the environment, and raises `Blocked` off its policy.

    It asks for unpacked answers and takes no others, so that a few bytes cannot grow in memory.
    """
    return httpx.AsyncClient(
        transport=_Transport(policy, limits, verify, ask),
        base_url=base_url,
        headers={"User-Agent": "MediaNest", **(headers or {}), "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(limits.first_byte_s, connect=limits.connect_s, pool=limits.total_s),
        follow_redirects=False,
        trust_env=False,
    )


@cache
def usual_tls() -> ssl.SSLContext:
    """Whom this machine trusts; made once, for reading all those authorities holds everything else up."""
    return httpx.create_ssl_context(trust_env=False)


def outcome(answer: httpx.Response | httpx.TransportError) -> Outcome:
    """What a circuit learns from an answer, or from its absence."""
    if isinstance(answer, httpx.TransportError):
        return Outcome(ended=Ended.FAILED)
    retry_after_s = _retry_after_s(answer.headers.get("Retry-After", ""))
    if answer.status_code == 429 or (answer.status_code == 503 and retry_after_s is not None):
        return Outcome(ended=Ended.THROTTLED, retry_after_s=retry_after_s)
    if answer.status_code in (401, 403):
        return Outcome(ended=Ended.UNAUTHORISED)
    return Outcome(ended=Ended.FAILED if answer.is_server_error else Ended.WELL)


def fault_of(error: Exception) -> Fault:
    """Why a call got no answer; of what `send` raised."""
    chain = list(_causes(error))
    if any(isinstance(cause, Refused) for cause in chain):
        return Fault.NAME
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return Fault.TLS
    if isinstance(error, httpx.TimeoutException):
        return Fault.TIME
    return Fault.CONNECT if isinstance(error, httpx.ConnectError) else Fault.ANSWER


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _retry_after_s(value: str) -> float | None:
    """The seconds of a Retry-After header, which has either those or a date (RFC 9110, section 10.2.3)."""
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - clock.now()).total_seconds())


class _Transport(httpx.AsyncHTTPTransport):
    def __init__(self, policy: AddressPolicy, limits: CallLimits, verify: ssl.SSLContext | bool, ask: Resolve) -> None:
        self._limits = limits
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=usual_tls() if verify is True else httpx.create_ssl_context(verify=verify, trust_env=False),
            max_connections=20,
            max_keepalive_connections=5,
            keepalive_expiry=30.0,
            network_backend=_CheckedNetwork(policy, ask),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        deadline = asyncio.get_running_loop().time() + self._limits.total_s
        try:
            async with asyncio.timeout_at(deadline):
                response = await super().handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout("the call took too long", request=request) from error
        assert isinstance(response.stream, httpx.AsyncByteStream)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            await response.aclose()
            raise AnswerRefused("the answer is packed", request=request)
        response.stream = _Bounded(response.stream, deadline, self._limits.body_bytes)
        return response


class _Bounded(httpx.AsyncByteStream):
    """A body that must have arrived before `deadline` and be no larger than `limit`."""

    def __init__(self, stream: httpx.AsyncByteStream, deadline: float, limit: int) -> None:
        self._stream = stream
        self._deadline = deadline
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        parts = aiter(self._stream)
        while part := await self._next(parts):
            size += len(part)
            if size > self._limit:
                raise AnswerRefused(f"the answer is larger than {self._limit} bytes")
            yield part

    async def _next(self, parts: AsyncIterator[bytes]) -> bytes:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await anext(parts, b"")
        except TimeoutError as error:
            raise httpx.ReadTimeout("the answer took too long") from error

    async def aclose(self) -> None:
        await self._stream.aclose()


class _CheckedNetwork(httpcore.AnyIOBackend):
    """Connects to the addresses that the policy admits, one after the other."""

    def __init__(self, policy: AddressPolicy, ask: Resolve) -> None:
        self._policy = policy
        self._ask = ask

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} did not answer in time") from error

    async def _connect(self, host: str, port: int) -> httpcore.AsyncNetworkStream:
        try:
            found = await resolve(normal_host(host_in_url(host)), port, self._policy, ask=self._ask)
        except (Unresolved, ValueError) as error:
            raise httpcore.ConnectError(f"{host} was not found") from error
        failure: Exception | None = None
        for address in found:
            try:
                return await super().connect_tcp(str(address), port)
            except httpcore.ConnectError as error:
                failure = error
        raise httpcore.ConnectError(f"{host} does not answer") from failure
