"""What an Uptime Kuma knows: monitors with their beats, in the shapes that it tells them in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from tests.fakes.uptime_kuma.dialects import JSON, Dialect, recording

DOWN, UP, PENDING, MAINTENANCE = 0, 1, 2, 3
ROWS_MOST = 100


def stamp(at: datetime) -> str:
    """As Uptime Kuma writes times: UTC, without saying so."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03}"


@dataclass(slots=True)
class Monitor:
    """One monitor: what `monitorList` says of it, its rows of beats, and its certificate."""

    about: JSON
    rows: list[JSON] = field(default_factory=list)
    certificate: str | None = None

    @property
    def id(self) -> int:
        return int(self.about["id"])


class State:
    """All of it; it outlives a restart, as the database does."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.monitors: dict[int, Monitor] = {}
        self.windows: dict[str, JSON] = {}
        self.incident: JSON | None = None
        self._beats = 0
        listed = next(told[1] for told in recording(dialect)["events"] if told[0] == "monitorList")
        self._template: JSON = listed["2"]
        self._listed: JSON = listed

    def furnish(self) -> None:
        """The ten monitors that were there when the session was recorded."""
        for id, about in self._listed.items():
            self.monitors[int(id)] = Monitor(about=dict(about))
        for told in recording(self.dialect)["events"]:
            if told[0] == "certInfo":
                self.monitors[int(told[1])].certificate = told[2]
        for id in self.monitors:
            down = id in (1, 3, 7, 9)
            self.add_row(id, DOWN if down else UP, "connect ECONNREFUSED" if down else "200 - OK", None if down else 9)

    def add(self, name: str, **about: Any) -> Monitor:
        id = max(self.monitors, default=0) + 1
        parent = about.get("parent")
        if parent:
            self.monitors[parent].about["childrenIDs"].append(id)
        made = {**self._template, "tags": [], "parent": None, "childrenIDs": [], **about, "id": id, "name": name}
        self.monitors[id] = Monitor(about=made)
        return self.monitors[id]

    def add_row(
        self, id: int, status: int, msg: str = "", ping: float | None = None, at: datetime | None = None
    ) -> tuple[JSON, bool]:
        """A row of the database, and whether it is an important one."""
        rows = self.monitors[id].rows
        self._beats += 1
        important = not rows or rows[-1]["status"] != status
        row = {
            "id": self._beats,
            "important": int(important),
            "monitor_id": id,
            "status": status,
            "msg": msg,
            "time": stamp(at or datetime.now(UTC)),
            "ping": ping,
            "duration": 20,
            "down_count": 0,
        }
        if self.dialect.is_new:
            row |= {"end_time": row["time"], "retries": 0, "response": None}
        rows.append(row)
        return row, important

    def heartbeat(self, row: JSON) -> JSON:
        """What is told at once: other names than the row's, and no `ping` of a service that is down."""
        told = {"monitorID": row["monitor_id"], "status": row["status"], "time": row["time"], "msg": row["msg"]}
        if row["ping"] is not None:
            told["ping"] = row["ping"]
        told["important"] = bool(row["important"])
        return told | ({"retries": 0} if self.dialect.is_new else {"duration": row["duration"]})

    def shares(self, id: int | str) -> list[list[Any]]:
        """Of which periods how much a monitor was up; the period counts for nothing here."""
        rows = self.monitors[int(id)].rows
        up = sum(row["status"] == UP for row in rows) / len(rows) if rows else 0
        return [["uptime", id, period, up] for period in self.dialect.periods]

    def average(self, id: int | str) -> list[Any]:
        pings = [row["ping"] for row in self.monitors[int(id)].rows if row["ping"] is not None]
        return ["avgPing", id, round(sum(pings) / len(pings)) if pings else None]

    def certify(self, id: int, days: int) -> None:
        until = datetime.now(UTC) + timedelta(days=days, hours=1)
        chain = {"subject": {"CN": "localhost"}, "daysRemaining": days, "validTo": until.isoformat()[:23] + "Z"}
        self.monitors[id].certificate = json.dumps({"valid": True, "certInfo": chain})

    def grow(self, number: int) -> None:
        begun = datetime.now(UTC) - timedelta(minutes=ROWS_MOST)
        while len(self.monitors) < number:
            id = self.add(f"Service {len(self.monitors) + 1}").id
            for minute in range(ROWS_MOST):
                self.add_row(id, UP, "200 - OK", 20 + minute % 7, begun + timedelta(minutes=minute))

    def listed(self) -> JSON:
        return {str(id): monitor.about for id, monitor in self.monitors.items()}

    def burst(self) -> list[list[Any]]:
        """What follows a login, in the order of the recording; in it, the numbers of monitors are texts."""
        ids = [str(id) for id in self.monitors]
        told: list[list[Any]] = [["monitorList", self.listed()]]
        told += [["monitorTypeList", {}]] if self.dialect.is_new else []
        told += [["maintenanceList", self.windows], ["info", self.info()], ["notificationList", []]]
        told += [["proxyList", []], ["dockerHostList", []], ["apiKeyList", []]]
        told += [["remoteBrowserList", []]] if self.dialect.is_new else []
        told += [["statusPageList", {}]]
        beats = [["heartbeatList", id, self.monitors[int(id)].rows[-ROWS_MOST:], False] for id in ids]
        figures = [row for id in ids for row in (self.average(id), *self.shares(id))]
        certificates = [["certInfo", id, one.certificate] for id in ids if (one := self.monitors[int(id)]).certificate]
        if self.dialect.is_new:
            return [*told, *figures, *beats, *certificates, ["initServerTimezone"]]
        important = [["importantHeartbeatList", id, self._important(int(id)), False] for id in ids]
        return [*told, *beats, *important, *figures, *certificates, ["initServerTimezone"]]

    def info(self) -> JSON:
        return {"version": self.dialect.version, "latestVersion": None, "isContainer": False, **BEFORE_LOGIN}

    def _important(self, id: int) -> Sequence[JSON]:
        rows = reversed(self.monitors[id].rows)
        return [self.heartbeat(row) | {"ping": row["ping"]} for row in islice(rows, ROWS_MOST) if row["important"]]


BEFORE_LOGIN = {"primaryBaseURL": None, "serverTimezone": "UTC", "serverTimezoneOffset": "+00:00"}
