"""Uptime Kuma comes and goes under a running portal: killed, killed again while it is coming in, and frozen."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, Self

from tests.fakes.uptime_kuma import DOWN, MAINTENANCE, NEW, OLD, PENDING, UP, UptimeKuma
from tests.portal import Portal

WITHIN_S = 10.0
"""So soon an outage is known, and the board is right after it."""
_LOOK_EVERY_S = 0.1
_MORE_OPEN = 8
"""So many files and sockets more than in the beginning are still no leak: a pool keeps some."""
_MORE_KIB = 64 * 1024
_NAMES = {DOWN: "down", UP: "up", PENDING: "pending", MAINTENANCE: "maintenance"}


class Manner(StrEnum):
    """What happens to Uptime Kuma."""

    KILLED = "killed"
    TWICE = "killed again while it is coming in"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What a round does; `delay_s` passes between a restart and the second kill."""

    manner: Manner
    delay_s: float

    def __str__(self) -> str:
        return f"{self.manner} ({self.delay_s:.2f} s)" if self.manner is Manner.TWICE else self.manner.value


def draw(seed: int, number: int) -> Outage:
    """The outage of round `number`: one in ten is a freeze, which takes long to be known; all else is chance."""
    chance = Random(f"outage {seed} {number}")
    manner = Manner.FROZEN if number % 10 == 9 else chance.choice([Manner.KILLED, Manner.TWICE])
    return Outage(manner=manner, delay_s=chance.uniform(0, 0.6))


@dataclass(slots=True, kw_only=True)
class OutageReport:
    """How a round went; nothing is wrong where `troubles` is empty."""

    number: int
    outage: Outage
    known_after_s: float = 0.0
    right_after_s: float = 0.0
    open_files: int = 0
    troubles: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        verdict = "ok" if not self.troubles else "\n    ".join(["WRONG", *self.troubles])
        return (
            f"round {self.number:>3}: {self.outage}; known after {self.known_after_s:.2f} s, "
            f"right again after {self.right_after_s:.2f} s, {self.open_files} files and sockets open: {verdict}"
        )


class OutageTorture:
    """A portal, an Uptime Kuma, and round after round."""

    what = "one outage"

    def __init__(self, portal: Portal, kuma: UptimeKuma, seed: int) -> None:
        self._portal = portal
        self._kuma = kuma
        self._seed = seed
        self._open_files = 0
        self._memory_kib = 0

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path, seed: int) -> Iterator[Self]:
        """Start an Uptime Kuma of either dialect and a portal that follows it."""
        with UptimeKuma(NEW if seed % 2 else OLD) as kuma:
            about = {"url": kuma.base, "username": kuma.username, "password": kuma.password}
            with Portal(folder, settings={"uptime_kuma": about}) as portal:
                yield cls(portal, kuma, seed)

    def prepare(self) -> None:
        """The board is right once."""
        self._portal.admin()
        assert self._until(self._is_right) <= WITHIN_S, self._board()
        self._open_files, self._memory_kib = self._opened(), self._resident_kib()

    def round(self, number: int) -> OutageReport:
        """Strike, change what is known meanwhile, come back, and judge."""
        report = OutageReport(number=number, outage=draw(self._seed, number))
        if report.outage.manner is Manner.FROZEN:
            with self._kuma.frozen():
                report.known_after_s = self._until(self._is_lost)
                self._live_on(number)
        else:
            self._kuma.kill()
            report.known_after_s = self._until(self._is_lost)
            self._live_on(number)
            self._come_back(report.outage)
        report.right_after_s = self._until(self._is_right)
        self._judge(report)
        return report

    def _come_back(self, outage: Outage) -> None:
        self._kuma.restart()
        if outage.manner is Manner.TWICE:
            time.sleep(outage.delay_s)
            self._kuma.kill()
            self._kuma.restart()

    def _live_on(self, number: int) -> None:
        """What happens while nobody hears of it: beats, and a monitor that is deleted, or a new one."""
        chance, state = Random(f"life {self._seed} {number}"), self._kuma.state
        for id in chance.sample(sorted(state.monitors), 3):
            state.add_row(id, chance.choice([UP, DOWN]), "", 7)
        if len(state.monitors) > 8:
            state.monitors.pop(chance.choice(sorted(state.monitors)))
        else:
            state.add_row(state.add(f"Service {number}").id, UP, "200 - OK", 5)

    def _judge(self, report: OutageReport) -> None:
        report.open_files = self._opened()
        if report.known_after_s > WITHIN_S:
            report.troubles.append("nobody was told that it is not heard")
        if report.right_after_s > WITHIN_S:
            report.troubles.append(f"the board is {self._board()}, and should be {self._expected()}")
        if self._kuma.sockets != 1:
            report.troubles.append(f"{self._kuma.sockets} connections")
        if report.open_files > self._open_files + _MORE_OPEN:
            report.troubles.append(f"{report.open_files} files and sockets open, {self._open_files} in the beginning")
        if (grown := self._resident_kib() - self._memory_kib) > _MORE_KIB:
            report.troubles.append(f"{grown} KiB more memory than in the beginning")

    def _until(self, holds: Callable[[], bool]) -> float:
        """How long it takes; a little more than the limit where it does not come about."""
        began = time.monotonic()
        while not holds() and time.monotonic() - began <= WITHIN_S:
            time.sleep(_LOOK_EVERY_S)
        return time.monotonic() - began

    def _is_lost(self) -> bool:
        """Never a stale green."""
        told = self._told()
        return told["link"]["state"] != "up" and {one["state"] for one in told["monitors"]} <= {"unknown"}

    def _is_right(self) -> bool:
        """What is shown is of the conversation that goes on, not of one that was killed a moment ago."""
        is_heard = self._kuma.listeners == 1 and self._told()["link"]["state"] == "up"
        return is_heard and self._board() == self._expected()

    def _board(self) -> dict[int, str]:
        return {int(one["id"]): one["state"] for one in self._told()["monitors"]}

    def _expected(self) -> dict[int, str]:
        """What only gathers others is no service."""
        monitors = self._kuma.state.monitors
        gathering = {one.about["parent"] for one in monitors.values()}
        shown = {id: one for id, one in monitors.items() if one.about["type"] != "group" or id not in gathering}
        return {id: _NAMES[one.rows[-1]["status"]] if one.about["active"] else "paused" for id, one in shown.items()}

    def _told(self) -> dict[str, Any]:
        told: dict[str, Any] = self._portal.admin().get("/api/v1/status").raise_for_status().json()
        return told

    def _opened(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self._portal.pid}/fd").iterdir())

    def _resident_kib(self) -> int:
        lines = Path(f"/proc/{self._portal.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
