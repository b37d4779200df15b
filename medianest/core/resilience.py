"""How calls to an upstream are guarded: a circuit breaker, retries with a budget, and a bulkhead.

Each upstream has one of each, and one `Health` that says how it is. The decisions are in `core.circuit`.
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from medianest.core import circuit as circuits
from medianest.core import clock
from medianest.core.circuit import HOUSEHOLD, Admission, Circuit, Ended, Outcome, State, Thresholds
from medianest.core.errors import Unavailable
from medianest.core.i18n import msg

T = TypeVar("T")
Uniform = Callable[[float, float], float]


class CircuitOpen(Unavailable):
    """The upstream is being left alone; `retry_after` says how long."""

    default_code = "upstream_away"


class Crowded(Unavailable):
    """Too many calls wait for the upstream already."""

    default_code = "upstream_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an upstream is; `held` says that an admin holds the circuit there."""

    name: str
    state: State
    held: bool = False
    credentials_refused: bool = False
    last_good_at: datetime | None = None
    last_bad_at: datetime | None = None
    retry_in_s: float = 0.0
    opened: int = 0
    probes: int = 0
    turned_away: int = 0


class Attempt:
    """One admitted call; whoever makes it says how it ended."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = None

    def ended(self, ended: Ended, *, retry_after_s: float | None = None) -> None:
        self.outcome = Outcome(ended=ended, retry_after_s=retry_after_s)


class CircuitBreaker:
    """Turns calls to an upstream away while it is down, and lets one through now and then to see."""

    def __init__(
        self,
        name: str,
        *,
        thresholds: Thresholds = HOUSEHOLD,
        on_change: Callable[[Health], None] = lambda health: None,
        monotonic: Callable[[], float] = clock.monotonic,
        uniform: Uniform = random.uniform,
    ) -> None:
        self.name = name
        self._thresholds = thresholds
        self._on_change = on_change
        self._monotonic = monotonic
        self._uniform = uniform
        self._circuit = Circuit()
        self._held: State | None = None
        self._credentials_refused = False
        self._last_good_at: datetime | None = None
        self._last_bad_at: datetime | None = None
        self._opened = 0
        self._probes = 0
        self._turned_away = 0

    @property
    def health(self) -> Health:
        return Health(
            name=self.name,
            state=self._held or self._circuit.state,
            held=self._held is not None,
            credentials_refused=self._credentials_refused,
            last_good_at=self._last_good_at,
            last_bad_at=self._last_bad_at,
            retry_in_s=self._retry_in_s(),
            opened=self._opened,
            probes=self._probes,
            turned_away=self._turned_away,
        )

    def hold(self, state: State | None) -> None:
        """Keep it open or closed whatever happens, until it is held at None again."""
        self._held = state
        self._on_change(self.health)

    def look_soon(self) -> None:
        """Somebody wants it now, or it was heard otherwise: let the next call look whether it is back."""
        self._circuit = circuits.soon(self._circuit, self._monotonic())

    @contextmanager
    def attempt(self) -> Iterator[Attempt]:
        """A call, if there may be one, else `CircuitOpen`; without an outcome (cancelled) it teaches nothing."""
        admission = self._admit()
        attempt = Attempt()
        began = self._monotonic()
        try:
            yield attempt
        finally:
            if attempt.outcome is None:
                self._circuit = circuits.release(self._circuit, admission)
            else:
                self._learn(admission, attempt.outcome, self._monotonic() - began)

    def _admit(self) -> Admission:
        admission = Admission.CALL if self._held is State.CLOSED else Admission.REFUSED
        if self._held is None:
            self._circuit, admission = circuits.admit(self._circuit, self._monotonic())
        if admission is Admission.REFUSED:
            self._turned_away += 1
            raise CircuitOpen(
                msg("resilience.upstream_away", name=self.name), retry_after=timedelta(seconds=self._retry_in_s())
            )
        self._probes += admission is Admission.PROBE
        return admission

    def _learn(self, admission: Admission, outcome: Outcome, took_s: float) -> None:
        before = self._circuit.opened, self._circuit.state, self._credentials_refused
        outcome = Outcome(ended=outcome.ended, took_s=took_s, retry_after_s=outcome.retry_after_s)
        self._circuit = circuits.learn(
            self._circuit,
            admission,
            outcome,
            self._monotonic(),
            jitter=self._uniform(0.8, 1.2),
            by=self._thresholds,
        )
        if outcome.ended in (Ended.WELL, Ended.UNAUTHORISED):
            self._credentials_refused = outcome.ended is Ended.UNAUTHORISED
            self._last_good_at = clock.now()
        else:
            self._last_bad_at = clock.now()
        self._opened += self._circuit.opened > before[0]
        if before != (self._circuit.opened, self._circuit.state, self._credentials_refused):
            self._on_change(self.health)

    def _retry_in_s(self) -> float:
        if (self._held or self._circuit.state) is not State.OPEN:
            return 0.0
        return max(0.0, self._circuit.until - self._monotonic())


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLimits:
    """How often and how long a call is tried; retries are at most a share of all calls of the last minute."""

    attempts: int = 3
    pause_from_s: float = 0.2
    pause_to_s: float = 2.0
    total_s: float = 10.0
    share: float = 0.1
    least_per_minute: int = 3


def pause(retry: int, limits: RetryLimits, uniform: Uniform) -> float:
    """How long to wait before the first, second, ... retry: exponential with full jitter."""
    return uniform(limits.pause_from_s, min(limits.pause_to_s, limits.pause_from_s * 4**retry))


class Retry:
    """Makes a call again when that can help: for calls that change nothing, or carry an idempotency key.

    The budget keeps an upstream that is down from being asked three times as much as one that is well; a few
    retries a minute are always free, for a tenth of a household's calls is none.
    """

    def __init__(
        self,
        limits: RetryLimits = RetryLimits(),
        *,
        monotonic: Callable[[], float] = clock.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Uniform = random.uniform,
    ) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._sleep = sleep
        self._uniform = uniform
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    async def run(self, call: Callable[[], Awaitable[T]], *, on: tuple[type[Exception], ...]) -> T:
        """What the call answers; the errors in `on` are worth another try, all others pass at once."""
        began = self._monotonic()
        self._forget_before(began - 60)
        self._calls.append(began)
        for retry in range(1, self._limits.attempts):
            try:
                return await call()
            except on:
                wait = pause(retry, self._limits, self._uniform)
                if self._monotonic() - began + wait >= self._limits.total_s or not self._may_retry():
                    raise
            self._retries.append(self._monotonic())
            await self._sleep(wait)
        return await call()

    def _may_retry(self) -> bool:
        return len(self._retries) < max(self._limits.least_per_minute, self._limits.share * len(self._calls))

    def _forget_before(self, moment: float) -> None:
        for times in (self._calls, self._retries):
            while times and times[0] <= moment:
                times.popleft()


class Bulkhead:
    """At most so many calls at once, and so many waiting: one slow upstream does not take the whole portal."""

    def __init__(self, name: str, *, at_once: int = 8, waiting: int = 32) -> None:
        self._name = name
        self._places = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._may_wait = waiting

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among the calls under way; raises `Crowded` when the line is full."""
        if self._places.locked() and self._waiting >= self._may_wait:
            raise Crowded(msg("resilience.upstream_busy", name=self._name))
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
