"""Everybody is told once: things happen, the portal is killed in the middle of telling, and starts again."""

import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx

from tests.fakes.webhook_sink import WebhookSink
from tests.portal import Portal
from tests.torture.remains import DATABASE, database_troubles

HOOK = "/hook"
EVENTS = 12
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.05
_KIND = "token.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesBlow:
    """When it is struck: after so many events and some time; `again_s` after the next start once more, or not at all.

    The other side takes `slow_s` for each answer.
    """

    after: int
    delay_s: float
    slow_s: float
    whole_tree: bool
    again_s: float | None

    def __str__(self) -> str:
        again = "" if self.again_s is None else f", again {self.again_s:.2f} s after the start"
        return f"{'tree' if self.whole_tree else 'main'} {self.delay_s:.3f} s after event {self.after}{again}"


def draw(seed: int, number: int) -> NotesBlow:
    """The blow of round `number`; all is chance."""
    chance = Random(f"notes {seed} {number}")
    return NotesBlow(
        after=chance.randint(1, EVENTS),
        delay_s=chance.uniform(0, 0.15),
        slow_s=chance.choice([0.0, 0.02, 0.2]),
        whole_tree=chance.random() < 0.5,
        again_s=chance.uniform(0.3, 1.5) if chance.random() < 0.3 else None,
    )


@dataclass(slots=True, kw_only=True)
class NotesReport:
    """How a round went; nothing is wrong where `troubles` is empty. `twice` were told outside more than once."""

    number: int
    blow: NotesBlow
    acknowledged: int = 0
    happened: int = 0
    left: int = 0
    twice: int = 0
    told_after_s: float = 0.0
    troubles: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        verdict = "ok" if not self.troubles else "\n    ".join(["WRONG", *self.troubles])
        return (
            f"round {self.number:>3}: {self.blow}; {self.happened} happened ({self.acknowledged} acknowledged), "
            f"{self.left} not yet told, told in {self.told_after_s:.2f} s, {self.twice} twice: {verdict}"
        )


