"""The children that draw: started when they are needed, a few at once, gone when nobody has needed them for a while."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Self

import medianest
from medianest.core.programs import Program
from medianest.core.resilience import Bulkhead
from medianest.core.tones import TONES
from medianest.pictures.errors import NoPicture, PictureAway
from medianest.pictures.types import Drawn, Size
from medianest.pictures.wire import ANSWER, ANSWER_MOST, REQUEST, is_whole

AT_ONCE = 2
WAITING = 256
IDLE_S = 60.0
_PATIENCE_S = 15.0
_COMPLAINTS_MOST = 4096
_PACKAGES = str(Path(medianest.__file__).parent.parent)
_START = "import sys; sys.path.append(sys.argv[1]); from medianest.pictures.child import main; main()"
log = logging.getLogger(__name__)


class _Died(Exception):
    """A child ended, or said what it may not say."""


class Decoder:
    """One child, which draws one picture after the other."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @classmethod
    async def start(cls, folder: Path) -> Self:
        """Raises OSError."""
        command = [sys.executable, "-I", "-W", "ignore", "-c", _START, _PACKAGES]
        env = {"PATH": os.defpath, "LANG": "C.UTF-8"}
        return cls(await Program.start(command, cwd=folder, env=env, pass_fds=(), line_most=ANSWER_MOST))

    @property
    def pid(self) -> int:
        return self._program.pid

    async def draw(self, data: bytes, size: Size) -> bytes:
        """What the child drew; empty if it could not. Raises _Died."""
        try:
            self._program.input.write(REQUEST.pack(size.width, size.height, len(data)))
            self._program.input.write(data)
            await self._program.input.drain()
            (length,) = ANSWER.unpack(await self._program.output.readexactly(ANSWER.size))
            if length > ANSWER_MOST:
                raise _Died
            return await self._program.output.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise _Died from error

    async def end(self) -> None:
        """At once, with the copy that may be drawing."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._program.pid, signal.SIGKILL)
        try:
            await self._program.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    if complaint := await self._program.errors.read(_COMPLAINTS_MOST):
                        told = complaint.decode(errors="replace")[-1000:]
                        log.warning("A child that draws pictures said: %s", told)
        finally:  # whoever is cancelled meanwhile
            self._program.close()


class Decoders:
    """All children together. A picture waits for its turn; when too many wait, the next is told so."""

    def __init__(self, folder: Path, *, idle_s: float = IDLE_S) -> None:
        self._folder = folder
        self._idle_s = idle_s
        self._line = Bulkhead("pictures", at_once=AT_ONCE, waiting=WAITING)
        self._idle: list[Decoder] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._rest: asyncio.TimerHandle | None = None

    @property
    def waiting_pids(self) -> list[int]:
        """The children that have nothing to do."""
        return [decoder.pid for decoder in self._idle]

    async def draw(self, data: bytes, size: Size) -> Drawn:
        """The picture as WebP. Raises NoPicture if it cannot be drawn, Unavailable where there is no child for it."""
        async with self._line.place():
            told = await self._drawn(data, size)
        if not is_whole(told[1:]):
            raise NoPicture("undrawable")
        return Drawn(webp=told[1:], tone=told[0] if told[0] < TONES else None)

    async def stop(self) -> None:
        self._end_idle()
        if self._ending:
            await asyncio.wait(self._ending)  # who is cancelled here lets them end

    async def _drawn(self, data: bytes, size: Size) -> bytes:
        """By a child that waits; if that has died meanwhile, by a new one."""
        while self._idle:
            try:
                return await self._by(self._idle.pop(), data, size)
            except _Died:
                continue
        try:
            return await self._by(await Decoder.start(self._folder), data, size)
        except (_Died, OSError) as error:
            raise PictureAway("no_child") from error

    async def _by(self, decoder: Decoder, data: bytes, size: Size) -> bytes:
        """A child that was not heard to its end, for whatever reason, is not asked again."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                drawn = await decoder.draw(data, size)
        except TimeoutError:
            self._dismiss(decoder)
            return b""
        except BaseException:
            self._dismiss(decoder)
            raise
        self._idle.append(decoder)
        self._rest_later()
        return drawn

    def _rest_later(self) -> None:
        if self._rest:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(self._idle_s, self._end_idle)

    def _end_idle(self) -> None:
        if self._rest:
            self._rest.cancel()
        while self._idle:
            self._dismiss(self._idle.pop())

    def _dismiss(self, decoder: Decoder) -> None:
        task = asyncio.create_task(decoder.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
