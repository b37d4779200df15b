"""Children that wait, so that work begins at once: one that knows nothing of anybody, and those that made a preview.

None ever serves a second person: the one that waits is told a folder once, and the one that made a preview gets the
download of who asked for that, or nothing. They give their memory back when their time is over, when little is left,
or when the settings or the yt-dlp in use have changed. One that dies is missed by nobody.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from medianest.core import clock, memory
from medianest.core.config import DownloadsSettings
from medianest.downloads.protocol import Limits
from medianest.downloads.spawn import Child, Make, Tools
from medianest.downloads.ytdlp.copies import Copies
from medianest.downloads.ytdlp.versions import Copy

log = logging.getLogger(__name__)

_PREVIEWED_MOST = 2
_FREE_BYTES_LEAST = 256 << 20
_LOAD_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The next spare is made `breath_s` after the last work has begun; who waits is looked at every `look_every_s`."""

    breath_s: float = 2.0
    look_every_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Whose further work a child waits for, and how long at most."""

    person: str
    most: timedelta


@dataclass(slots=True, kw_only=True, eq=False)
class _Waiting:
    """A child and whose work it waits for: a person's in one folder, or, without an id, anybody's."""

    id: str | None
    child: Child
    since: float
    is_ready: bool
    stay: Stay | None = None
    watch: asyncio.Task[None] | None = None


class Reserve:
    """Gives each work its child, from `begin` on; `stop` ends all that wait."""

    def __init__(
        self, tools: Tools, copies: Copies, settings: Callable[[], DownloadsSettings], *, pace: Pace | None = None
    ) -> None:
        self.pace = pace or Pace()
        self._tools = tools
        self._copies = copies
        self._settings = settings
        self._waiting: dict[str | None, _Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._used_at = 0.0
        self._replacing: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def ready(self) -> int:
        """How many wait that have loaded what they need."""
        return sum(waiting.is_ready for waiting in self._waiting.values())

    @property
    def pids(self) -> list[int]:
        """The processes that wait."""
        return [waiting.child.pid for waiting in self._waiting.values()]

    async def begin(
        self, id: str, folder: Path, copy: Copy, *, log: Callable[[str], None], person: str | None = None
    ) -> Child:
        """A child in this folder: the one that made the person's preview, else the one that waits, else a new one."""
        make = self._make(copy)
        child = await self._take(id, make, person) or await self._take(None, make) or await Child.start(make)
        try:
            await child.enter(folder, log=log)
        except BaseException:  # a cancellation too
            await child.kill()
            raise
        self._have_another()
        return child

    async def keep(self, id: str, child: Child, stay: Stay) -> None:
        """Let a child that is done with a preview wait for the download that comes of it, else end it."""
        try:
            previewed = [waiting for waiting in self._waiting if waiting is not None]
            for oldest in previewed[: len(previewed) - _PREVIEWED_MOST + 1]:
                await self.let_go(oldest)
            may_wait = await self._may_wait()
        except BaseException:  # a cancellation too
            await child.kill()
            raise
        if may_wait and not self._stopping.is_set():
            self._wait(id, child, stay)
        else:
            await child.kill()

    def adopt(self, preview_id: str, id: str) -> None:
        """The folder that the child waits for has got another name."""
        if waiting := self._waiting.pop(preview_id, None):
            waiting.id = id
            self._waiting[id] = waiting

    async def let_go(self, id: str | None) -> bool:
        """End the child that waits for the work of this folder; whether there was one."""
        waiting = await self._withdrawn(id)
        if waiting:
            await waiting.child.kill()
        return waiting is not None

    async def stop(self) -> None:
        """End all that wait; twice is once."""
        self._stopping.set()
        if self._replacing:
            await asyncio.wait([self._replacing])
        for id in list(self._waiting):
            await self.let_go(id)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _make(self, copy: Copy) -> Make:
        return Make(tools=self._tools, limits=limits(self._settings()), ytdlp=copy.folder)

    async def _take(self, id: str | None, make: Make, person: str | None = None) -> Child | None:
        """The child that waits for this person, if it still lives and is what would be made now."""
        waiting = await self._withdrawn(id)
        if waiting is None:
            return None
        is_theirs = waiting.stay is None or waiting.stay.person == person
        if is_theirs and waiting.child.make == make and waiting.child.is_alive:
            return waiting.child
        await waiting.child.kill()
        return None

    async def _withdrawn(self, id: str | None) -> _Waiting | None:
        waiting = self._waiting.pop(id, None)
        if waiting and waiting.watch:
            waiting.watch.cancel()
            await asyncio.wait([waiting.watch])
        return waiting

    def _have_another(self) -> None:
        """Have a spare again once the work that has begun had a start in peace."""
        self._used_at = clock.monotonic()
        if self._replacing is None or self._replacing.done():
            self._replacing = asyncio.create_task(self._replace(), name="spare child")

    async def _replace(self) -> None:
        while (rest_s := self._used_at + self.pace.breath_s - clock.monotonic()) > 0 and not self._stopping.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await self._stopping.wait()
        if None in self._waiting or self._stopping.is_set() or not await self._may_wait():
            return
        make = self._make(await asyncio.to_thread(self._copies.in_use))
        try:
            child = await Child.start(make)
        except OSError as error:
            log.warning("No child can be started ahead", extra={"error": str(error)})
            return
        self._wait(None, child)

    def _wait(self, id: str | None, child: Child, stay: Stay | None = None) -> None:
        waiting = _Waiting(id=id, child=child, since=clock.monotonic(), is_ready=stay is not None, stay=stay)
        self._waiting[id] = waiting
        waiting.watch = watch = asyncio.create_task(self._watch(waiting), name="waiting child")
        self._tasks.add(watch)
        watch.add_done_callback(self._tasks.discard)

    async def _watch(self, waiting: _Waiting) -> None:
        """End it when it need not wait any longer; cancelled when work has come for it."""
        if not waiting.is_ready:
            with suppress(TimeoutError, ValueError):
                async with asyncio.timeout(_LOAD_WITHIN_S):
                    waiting.is_ready = await waiting.child.gets_ready()
        while waiting.is_ready and (left_s := self._left_s(waiting)) > 0 and await self._is_wanted(waiting):
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, self.pace.look_every_s)):
                    await waiting.child.wait()
                break
        self._waiting.pop(waiting.id, None)
        await waiting.child.kill()

    def _left_s(self, waiting: _Waiting) -> float:
        """How much longer: a spare since the last use of any, another since its preview."""
        keep_s, now = self._settings().keep_warm_s, clock.monotonic()
        if waiting.stay is None:
            return self._used_at + keep_s - now
        return waiting.since + min(keep_s, waiting.stay.most.total_seconds()) - now

    async def _is_wanted(self, waiting: _Waiting) -> bool:
        """Whether the next one would be made as it was, and there is memory for it."""
        used = waiting.child.make.ytdlp
        if waiting.id is None:
            used = (await asyncio.to_thread(self._copies.in_use)).folder
        now = Make(tools=self._tools, limits=limits(self._settings()), ytdlp=used)
        return now == waiting.child.make and await self._may_wait()

    async def _may_wait(self) -> bool:
        free_bytes = await asyncio.to_thread(memory.available_bytes)
        return self._settings().keep_warm_s > 0 and free_bytes >= _FREE_BYTES_LEAST


def limits(settings: DownloadsSettings) -> Limits:
    """What the settings let one child use."""
    return Limits(cpu_s=settings.max_cpu_s, file_bytes=settings.max_file_bytes, memory_bytes=settings.max_memory_bytes)
