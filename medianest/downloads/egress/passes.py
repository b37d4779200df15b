"""Who may use the egress proxy, how much, and what they tried: one pass for each job."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import Counter

from medianest.core import security
from medianest.downloads.egress.throttle import Throttle
from medianest.downloads.plans.meters import Meter

_BLOCKED_MOST = 100
_TRICKLE_BYTES = 256


@dataclass(slots=True, kw_only=True, eq=False)
class Line:
    """One connection under a pass: how to cut it and how it moves."""

    cut: Callable[[], object]
    moved: int = 0
    watched: bool = False
    _seen: int = 0
    _seen_at: float = 0.0

    @contextmanager
    def watch(self, now: float) -> Iterator[None]:
        """While this lasts, bytes are expected to move."""
        self.watched, self._seen, self._seen_at = True, self.moved, now
        try:
            yield
        finally:
            self.watched = False

    def is_idle(self, now: float, idle_s: float) -> bool:
        """Whether next to nothing moved for `idle_s` although it should have."""
        if not self.watched or now - self._seen_at < idle_s:
            return False
        idle = self.moved - self._seen < _TRICKLE_BYTES
        self._seen, self._seen_at = self.moved, now
        return idle


@dataclass(slots=True, kw_only=True, eq=False)
class Pass:
    """The right of one job to go out, and what it did with it.

    `blocked` names the hosts and ports that were refused. `exhausted` says that more was to come than the byte limit or
    the meter leaves room for, `is_over_budget` that it was the meter.
    """

    job_id: str
    username: str
    password: str = field(repr=False)
    proxy_url: str = field(repr=False)
    byte_limit: int | None
    idle_s: float
    totals: Counter
    throttle: Throttle | None = None
    meter: Meter | None = None
    received: int = 0
    sent: int = 0
    blocked: list[str] = field(default_factory=list)
    idle_cuts: int = 0
    exhausted: bool = False
    is_over_budget: bool = False
    lines: set[Line] = field(default_factory=set)

    @property
    def bytes(self) -> int:
        return self.received + self.sent

    @property
    def room(self) -> int | None:
        """How many more bytes may be received; None is as many as come."""
        left = None if self.byte_limit is None else max(0, self.byte_limit - self.bytes)
        budget = self.meter.left if self.meter else None
        return min((room for room in (left, budget) if room is not None), default=None)

    @property
    def piece(self) -> int | None:
        """How much one of its connections may receive at once; None is as much as comes."""
        return self.throttle.piece(sum(line.watched for line in self.lines)) if self.throttle else None

    def spend(self, size: int) -> float:
        """How many seconds a connection that received so much waits before it goes on."""
        return self.throttle.spend(size) if self.throttle else 0.0

    def receive(self, line: Line, size: int) -> None:
        self.received += size
        if self.meter:
            self.meter.receive(size)
        self.totals.labels("received").inc(size)
        self._count(line, size)

    def send(self, line: Line, size: int) -> None:
        self.sent += size
        self.totals.labels("sent").inc(size)
        self._count(line, size)

    def exhaust(self) -> None:
        """End it, because more was to come than there is room for."""
        if not self.exhausted:
            budget = self.meter.left if self.meter else None
            self.exhausted = True
            self.is_over_budget = budget is not None and budget == self.room
            self.cut()

    def block(self, target: str) -> None:
        """Note that an address was refused; a job that tries thousands is noted no less, only shorter."""
        if len(self.blocked) < _BLOCKED_MOST:
            self.blocked.append(target)

    def cut(self) -> None:
        """End all its connections at once."""
        for line in self.lines:
            line.cut()

    def cut_idle(self, now: float) -> None:
        for line in self.lines:
            if line.is_idle(now, self.idle_s):
                self.idle_cuts += 1
                line.cut()

    def _count(self, line: Line, size: int) -> None:
        line.moved += size
        if self.byte_limit is not None and self.bytes > self.byte_limit:
            self.exhaust()


class Passes:
    """The passes that are open, by the name under which they sign in."""

    def __init__(self, totals: Counter) -> None:
        self._totals = totals
        self._by_username: dict[str, Pass] = {}
        self._by_job: dict[str, Pass] = {}

    def __iter__(self) -> Iterator[Pass]:
        return iter(list(self._by_username.values()))

    def open(
        self,
        job_id: str,
        *,
        port: int,
        byte_limit: int | None,
        idle_s: float,
        throttle: Throttle | None = None,
        meter: Meter | None = None,
    ) -> Pass:
        """A new pass with credentials that nobody can guess; an earlier one of the same job ends."""
        self.close(job_id)
        username, password = security.new_id(), security.new_token()
        job_pass = Pass(
            job_id=job_id,
            username=username,
            password=password,
            proxy_url=f"http://{username}:{password}@127.0.0.1:{port}",
            byte_limit=byte_limit,
            idle_s=idle_s,
            totals=self._totals,
            throttle=throttle,
            meter=meter,
        )
        self._by_username[username] = self._by_job[job_id] = job_pass
        return job_pass

    def close(self, job_id: str) -> None:
        """End a job's pass and its connections; one that is not there is ended already."""
        if job_pass := self._by_job.pop(job_id, None):
            del self._by_username[job_pass.username]
            job_pass.cut()

    def find(self, username: str, password: str) -> Pass | None:
        """The pass with these credentials, compared in a time that tells nothing."""
        job_pass = self._by_username.get(username)
        expected = job_pass.password if job_pass else security.new_token()
        return job_pass if security.same(password, expected) else None
