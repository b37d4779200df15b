"""One connection to the egress proxy: who is it, where does it want to go, and may it."""

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import Counter

from medianest.core import outbound
from medianest.core.outbound.addresses import Address
from medianest.downloads.egress import heads
from medianest.downloads.egress.exchange import Exchange, NoAnswer
from medianest.downloads.egress.heads import BadHead, Request
from medianest.downloads.egress.passes import Line, Pass, Passes
from medianest.downloads.egress.wire import TooLong, Wire
from medianest.downloads.failure_sentences import BLOCKED_REASON

log = logging.getLogger(__name__)

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What connections may take of the proxy; times in seconds."""

    head_bytes: int = 32 * 1024
    head_s: float = 15.0
    resolve_s: float = 10.0
    connect_s: float = 10.0
    sweep_s: float = 1.0
    connections_of_a_pass: int = 32
    connections: int = 192


USUAL = Limits()


@dataclass(slots=True, kw_only=True)
class Premises:
    """What the connections of one proxy share; `results` counts what became of each request."""

    passes: Passes
    policy: outbound.AddressPolicy
    resolve: outbound.Resolve
    limits: Limits
    port: int
    results: Counter


class Refusal(Exception):
    """An answer of the proxy's own, after which it closes; `result` is what it is counted as."""

    def __init__(self, status: int, reason: str, *headers: tuple[str, str], result: str = "refused") -> None:
        super().__init__(reason)
        self.result = result
        body = f"MediaNest: {reason}\n".encode()
        framing = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        self.answer = heads.render(f"HTTP/1.1 {status} {reason}", [*framing, *headers, ("Connection", "close")]) + body


class Connection:
    """Serves one client until it leaves, is refused or is cut; `on_end` is called once, whatever happened.

    Everything but a proper end resets both sides, so that no body that was cut looks whole.
    """

    def __init__(self, client: socket.socket, premises: Premises, on_end: "Callable[[Connection], None]") -> None:
        self._client = Wire(client)
        self._site: Wire | None = None
        self._pass: Pass | None = None
        self._premises = premises
        self._limits = premises.limits
        self._on_end = on_end
        self.task = asyncio.get_running_loop().create_task(self._serve())
        self.task.add_done_callback(self._end)
        self._line = Line(cut=self.task.cancel)

    def _end(self, task: "asyncio.Task[None]") -> None:
        for wire in filter(None, (self._client, self._site)):
            wire.abort()
        if self._pass:
            self._pass.lines.discard(self._line)
        if not task.cancelled() and (error := task.exception()):
            log.error("A connection of the egress proxy broke", exc_info=error)
        self._on_end(self)

    async def _serve(self) -> None:
        try:
            await self._converse()
            self._client.close()
        except OSError:
            self._count("broken")

    async def _converse(self) -> None:
        try:
            while (request := await self._request()) and await self._exchange(request):
                pass
        except Refusal as refusal:
            self._count(refusal.result)
            await self._client.send(refusal.answer)

    async def _request(self) -> Request | None:
        """The next request; None when the client left, or has nothing to ask for a while."""
        try:
            async with asyncio.timeout(self._limits.head_s):
                raw = await self._client.head(self._limits.head_bytes)
            return heads.parse_request(raw) if raw else None
        except TimeoutError as error:
            if self._client.waiting:
                raise Refusal(408, "Request took too long") from error
            return None
        except TooLong as error:
            raise Refusal(431, "Head too long") from error
        except BadHead as error:
            raise Refusal(error.status, f"Bad request: {error}") from error

    async def _exchange(self, request: Request) -> bool:
        job_pass = self._admit(request)
        site = await self._dial(request, job_pass)
        exchange = Exchange(self._client, site, job_pass, self._line)
        another = await self._relay(exchange, request)
        site.close()
        self._count("relayed")
        return another

    def _admit(self, request: Request) -> Pass:
        """The pass that the request carries: the same for the whole connection."""
        credentials = request.credentials()
        found = self._premises.passes.find(*credentials) if credentials else None
        if not found or self._pass not in (None, found):
            challenge = ("Proxy-Authenticate", 'Basic realm="MediaNest"')
            raise Refusal(407, "Proxy authentication required", challenge, result="unauthorised")
        if not self._pass and len(found.lines) >= self._limits.connections_of_a_pass:
            raise Refusal(503, "Too many connections")
        self._pass = found
        found.lines.add(self._line)
        if found.exhausted:
            raise Refusal(403, "Byte limit reached")
        return found

    async def _dial(self, request: Request, job_pass: Pass) -> Wire:
        """A connection to the first checked address that takes one."""
        for address in await self._addresses(request, job_pass):
            site = self._site = Wire(socket.socket(_FAMILIES[address.version], socket.SOCK_STREAM))
            try:
                async with asyncio.timeout(self._limits.connect_s):
                    await asyncio.get_running_loop().sock_connect(site.socket, (str(address), request.port))
            except OSError:
                site.abort()
            else:
                return site
        raise Refusal(502, "No connection", result="unreachable")

    async def _addresses(self, request: Request, job_pass: Pass) -> list[Address]:
        policy, ask = self._premises.policy, self._premises.resolve
        try:
            async with asyncio.timeout(self._limits.resolve_s):
                found = await outbound.resolve(request.host, request.port, policy, ask=ask)
        except (outbound.Unresolved, TimeoutError) as error:
            raise Refusal(502, "Host not found", result="unreachable") from error
        except outbound.Blocked as error:
            raise self._blocked(request, job_pass) from error
        if request.port == self._premises.port and not all(map(outbound.is_public, found)):
            raise self._blocked(request, job_pass)
        return found

    def _blocked(self, request: Request, job_pass: Pass) -> Refusal:
        job_pass.block(request.target)
        # of an answer to CONNECT many programs tell no more than the reason
        return Refusal(403, BLOCKED_REASON, (heads.BLOCKED_HEADER, "1"), result="blocked")

    async def _relay(self, exchange: Exchange, request: Request) -> bool:
        if request.is_tunnel:
            await exchange.tunnel()
            return False
        try:
            return await exchange.request(request, head_bytes=self._limits.head_bytes)
        except NoAnswer as error:
            raise Refusal(error.status, str(error), result="unreachable") from error

    def _count(self, result: str) -> None:
        self._premises.results.labels(result).inc()
