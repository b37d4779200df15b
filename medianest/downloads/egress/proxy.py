"""The only way out for downloads: a filtering HTTP proxy on loopback, in the portal's own event loop.

A check of the link at the door is not enough: sites redirect, manifests point anywhere, and names change what they
mean. Here each request is checked when it is made: the name is resolved once, every answer must be admitted, and the
connection goes to an address that was checked. What it speaks is in `connection`.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from datetime import timedelta

from medianest.core import clock, outbound
from medianest.core.metrics import Metrics
from medianest.core.supervisor import Supervisor
from medianest.downloads.egress.connection import USUAL, Connection, Limits, Premises
from medianest.downloads.egress.passes import Pass, Passes
from medianest.downloads.egress.throttle import Throttle
from medianest.downloads.plans.meters import Meter

log = logging.getLogger(__name__)

_BACKLOG = 256
_BREATH_S = 0.2
_STOP_WITHIN = timedelta(seconds=5)


class Egress:
    """Listens from `start` to `stop`; each job goes out with the pass that was opened for it."""

    def __init__(
        self,
        policy: outbound.AddressPolicy,
        *,
        resolve: outbound.Resolve = outbound.system_resolve,
        limits: Limits = USUAL,
        metrics: Metrics | None = None,
        rate: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`rate` is how many bytes a second all passes together may receive; None is as many as come."""
        metrics = metrics or Metrics()
        self._limits = limits
        self._throttle = Throttle(rate)
        self._connections: set[Connection] = set()
        self._supervisor = Supervisor()
        self._supervisor.add("egress proxy", self._listen)
        self._supervisor.add("egress idle limit", self._sweep)
        self._passes = Passes(metrics.counter("egress_bytes", "Bytes of downloads", ["direction"]))
        self._premises = Premises(
            passes=self._passes,
            policy=policy,
            resolve=resolve,
            limits=limits,
            port=0,
            results=metrics.counter("egress_requests", "Requests of downloads by what became of them", ["result"]),
        )
        metrics.gauge_of("egress_connections", "Open connections of downloads", lambda: len(self._connections))

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1, once it was started."""
        return self._premises.port

    @property
    def policy(self) -> outbound.AddressPolicy:
        """Where the passes lead; a new one holds from the next request on."""
        return self._premises.policy

    @policy.setter
    def policy(self, policy: outbound.AddressPolicy) -> None:
        self._premises.policy = policy

    async def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self._listener.setblocking(False)
        self._premises.port = self._listener.getsockname()[1]
        self._supervisor.start()

    async def stop(self) -> None:
        """End all passes and connections, and stop listening; twice is once."""
        await self._supervisor.stop(_STOP_WITHIN)
        self._listener.close()
        for job_pass in self._passes:
            self.close_pass(job_pass.job_id)
        ending = [connection.task for connection in self._connections]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def open_pass(
        self,
        job_id: str,
        *,
        byte_limit: int | None = None,
        idle_s: float = 120.0,
        meter: Meter | None = None,
    ) -> Pass:
        """The right of a job to go out through `proxy_url`: so many bytes in both directions together, of these no more
        received than the meter leaves, and no connection on which nothing moves for `idle_s`. An earlier pass of the
        same job ends.
        """
        return self._passes.open(
            job_id, port=self.port, byte_limit=byte_limit, idle_s=idle_s, throttle=self._throttle, meter=meter
        )

    def close_pass(self, job_id: str) -> None:
        """Cut a job's connections at once and let no new one in; a job without a pass is cut already."""
        self._passes.close(job_id)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(self._listener)
                self._welcome(client)
            except OSError as error:
                log.warning("The egress proxy could not take a connection", extra={"error": str(error)})
                await asyncio.sleep(_BREATH_S)

    def _welcome(self, client: socket.socket) -> None:
        if len(self._connections) >= self._limits.connections:
            client.close()
            return
        self._connections.add(Connection(client, self._premises, self._connections.discard))

    async def _sweep(self) -> None:
        """Now and then cut what moves nothing."""
        while True:
            await asyncio.sleep(self._limits.sweep_s)
            for job_pass in self._passes:
                job_pass.cut_idle(clock.monotonic())
