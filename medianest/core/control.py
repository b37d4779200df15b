"""The door for commands: a Unix socket in the data folder on which they ask the running portal.

One request a connection, a line of JSON: `{"verb": ..., "params": {...}}`. The answer is lines of JSON too: any number
of `{"bytes": n}`, each followed by n bytes of what is streamed, then `{"result": ...}` or `{"error": {...}}`.

The socket is bound and connected to through the folder's descriptor, because a socket's path may have only some 100
characters. Only the folder's owner and root may ask.
"""

import asyncio
import json
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BufferedIOBase
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias

from medianest.core import clock
from medianest.core.errors import MediaNestError, NotFound, Unavailable
from medianest.core.i18n import Message, msg
from medianest.core.instance import AlreadyRunning, InstanceLock, OtherOwner, as_owner

SOCKET_NAME = "control.sock"
REQUEST_MOST = 64 * 1024
PATIENCE = timedelta(minutes=10)
_REQUEST_PATIENCE_S = 10.0
_STARTING_S = 5.0
_PAUSE_S = 0.1
_PEER = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid


class Stream(Protocol):
    """Where a handler puts bytes that are too many for its result."""

    async def write(self, chunk: bytes) -> None: ...


Params: TypeAlias = Mapping[str, Any]
Handler: TypeAlias = Callable[[Params, Stream], Awaitable[Any]]


class NotRunning(Unavailable):
    """Nobody listens in this data folder."""

    default_code = "not_running"


class BrokenOff(Unavailable):
    """The portal ended, or failed, before it had answered."""

    default_code = "broken_off"


class Refused(MediaNestError):
    """The portal's own error, told to who asked it."""


class ControlServer:
    """Answers commands by its handlers; whoever starts it holds the folder's lock."""

    def __init__(self, data_dir: Path, handlers: Mapping[str, Handler]) -> None:
        self._data_dir = data_dir
        self._handlers = handlers
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; a socket that an earlier process left is replaced."""
        listening = _listen(self._data_dir)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=REQUEST_MOST)

    async def stop(self) -> None:
        """Take no more requests, and break off those under way."""
        if self._server is None:
            return
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        (self._data_dir / SOCKET_NAME).unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            if _may_ask(writer):
                await self._answer(reader, writer)
        except (TimeoutError, ConnectionError):
            pass  # who asked went away
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_REQUEST_PATIENCE_S):
            line = await reader.readline()
        try:
            request = json.loads(line)
            result = await self._handler(request["verb"])(request["params"], _Chunks(writer))
            answer = {"result": result}
        except MediaNestError as error:
            message = {"id": error.message.id, "values": dict(error.message.values)}
            answer = {"error": {"code": error.code, "message": message}}
        writer.write(_line(answer))
        await writer.drain()

    def _handler(self, verb: str) -> Handler:
        if verb not in self._handlers:
            raise NotFound(msg("control.unknown_verb"), facts={"verb": verb})
        return self._handlers[verb]


class _Chunks:
    """Sends each chunk behind its length."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def write(self, chunk: bytes) -> None:
        self._writer.write(_line({"bytes": len(chunk)}) + chunk)
        await self._writer.drain()


def ask(
    data_dir: Path, verb: str, params: Params, *, sink: BinaryIO | None = None, patience: timedelta = PATIENCE
) -> Any:
    """The running portal's answer; what it streams goes to `sink`.

    Raises NotRunning, OtherOwner, Refused with the portal's own words, BrokenOff.
    """
    with _connected(data_dir, patience) as connection, connection.makefile("rwb") as file:
        file.write(_line({"verb": verb, "params": params}))
        file.flush()
        while line := file.readline():
            answer = json.loads(line)
            if "bytes" in answer:
                _pass_on(file, sink, answer["bytes"])
            elif "error" in answer:
                error = answer["error"]
                raise Refused(Message(error["message"]["id"], error["message"]["values"]), code=error["code"])
            else:
                return answer["result"]
    raise BrokenOff(msg("control.broken_off"))


def ask_or_do(
    data_dir: Path, verb: str, params: Params, alone: Callable[[], Any], *, sink: BinaryIO | None = None
) -> Any:
    """The running portal's answer; where none runs, what `alone` returns, as the folder's owner and under its lock.

    A portal that is starting or stopping holds the lock and does not listen: it is waited for. Raises what `ask` and
    `alone` raise, and AlreadyRunning.
    """
    give_up = clock.monotonic() + _STARTING_S
    while True:
        with suppress(NotRunning):
            return ask(data_dir, verb, params, sink=sink)
        try:
            with as_owner(data_dir), InstanceLock(data_dir):
                return alone()
        except AlreadyRunning:
            if clock.monotonic() > give_up:
                raise
        time.sleep(_PAUSE_S)


class Into:
    """A handler's stream into a file of this process."""

    def __init__(self, sink: BinaryIO | None) -> None:
        self._sink = sink

    async def write(self, chunk: bytes) -> None:
        if self._sink is not None:
            self._sink.write(chunk)


@contextmanager
def _connected(data_dir: Path, patience: timedelta) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(patience.total_seconds())
        try:
            with _short_path(data_dir) as path:
                connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            raise NotRunning(msg("control.not_running", folder=data_dir)) from None
        except PermissionError:
            raise OtherOwner.of(data_dir) from None
        try:
            yield connection
        except (TimeoutError, ConnectionError):
            raise BrokenOff(msg("control.broken_off")) from None


def _pass_on(source: BufferedIOBase, sink: BinaryIO | None, length: int) -> None:
    chunk = source.read(length)
    if len(chunk) < length:
        raise BrokenOff(msg("control.broken_off"))
    if sink is not None:
        sink.write(chunk)


def _listen(data_dir: Path) -> socket.socket:
    with suppress(FileNotFoundError):
        (data_dir / SOCKET_NAME).unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    os.fchmod(listening.fileno(), 0o600)  # the file that bind makes has this mode from its first moment
    with _short_path(data_dir) as path:
        listening.bind(path)
    return listening


@contextmanager
def _short_path(data_dir: Path) -> Iterator[str]:
    folder = os.open(data_dir, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_NAME}"
    finally:
        os.close(folder)


def _may_ask(writer: asyncio.StreamWriter) -> bool:
    raw = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return _PEER.unpack(raw)[1] in (0, os.geteuid())


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode() + b"\n"
