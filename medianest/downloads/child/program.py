"""The loop of the child process: commands in, one after the other, and the answers to them."""

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
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
    Failed,
    Fetch,
    Fetched,
    Introduce,
    Introduced,
    ListRead,
    Probed,
    ReadList,
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
        self._next: queue.SimpleQueue[Work | Introduce | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="commands", daemon=True).start()

    def __iter__(self) -> Iterator[Work | Introduce]:
        return iter(self._next.get, None)

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


class Program:
    """Answers commands behind walls."""

    def __init__(
        self,
        commands: Commands,
        folder: WorkFolder,
        lock: int,
        events: Events,
        *,
        site: SiteMaker,
        introduced: Callable[[], Introduced],
    ) -> None:
        self._commands = commands
        self._setup = setup = commands.setup
        self._folder = folder
        self._events = events
        self._site = site
        self._introduced = introduced
        self._ffmpeg = Ffmpeg(setup.ffmpeg, lock=lock)
        programs = frozenset({setup.ffmpeg, setup.deno or setup.ffmpeg})
        self._gate = guard.Gate(folder.path, programs, sealed=setup.ytdlp)

    def close_walls(self) -> None:
        guard.limit(self._setup.limits)
        guard.watch_memory(self._setup.limits.memory_bytes, self._die_of_hunger)
        sys.modules.update(dict.fromkeys(ABSENT))  # type: ignore[arg-type]  # None is how an import is forbidden
        self._gate.close()

    def run(self) -> None:
        """Until nobody says anything any more."""
        for command in self._commands:
            self._events.say(self._answer(command))

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
        return Job(self._events, self._folder, self._ffmpeg, site, ending=self._commands.ending)

    def _die_of_hunger(self) -> None:
        self._events.say(Failed(code=ErrorCode.INTERNAL, detail="It needed more memory than it may have."))
        os.killpg(0, signal.SIGKILL)
