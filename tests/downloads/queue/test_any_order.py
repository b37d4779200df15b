"""The queue under any order of verbs, failures and crashes: a state machine over the real database and disk."""

import asyncio
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule
from sqlalchemy import select, update

from medianest.accounts import permissions, users
from medianest.accounts.types import NewUser
from medianest.core import clock, journal
from medianest.core.actor import SYSTEM, Actor, Role, Via
from medianest.core.config import DownloadsSettings
from medianest.core.db import Base, Database
from medianest.core.errors import Conflict
from medianest.core.live import Live
from medianest.core.outbound import AddressPolicy
from medianest.downloads import failures, ledger, queries, states, waits
from medianest.downloads.egress.proxy import Egress
from medianest.downloads.files.workspace import Workspace
from medianest.downloads.line import turns
from medianest.downloads.line.turns import Closed, Turn
from medianest.downloads.lists.expander import Expander
from medianest.downloads.models import DownloadRow, SiteRow
from medianest.downloads.protocol import OUT, Fetched, Info
from medianest.downloads.run import Broken, Finished
from medianest.downloads.service import Downloads
from medianest.downloads.sites.cookie_jars import CookieJars
from medianest.downloads.sites.health import Site
from medianest.downloads.spawn import Tools
from medianest.downloads.states import Verb
from medianest.downloads.types import Download, ErrorCode, Preset, State, Wait
from medianest.downloads.workers import LEASE, Workers
from medianest.downloads.workshop import Workshop
from medianest.downloads.ytdlp import updates

PRESETS = st.sampled_from([Preset.BEST, Preset.AUDIO_MP3])
LINKS = st.sampled_from([f"http://203.0.114.{number}/film" for number in range(4)])
SIZES = st.integers(1, 5000)


