"""The stand-in itself: a thread with its socket, what happens to it, and what a test wants to know of it."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from tests.fakes.uptime_kuma import pages
from tests.fakes.uptime_kuma.accounts import Accounts
from tests.fakes.uptime_kuma.dialects import NEW, Dialect
from tests.fakes.uptime_kuma.session import Session
from tests.fakes.uptime_kuma.state import DOWN, State

_PATIENCE_S = 10.0


class UptimeKuma:
    """One server; what it knows outlives `kill` and `restart`."""

    def __init__(self, dialect: Dialect = NEW, *, furnished: bool = True) -> None:
        self.dialect = dialect
        self.state = State(dialect)
        self.accounts = Accounts(dialect)
        self.key = "uk1_the-key-of-the-stand-in"
        self.calls: list[str] = []
        self.asked: list[str] = []
        self.muted: set[str] = set()
        self.faults: dict[str, pages.Fault] = {}
        self.push_monitors: dict[str, int] = {}
        self.pushed: list[dict[str, str]] = []
        self.played: Sequence[Sequence[Any]] = ()
        self._sessions: set[Session] = set()
        self._held: list[asyncio.Future[None]] = []
        self._server: Server | None = None
        self._port = 0
        self._changed = threading.Condition()
        if furnished:
            self.state.furnish()

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="uptime-kuma", daemon=True)
        self._thread.start()
        self.restart()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def username(self) -> str:
        return self.accounts.username

    @property
    def password(self) -> str:
        return self.accounts.password

    @property
    def sockets(self) -> int:
        """How many are connected."""
        return len(self._sessions)

    @property
    def listeners(self) -> int:
        """How many are logged in."""
        return sum(session.is_in and not session.is_over for session in list(self._sessions))

    def kill(self) -> None:
        self._run(self._close())

    def restart(self) -> None:
        self._run(self._open())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing is read, and nothing answered, as long as this lasts."""
        thawed = threading.Event()
        self._loop.call_soon_threadsafe(thawed.wait)
        try:
            yield
        finally:
            thawed.set()

    def wait_for(self, holds: Callable[[], object]) -> None:
        until = time.monotonic() + _PATIENCE_S
        with self._changed:
            while not holds():
                if not self._changed.wait(min(0.05, max(0.0, until - time.monotonic()))) and time.monotonic() > until:
                    raise TimeoutError("Uptime Kuma waited in vain")

    def beat(self, id: int, status: int, msg: str = "", *, ping: float | None = None) -> None:
        """It looked at a service; everybody who is logged in is told."""
        row, _ = self.state.add_row(id, status, msg, None if status == DOWN else ping)
        self.tell("heartbeat", self.state.heartbeat(row))
        self.tell(*self.state.average(id))
        for told in self.state.shares(id):
            self.tell(*told)

    def add(self, name: str, **about: Any) -> int:
        made = self.state.add(name, **about)
        self._tell_change(made.id)
        return made.id

    def change(self, id: int, **about: Any) -> None:
        self.state.monitors[id].about |= about
        self._tell_change(id)

    def pause(self, id: int) -> None:
        self.change(id, active=False)

    def resume(self, id: int) -> None:
        self.change(id, active=True)

    def delete(self, id: int) -> None:
        del self.state.monitors[id]
        if self.dialect.is_new:
            self.tell("deleteMonitorFromList", id)
        else:
            self.tell("monitorList", self.state.listed())
            self.tell("importantHeartbeatList", id, [], True)

    def certificate(self, id: int, *, days: int) -> None:
        self.state.certify(id, days)
        self.tell("certInfo", id, self.state.monitors[id].certificate)

    def maintain(self, title: str, *, under_way: bool, monitors: Sequence[int] = ()) -> None:
        number = str(len(self.state.windows) + 1)
        status = "under-maintenance" if under_way else "scheduled"
        slots = [{"startDate": "2026-11-22 02:00:00", "endDate": "2026-11-22 03:00:00"}]
        self.state.windows[number] = {"id": int(number), "title": title, "status": status, "timeslotList": slots}
        self.tell("maintenanceList", self.state.windows)
        for id in monitors:
            self.change(id, maintenance=under_way)

    def grow(self, number: int) -> None:
        self.state.grow(number)

    def two_steps(self, secret: str | None) -> None:
        self.accounts.secret = secret

    def change_password(self, password: str) -> None:
        """Every token is dead, and everybody is thrown out."""
        self.accounts.password = password
        for session in list(self._sessions):
            self._run(session.throw_out())

    def open_to_all(self) -> None:
        self.accounts.open_to_all = True

    def empty_bucket(self) -> None:
        """As many logins were tried in this minute as may be."""
        self.accounts.left = 0

    def fill_bucket(self) -> None:
        self.accounts.left = 20

    def mute(self, *calls: str) -> None:
        self.muted |= set(calls)

    def play(self, events: Sequence[Sequence[Any]]) -> None:
        """What was recorded from the first list of monitors on is what a login is answered with."""
        names = [told[0] for told in events]
        self.played = events[names.index("monitorList") :]

    def tell(self, name: str, *told: Any) -> None:
        """Everybody who is logged in hears of it."""
        for session in list(self._sessions):
            if session.is_in:
                self._run(session.tell(name, *told))

    def say(self, frame: str) -> None:
        for session in list(self._sessions):
            self._run(session.send(frame))

    async def forever(self) -> None:
        """What is never answered, as long as this runs."""
        held = asyncio.get_running_loop().create_future()
        self._held.append(held)
        await held

    def _tell_change(self, id: int) -> None:
        if self.dialect.is_new:
            self.tell("updateMonitorIntoList", {str(id): self.state.monitors[id].about})
        else:
            self.tell("monitorList", self.state.listed())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    async def _open(self) -> None:
        serving = serve(self._serve, "127.0.0.1", self._port, process_request=self._request, ping_interval=None)
        self._server = await serving
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    async def _close(self) -> None:
        if self._server is None:
            return
        for connection in list(self._server.connections):
            connection.transport.abort()
        for held in self._held:
            held.cancel()
        self._held.clear()
        self._server.close()
        await self._server.wait_closed()
        self._server = None

    async def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        """A page of elsewhere may not open a socket."""
        if not request.path.startswith("/socket.io/"):
            self.asked.append(request.path)
            self.notice()
            return await pages.answer(self, request)
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.headers["Host"]:
            return connection.respond(403, "")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        session = Session(self, connection)
        self._sessions.add(session)
        self.notice()
        try:
            await session.run()
        finally:
            self._sessions.discard(session)
            self.notice()

    def notice(self) -> None:
        """Something came, which a test may wait for."""
        with self._changed:
            self._changed.notify_all()
