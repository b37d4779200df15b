"""How a figure is taken: the cases of a comparison take turns, so that the machine's noise falls on all alike."""

import asyncio
import os
import platform
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, perf_counter

Case = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One result: at most `bar`, if it has one. Without a unit it is a ratio."""

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.bar is None or self.value <= self.bar

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"  bar {self.bar:g}{'' if self.holds else '  MISSED'}"
        note = f"  ({self.note})" if self.note else ""
        return f"{self.name:<48} {self.value:8.2f} {self.unit:<4}{bar}{note}"


async def in_turns(rounds: int, **cases: Case) -> dict[str, list[float]]:
    """What each case measured in each round; every round begins with another case."""
    results: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(await cases[name]())
    return results


def ratio(name: str, results: dict[str, list[float]], of: str, to: str, *, bar: float | None = None) -> Figure:
    """The median over the rounds of one case against another."""
    shares = [one / other for one, other in zip(results[of], results[to], strict=True)]
    note = f"{of} {median(results[of]):.3g}, {to} {median(results[to]):.3g}, {len(shares)} rounds"
    return Figure(name=name, value=median(shares), bar=bar, note=note)


async def timed(work: Awaitable[object]) -> float:
    """Seconds until it was done."""
    begun = perf_counter()
    await work
    return perf_counter() - begun


def p99_ms(late_ms: list[float]) -> float:
    """What ninety-nine of a hundred stay under."""
    return quantiles(late_ms, n=100)[98]


def p95_ms(late_ms: list[float]) -> float:
    """What nineteen of twenty stay under."""
    return quantiles(late_ms, n=20)[18]


class LoopLag:
    """How late the running event loop is for a timer of five milliseconds."""

    tick_s = 0.005

    def __init__(self) -> None:
        self.late: list[tuple[float, float]] = []
        """When the timer was due (on the machine's monotonic clock), and by how many milliseconds it was late."""

    async def watch(self) -> None:
        while True:
            due = monotonic() + self.tick_s
            await asyncio.sleep(self.tick_s)
            self.late.append((due, (monotonic() - due) * 1000))


@asynccontextmanager
async def loop_lag() -> AsyncIterator[LoopLag]:
    """Watches the loop while the block runs."""
    lag = LoopLag()
    watch = asyncio.create_task(lag.watch())
    try:
        yield lag
    finally:
        watch.cancel()


def memory_mib(pid: int) -> float:
    """The resident memory of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def cpu_s(pid: int) -> float:
    """The processor time that a process has taken."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """What the figures were taken on."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"