class NotesTorture:
    """A portal whose administrator is told by webhook, and round after round on the same installation."""

    what = f"{EVENTS} events"

    def __init__(self, portal: Portal, sink: WebhookSink, seed: int) -> None:
        self._portal = portal
        self._sink = sink
        self._seed = seed
        self._program = httpx.Client()

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path, seed: int) -> Iterator[Self]:
        with WebhookSink() as sink:
            about = {"notifications": {"allow_private_hosts": ["{}:{}".format(*sink.address)]}}
            with Portal(folder, settings=about) as portal:
                yield cls(portal, sink, seed)

    def prepare(self) -> None:
        """The administrator has a webhook."""
        admin = self._portal.admin()
        form = {"url": self._sink.url(HOOK), "label": "Sink", "csrf_token": admin.headers["X-CSRF-Token"]}
        admin.post("/account/channels/webhook", data=form).raise_for_status()
        self._program = self._portal.program("admin", "read")

    def round(self, number: int) -> NotesReport:
        """Have things happen, strike, start again, wait until all is told, and judge."""
        report = NotesReport(number=number, blow=draw(self._seed, number))
        if report.blow.slow_s:
            self._sink.trouble(HOOK, wait=report.blow.slow_s)
        happening = _Happening(self._program, number)
        happening.wait_for(report.blow.after)
        time.sleep(report.blow.delay_s)
        self._strike(report)
        report.acknowledged = len(happening.acknowledged())
        report.left = self._count("deliveries", "state = 'waiting'")
        self._sink.calm()
        began = time.monotonic()
        self._start(report)
        self._until_told(report)
        report.told_after_s = time.monotonic() - began
        self._judge(report, number, happening.acknowledged())
        return report

    def _strike(self, report: NotesReport) -> None:
        if report.blow.whole_tree:
            self._portal.kill_tree()
        else:
            self._portal.kill_main()
        report.troubles += database_troubles(self._portal.data_dir, set())

    def _start(self, report: NotesReport) -> None:
        if report.blow.again_s is not None:
            self._portal.launch()
            time.sleep(report.blow.again_s)
            self._strike(report)
        self._portal.start()

    def _until_told(self, report: NotesReport) -> None:
        """Until every listener has heard all, and nothing waits to be sent."""
        deadline = time.monotonic() + _PATIENCE_S
        behind = "listener = 'inbox' AND entry_id < (SELECT max(id) FROM journal)"
        while self._count("journal_cursors", behind) or self._count("deliveries", "finished_at IS NULL"):
            if time.monotonic() > deadline:
                report.troubles.append(f"not told: {self._rows('SELECT state, count(*) FROM deliveries GROUP BY 1')}")
                return
            time.sleep(_LOOK_EVERY_S)

    def _judge(self, report: NotesReport, number: int, acknowledged: set[str]) -> None:
        labels = dict(self._rows(
            "SELECT id, json_extract(data, '$.label') FROM journal WHERE kind = ? AND data LIKE ?",
            _KIND, f'%"r{number}-%',
        ))  # fmt: skip
        report.happened = len(labels)
        lost = acknowledged - set(labels.values())
        self._forget(labels.values())
        report.troubles += [f"acknowledged and not written down: {sorted(lost)}"] if lost else []
        notes = Counter(id for (id,) in self._rows("SELECT entry_id FROM notes") if id in labels)
        report.troubles += [f"{labels[id]}: {notes[id]} notes" for id in labels if notes[id] != 1]
        keys = defaultdict(list)
        for id, entry_id, state in self._rows("SELECT id, entry_id, state FROM deliveries"):
            keys[entry_id].append((id, state))
        came = Counter(body["id"] for body in self._sink.told(HOOK))
        asked = {request.headers["webhook-id"] for request in self._sink.asked(HOOK)}
        for id, label in labels.items():
            if [state for _, state in keys[id]] != ["delivered"]:
                report.troubles.append(f"{label}: deliveries {keys[id]}")
            elif not came[keys[id][0][0]]:
                report.troubles.append(f"{label}: told nobody outside")
            else:
                report.twice += came[keys[id][0][0]] > 1
        if strange := asked - {key for made in keys.values() for key, _ in made}:
            report.troubles.append(f"keys of no delivery: {sorted(strange)}")
        if buried := self._count("journal_dead_letters", "1"):
            report.troubles.append(f"{buried} dead letters")

    def _forget(self, labels: Collection[str]) -> None:
        """Nobody may have more than fifty tokens; the program goes on with its own."""
        admin = self._portal.admin()
        for token in admin.get("/api/v1/tokens", params={"limit": 200}).raise_for_status().json()["items"]:
            if token["label"] in labels:
                admin.delete(f"/api/v1/tokens/{token['id']}").raise_for_status()

    def _count(self, table: str, where: str) -> int:
        return int(self._rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])  # ours

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self._portal.data_dir / DATABASE, timeout=10)) as db:
            return db.execute(query, values).fetchall()


class _Happening:
    """Tokens are made one after the other, until the portal is gone; who was answered is remembered."""

    def __init__(self, program: httpx.Client, number: int) -> None:
        self._program = program
        self._labels = [f"r{number}-{index}" for index in range(EVENTS)]
        self._made: set[str] = set()
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_for(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: len(self._made) >= count, _PATIENCE_S), "nothing happens"

    def acknowledged(self) -> set[str]:
        self._thread.join(_PATIENCE_S)
        return self._made

    def _run(self) -> None:
        for label in self._labels:
            try:
                answer = self._program.post("/api/v1/tokens", json={"label": label, "scopes": ["read"]})
            except httpx.HTTPError:
                return
            if answer.is_success:
                with self._more:
                    self._made.add(label)
                    self._more.notify_all()