class QueueMachine(RuleBasedStateMachine):
    downloads = Bundle("downloads")

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.lives = 0
        self.expected: dict[str, State] = {}
        self.files: dict[str, bytes] = {}
        self.run(self._open())

    async def _open(self) -> None:
        self.db = Database(self.folder / "medianest.db")
        await self.db.open()
        async with self.db.transaction() as session:
            await (await session.connection()).run_sync(Base.metadata.create_all)
            alice = await users.create(session, SYSTEM, NewUser(name="Alice", role=Role.MEMBER), password_hash=None)
        may = permissions.OF_ROLE[Role.MEMBER]
        self.alice = Actor(id=alice.id, name="Alice", role=Role.MEMBER, permissions=may, via=Via.WEB)
        await self._begin_life()

    async def _begin_life(self) -> None:
        self.lives += 1
        self.owner = f"life {self.lives}"
        workspace = Workspace(media_dir=self.folder / "media", data_dir=self.folder / "data")
        workspace.prepare()
        tools = Tools(ffmpeg="ffmpeg", deno=None)
        limits = DownloadsSettings(max_attempts=3, site_pause_s=0)
        egress, copies = Egress(AddressPolicy.typed()), updates.copies(self.folder / "data", workspace)
        cookies = CookieJars(self.db, self.folder / "secret.key")
        self.shop = Workshop(
            settings=limits, egress=egress, tools=tools, workspace=workspace, copies=copies, cookies=cookies
        )
        live = Live()
        self.workers = Workers(self.db, live, self.shop, owner=self.owner)
        self.service = Downloads(
            self.db, live, self.shop, self.workers, Expander(self.db, live, self.shop, owner=self.owner)
        )

    def run(self, coroutine):  # type: ignore[no-untyped-def]
        return self.runner.run(coroutine)

    def state(self, id: str) -> State:
        return self.expected[id]

    def now_is(self, id: str) -> Download | None:
        return self.run(self.db.read(queries.by_id, id))

    @rule(target=downloads, link=LINKS, preset=PRESETS, priority=st.integers(-10, 10))
    def enqueue(self, link: str, preset: Preset, priority: int) -> str:
        download, new = self.run(self.service.enqueue(self.alice, link, preset=preset, priority=priority))
        assert new == (download.id not in self.expected)
        if new:
            self.expected[download.id] = State.QUEUED
        return download.id

    @rule()
    def claim(self) -> None:
        """What a worker does: wake what is due, then begin the next or let a closed site's downloads wait."""
        self.run(self._wake())
        for id, state in self.run(self.db.read(_states)).items():
            if state != self.expected[id]:
                assert (self.expected[id], state) == (State.WAITING, State.QUEUED)
                self.expected[id] = State.QUEUED
        queued = [id for id, state in self.expected.items() if state is State.QUEUED]
        step = self.run(self.db.read(turns.next_step, clock.now(), busy={}, per_site=100))
        match step:
            case Turn():
                taken = self.run(ledger.claim(self.db, step, self.shop.settings, owner=self.owner, lease=LEASE))
                assert taken is not None
                assert step.id in queued
                self.expected[step.id] = State.RUNNING
            case Closed(site=site):
                self.run(self._hold(site))
                for id in queued:
                    download = self.now_is(id)
                    assert download is not None
                    self.expected[id] = State.WAITING if download.site == site.name else State.QUEUED
            case None:
                assert not queued

    async def _wake(self) -> None:
        async with self.db.transaction() as session:
            await waits.wake_due(session, clock.now())

    async def _hold(self, site: Site) -> None:
        async with self.db.transaction() as session:
            await waits.hold(session, Wait.SITE, until=site.until, site=site.name, code=site.cause)

    @rule(id=downloads, size=SIZES)
    def finish(self, id: str, size: int) -> None:
        if self.expected.get(id) is not State.RUNNING:
            return
        out = self.shop.workspace.work(id) / OUT
        out.mkdir(exist_ok=True)
        content = id.encode() * size
        (out / "film.mp4").write_bytes(content)
        info = Info(title="Film", site="tube.example", extractor="Tube", source_id=id, webpage_url="http://x")
        fetched = Fetched(file="film.mp4", size_bytes=len(content), info=info)
        done = Finished(fetched=fetched, path="tube.example/Film.mp4", has_picture=False, tone=None, warnings=())
        self.run(ledger.complete(self.db, self.shop.workspace, id, done, owner=self.owner))
        self.expected[id] = State.COMPLETED
        self.files[id] = content

    @rule(id=downloads, code=st.sampled_from(ErrorCode))
    def break_down(self, id: str, code: ErrorCode) -> None:
        before = self.now_is(id)
        broken = Broken(code=code, detail="said the site")
        turn = Turn(id=id, site=before.site if before else "tube.example")
        self.run(ledger.broken(self.db, self.shop, turn, broken, owner=self.owner))
        if before and self.expected.get(id) is State.RUNNING:
            again = code is ErrorCode.NOT_YET or (failures.REMEDIES[code].retryable and before.attempts < 3)
            self.expected[id] = State.WAITING if again else State.FAILED

    @rule(id=downloads, verb=st.sampled_from([Verb.PAUSE, Verb.RESUME, Verb.CANCEL, Verb.RETRY]))
    def person_says(self, id: str, verb: Verb) -> None:
        if id not in self.expected:
            return
        say = getattr(self.service, verb.value)
        if not states.allowed(self.expected[id], verb):
            with pytest.raises(Conflict):
                self.run(say(self.alice, id))
            return
        if verb is Verb.RETRY and self.run(self.db.read(_has_rival, id)):
            with pytest.raises(Conflict):
                self.run(say(self.alice, id))
            return
        self.run(say(self.alice, id))
        self.expected[id] = states.after(self.expected[id], verb)

    @rule(id=consumes(downloads), keep_file=st.booleans())
    def delete(self, id: str, keep_file: bool) -> None:
        if id not in self.expected:
            return
        download = self.now_is(id)
        assert download is not None
        self.run(self.service.delete(self.alice, id, keep_file=keep_file))
        del self.expected[id]
        if download.file:
            content = self.files.pop(id)
            path = self.folder / "media" / download.file.path
            assert path.exists() == keep_file
            assert not keep_file or path.read_bytes() == content

    @precondition(lambda self: State.WAITING in self.expected.values())
    @rule()
    def time_passes(self) -> None:
        self.run(self._make_due())

    async def _make_due(self) -> None:
        due = clock.now() - timedelta(seconds=1)
        async with self.db.transaction() as session:
            await session.execute(update(DownloadRow).where(DownloadRow.state == State.WAITING).values(due_at=due))
            await session.execute(update(SiteRow).where(SiteRow.until.is_not(None)).values(until=due))

    @rule()
    def crash(self) -> None:
        """The process dies: nobody says goodbye; the next life recovers."""
        self.run(self._begin_life())
        self.run(self.workers._recover())
        for id, state in self.expected.items():
            if state is State.RUNNING:
                self.expected[id] = State.QUEUED

    @invariant()
    def every_download_is_in_its_state(self) -> None:
        rows = self.run(self.db.read(_rows))
        assert {row.id: row.state for row in rows} == {id: state.value for id, state in self.expected.items()}
        for row in rows:
            assert (row.lease_owner is not None) == (row.state == State.RUNNING)
            assert (row.due_at is not None) == (row.waits_for is not None) == (row.state == State.WAITING)
            assert (row.finished_at is not None) == (row.state in states.FINAL)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        rows = [row for row in self.run(self.db.read(_rows)) if row.state not in states.SETTLED]
        assert len({(row.source, row.preset) for row in rows}) == len(rows)

    @invariant()
    def finished_files_are_whole(self) -> None:
        for id, content in self.files.items():
            download = self.now_is(id)
            assert download is not None
            assert download.file is not None
            assert (self.folder / "media" / download.file.path).read_bytes() == content

    @invariant()
    def each_finish_was_told_once(self) -> None:
        entries = self.run(self.db.read(journal.after, 0, limit=10_000))
        finished = [entry.subject_id for entry in entries if entry.kind == "download.finished"]
        assert len(finished) == len(set(finished))
        assert set(self.files) <= set(finished)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.run(self.db.close())
            self.runner.close()
            shutil.rmtree(self.folder)


def _has_rival(session, id):  # type: ignore[no-untyped-def]
    this = session.execute(select(*DownloadRow.__table__.c).where(DownloadRow.id == id)).one()
    rows = [row for row in _rows(session) if row.id != id and row.state not in states.SETTLED]
    return this.state in states.SETTLED and (this.source, this.preset) in {(row.source, row.preset) for row in rows}


def _states(session):  # type: ignore[no-untyped-def]
    return {row.id: State(row.state) for row in _rows(session)}


def _rows(session):  # type: ignore[no-untyped-def]
    return session.execute(select(*DownloadRow.__table__.c)).all()


QueueMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestQueueMachine = QueueMachine.TestCase
