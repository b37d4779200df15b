"""Child processes as the portal sees them: started clean, spoken to in typed messages, gone with all that is theirs."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import medianest
from medianest.core import programs
from medianest.core.errors import Unavailable
from medianest.core.i18n import msg
from medianest.core.log import one_line
from medianest.core.programs import Program
from medianest.core.redaction import redact
from medianest.core.waiting import undisturbed
from medianest.downloads import protocol
from medianest.downloads.protocol import FINAL, LINE_MOST, ChildEvent, Command, Enter, Failed, Limits, Ready, Setup
from medianest.downloads.types import ErrorCode

_FFMPEG_NAMED = "IMAGEIO_FFMPEG_EXE"
"""The wheel's own variable, by which somebody names another."""
_PACKAGES = str(Path(medianest.__file__).parent.parent)
_START = "import sys; sys.path.append(sys.argv.pop(1)); from medianest.downloads.child.__main__ import main; main()"
_LOG_PIECE = 16 * 1024
_DEAD_WITHIN_S = 10
_DYING_S = 1.0
_LOOK_EVERY_S = 0.01
_NOWHERE = Path("/")
_ENVIRONMENT = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "YTDLP_NO_PLUGINS": "1",
    "DENO_NO_UPDATE_CHECK": "1",
    "NO_COLOR": "1",
}
"""Nothing of the portal's own, which may hold secrets; what has to do with a folder is added when it is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The programs that a child may start; without `deno` some sites, YouTube first of all, hide formats."""

    ffmpeg: str
    deno: str | None


def find_tools() -> Tools:
    """The wheels' own, else the system's. Raises Unavailable without ffmpeg.

    The wheel's ffmpeg is one file: a system's, with its two hundred libraries, takes five times as long to begin.
    """
    import deno  # it only looks for a file, once at the start

    named = os.environ.get(_FFMPEG_NAMED)
    ffmpeg = next(filter(None, map(shutil.which, [named] if named else [*_carried_ffmpeg(), "ffmpeg"])), None)
    if ffmpeg is None:
        raise Unavailable(msg("downloads.no_ffmpeg"), code="no_ffmpeg")
    try:
        runtime: str | None = os.fspath(deno.find_deno_bin())
    except FileNotFoundError:
        runtime = shutil.which("deno")
    return Tools(ffmpeg=str(Path(ffmpeg).resolve()), deno=runtime and str(Path(runtime).resolve()))


def _carried_ffmpeg() -> Iterator[str]:
    """The wheel's own, found without the wheel's code, which runs it at every start to see whether it can be run."""
    wheel = find_spec("imageio_ffmpeg")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        yield from map(os.fspath, Path(folder).glob("binaries/ffmpeg-*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """How a child is made; `ytdlp` is the folder of another yt-dlp than the bundled one."""

    tools: Tools
    limits: Limits = field(default_factory=Limits)
    ytdlp: Path | None = None


class Child:
    """One child process in its own session; everything it starts is in its process group and ends with it."""

    def __init__(self, make: Make, program: Program, lifeline: int, log: Callable[[str], None]) -> None:
        self.make = make
        self._program = program
        self._lifeline = lifeline
        self._log = log
        self._logging = asyncio.create_task(self._copy_log())
        self._killing: asyncio.Task[None] | None = None

    @classmethod
    async def spawn(cls, folder: Path, make: Make, *, log: Callable[[str], None]) -> Self:
        """Start a child that works in `folder`; each line of its log goes to `log`, without secrets."""
        child = await cls.start(make)
        await child.enter(folder, log=log)
        return child

    @classmethod
    async def start(cls, make: Make) -> Self:
        """Start a child that knows nothing of anybody, and gets ready for whatever comes."""
        theirs, ours = os.pipe()
        try:
            program = await Program.start(
                [sys.executable, "-I", "-c", _START, _PACKAGES, str(theirs)],
                cwd=_NOWHERE,
                env=_ENVIRONMENT,
                pass_fds=(theirs,),
                line_most=LINE_MOST,
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        child = cls(make, program, ours, _unheard)
        other = os.fspath(make.ytdlp) if make.ytdlp else None
        await child.send(Setup(limits=make.limits, ffmpeg=make.tools.ffmpeg, deno=make.tools.deno, ytdlp=other))
        return child

    async def enter(self, folder: Path, *, log: Callable[[str], None]) -> None:
        """Have it work in this folder, the only one ever, though that may have got another name meanwhile."""
        self._log = log
        await self.send(Enter(folder=os.fspath(folder)))

    @property
    def pid(self) -> int:
        return self._program.pid

    @property
    def is_alive(self) -> bool:
        return self._program.is_running

    async def gets_ready(self) -> bool:
        """Whether it comes to say that it has loaded what it needs; for one that was not yet told to enter."""
        raw = await self._next_line()
        return bool(raw) and isinstance(protocol.event(raw), Ready)

    async def wait(self) -> None:
        """Until it has ended."""
        await self._program.wait()

    async def send(self, command: Command) -> None:
        """Give it something to do. One at a time but for `End`: read `events` to the end before."""
        with contextlib.suppress(ConnectionError):  # `events` will tell that it has ended
            self._program.input.write(protocol.line(command))
            await self._program.input.drain()

    async def events(self) -> AsyncIterator[ChildEvent]:
        """What comes of the command; the last one is final. A child that dies or babbles counts as failed."""
        while True:
            try:
                raw = await self._next_line()
                event = protocol.event(raw) if raw else await self._last_word()
            except ValueError as error:
                await self.kill()
                event = Failed(code=ErrorCode.INTERNAL, detail=redact(f"It said what it may not say: {error}"))
            if isinstance(event, Ready):
                continue
            yield event
            if isinstance(event, FINAL):
                return

    async def kill(self) -> None:
        """End it and all that it started, at once: what it leaves on the disk is whole or can be continued.

        When this returns nobody of them writes any more, but for one that the kernel does not let go; who is cancelled
        meanwhile waits for that, too.
        """
        if self._killing is None:
            self._killing = asyncio.create_task(self._end(), name="end of a child")
        await undisturbed(self._killing)

    async def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._program.pid, signal.SIGKILL)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DEAD_WITHIN_S):
                    await self._program.wait()
            await self._gone()
        finally:
            self._program.close()
            os.close(self._lifeline)

    async def _gone(self) -> None:
        """Until its group is gone, of whose end nobody tells, and all that it said is written down."""
        try:
            async with asyncio.timeout(_DYING_S):
                while programs.lives(self._program.pid):  # noqa: ASYNC110 - see above
                    await asyncio.sleep(_LOOK_EVERY_S)
                await asyncio.wait([self._logging])
        except TimeoutError:
            self._logging.cancel()

    async def _next_line(self) -> bytes:
        """Empty at its end, also where it ended without having read what was sent."""
        try:
            return await self._program.output.readline()
        except ConnectionResetError:
            return b""

    async def _last_word(self) -> Failed:
        await self.kill()
        status = await self._program.wait()
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return Failed(code=ErrorCode.INTERRUPTED, detail=f"The child process ended with {how}.")

    async def _copy_log(self) -> None:
        """Lines of any length, cut, until all writers are gone."""
        rest = b""
        while piece := await self._program.errors.read(_LOG_PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._log(_shown(line))
            rest = rest[:_LOG_PIECE]
        if rest:
            self._log(_shown(rest))


def _shown(raw: bytes) -> str:
    return one_line(redact(raw.decode(errors="replace")))


def _unheard(_line: str) -> None:
    """Who waits for work has nothing to say."""
