"""The loop of the child process: commands in, one after the other, and the answers to them."""

import contextlib
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from medianest.core import clock
from medianest.downloads import failures, protocol
from medianest.downloads.child import guard
from medianest.downloads.child.cookies import Jar
from medianest.downloads.child.ffmpeg import Ffmpeg
from medianest.downloads.child.folder import WorkFolder
from medianest.downloads.child.job import Job, Site, Work
from medianest.downloads.child.options import ABSENT, options
from medianest.downloads.child.output import Events, Log
from medianest.downloads.child.resume import Resumption
from medianest.downloads.failures import CannotFetch
from medianest.downloads.protocol import (
    End,
    Enter,
    Failed,
    Fetch,
    Fetched,
    Introduce,
    Introduced,
    ListRead,
    Probed,
    ReadList,
    Ready,
    Setup,
)
from medianest.downloads.recipes import Recipe
from medianest.downloads.types import ErrorCode

_PIECE = 64 * 1024


class SiteMaker(Protocol):
    """Makes the site of one command, for yt-dlp's parameters."""

    def __call__(self, parameters: dict[str, Any], resumption: Resumption, jar: Jar, log: Log) -> Site:
        """It is made once yt-dlp may be imported."""


class Commands:
    """What the portal says; an `End` is heard while another command is carried out.

    The thread that listens holds no lock while it waits: with one of `sys.stdin` Python aborts when it ends.
    """

    def __init__(self, descriptor: int) -> None:
        lines = _lines(descriptor)
        setup = protocol.command(next(lines))
        assert isinstance(setup, Setup)
        self.setup = setup
        self.ending = threading.Event()
        self._lines = lines
        self._next: queue.SimpleQueue[Enter | Work | Introduce | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="commands", daemon=True).start()

    def __iter__(self) -> Iterator[Enter | Work | Introduce]:
        return iter(self._next.get, None)

    @property
    def is_none_waiting(self) -> bool:
        return self._next.empty()

    def _listen(self) -> None:
        for raw in self._lines:
            match protocol.command(raw):
                case End():
                    self.ending.set()
                case Setup():
                    break
                case command:
                    self.ending.clear()
                    self._next.put(command)
        self._next.put(None)


def _lines(descriptor: int) -> Iterator[bytes]:
    rest = b""
    while piece := os.read(descriptor, _PIECE):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole


class Occupied(Exception):
    """Another process still writes into the working folder."""


class Program:
    """Answers commands behind walls, which stand before it is told of a folder or a link."""

    def __init__(
        self, commands: Commands, events: Events, *, site: SiteMaker, introduced: Callable[[], Introduced]
    ) -> None:
        self._commands = commands
        self._setup = setup = commands.setup
        self._events = events
        self._site = site
        self._introduced = introduced
        self._folder: WorkFolder | None = None
        self._lock: int | None = None
        programs = frozenset({setup.ffmpeg, setup.deno or setup.ffmpeg})
        self._gate = guard.Gate(programs, sealed=setup.ytdlp)

    def close_walls(self) -> None:
        guard.limit(self._setup.limits)
        guard.watch_memory(self._setup.limits.memory_bytes, self._die_of_hunger)
        sys.modules.update(dict.fromkeys(ABSENT))  # type: ignore[arg-type]  # None is how an import is forbidden
        self._gate.close()

    def warm_up(self, loading: Iterator[object]) -> None:
        """Load what a link will need, bit by bit, as long as nobody asks.

        What goes wrong here does so again when somebody asks, and is answered then.
        """
        with contextlib.suppress(Exception):
            for _ in loading:
                if not self._commands.is_none_waiting:
                    return
        self._events.say(Ready())

    def run(self) -> None:
        """Until nobody says anything any more, or somebody else is where it should work."""
        for command in self._commands:
            if not isinstance(command, Enter):
                self._events.say(self._answer(command))
                continue
            try:
                self._enter(Path(command.folder))
            except Occupied as taken:
                self._events.say(Failed(code=ErrorCode.INTERRUPTED, detail=str(taken)))
                return

    def _enter(self, place: Path) -> None:
        self._gate.enter(place)
        os.chdir(place)
        os.environ.update(HOME=str(place), TMPDIR=str(place), DENO_DIR=str(place / "deno"))
        self._folder = WorkFolder(place)
        if self._lock is None:
            self._lock = self._folder.lock()
        if self._lock is None:
            raise Occupied("Another process still writes into the working folder.")

    def _answer(self, command: Work | Introduce) -> Probed | ListRead | Fetched | Introduced | Failed:
        """Do what the command says; whatever goes wrong becomes a Failed."""
        jar = Jar(None if isinstance(command, Introduce) else command.cookies)
        final = self._done(command, jar)
        if back := jar.given_back():
            self._events.say(back)
        return final

    def _done(self, command: Work | Introduce, jar: Jar) -> Probed | ListRead | Fetched | Introduced | Failed:
        log = Log()
        try:
            if isinstance(command, Introduce):
                return self._introduced()
            return self._job(command, jar, log).do(command)
        except CannotFetch as stopped:
            found = stopped.verdict
        except Exception as error:  # noqa: BLE001  # the last line of this process: the portal is owed an answer
            log.error("".join(traceback.format_exception(error)))
            found = failures.verdict(failures.trouble(error), now=clock.now())
        return Failed(code=found.code, detail=found.detail, retry_after_s=found.retry_after_s)

    def _job(self, command: Work, jar: Jar, log: Log) -> Job:
        assert self._folder
        assert self._lock is not None
        proxy = urlsplit(command.proxy)
        self._gate.proxy = (proxy.hostname or "", proxy.port or 0)
        fetch = command if isinstance(command, Fetch) else None
        parameters = options(
            fetch.recipe if fetch else Recipe(),
            proxy=command.proxy,
            deno=self._setup.deno,
            file_bytes=self._setup.limits.file_bytes,
            logger=log,
            as_list=isinstance(command, ReadList),
        )
        self._events.begin()
        site = self._site(parameters, Resumption(self._folder), jar, log)
        ffmpeg = Ffmpeg(self._setup.ffmpeg, lock=self._lock)
        return Job(self._events, self._folder, ffmpeg, site, ending=self._commands.ending)

    def _die_of_hunger(self) -> None:
        self._events.say(Failed(code=ErrorCode.INTERNAL, detail="It needed more memory than it may have."))
        os.killpg(0, signal.SIGKILL)
