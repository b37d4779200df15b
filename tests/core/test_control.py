"""Commands reach the running portal, and nobody else does."""

import asyncio
import io
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop

from medianest.core import control
from medianest.core.control import ControlServer, Handler, Params, Stream, ask
from medianest.core.errors import Conflict
from medianest.core.i18n import msg
from tests.processes import needs_root

NOBODY = 65534


async def echo(params: Params, stream: Stream) -> Any:
    return dict(params)


async def refuse(params: Params, stream: Stream) -> Any:
    raise Conflict(msg("control.not_running", folder=Path("/x")), code="odd")


async def pour(params: Params, stream: Stream) -> Any:
    for number in range(params["chunks"]):
        await stream.write(bytes([number]) * params["size"])
    return params["chunks"]


async def fail(params: Params, stream: Stream) -> Any:
    raise ZeroDivisionError


@asynccontextmanager
async def serving(folder: Path, handlers: Mapping[str, Handler] | None = None) -> AsyncIterator[ControlServer]:
    server = ControlServer(folder, handlers or {"echo": echo, "refuse": refuse, "pour": pour, "fail": fail})
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def asked(folder: Path, verb: str, /, sink: io.BytesIO | None = None, **params: Any) -> Any:
    return await asyncio.to_thread(ask, folder, verb, params, sink=sink)


async def test_a_question_is_answered_and_the_socket_is_private(tmp_path: Path) -> None:
    async with serving(tmp_path):
        assert await asked(tmp_path, "echo", name="Åsa\n", n=1) == {"name": "Åsa\n", "n": 1}
        mode = (tmp_path / control.SOCKET_NAME).stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600


async def test_a_very_long_data_folder_works(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 200) / ("e" * 200)
    folder.mkdir(parents=True)
    async with serving(folder):
        assert await asked(folder, "echo", a=1) == {"a": 1}


def test_it_works_on_the_loop_that_the_portal_uses(tmp_path: Path) -> None:
    async def question() -> Any:
        async with serving(tmp_path):
            return await asked(tmp_path, "echo", a=1)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(question()) == {"a": 1}


async def test_an_error_comes_back_in_the_portals_own_words(tmp_path: Path) -> None:
    async with serving(tmp_path):
        with pytest.raises(control.Refused) as refused:
            await asked(tmp_path, "refuse")
    assert refused.value.code == "odd"
    assert refused.value.message == msg("control.not_running", folder="/x")


async def test_a_verb_of_another_release_is_refused_in_words(tmp_path: Path) -> None:
    async with serving(tmp_path):
        with pytest.raises(control.Refused) as refused:
            await asked(tmp_path, "dance")
    assert refused.value.message.id == "control.unknown_verb"


async def test_many_bytes_are_streamed_before_the_result(tmp_path: Path) -> None:
    sink = io.BytesIO()
    async with serving(tmp_path):
        assert await asked(tmp_path, "pour", sink, chunks=40, size=100_000) == 40
    assert sink.getvalue() == b"".join(bytes([number]) * 100_000 for number in range(40))


async def test_who_stops_listening_does_not_stop_the_portal(tmp_path: Path) -> None:
    async with serving(tmp_path):
        with socket.socket(socket.AF_UNIX) as rude:
            rude.connect(str(tmp_path / control.SOCKET_NAME))
            rude.sendall(b'{"verb": "pour", "params": {"chunks": 100, "size": 1000000}}\n')
        assert await asked(tmp_path, "echo", a=1) == {"a": 1}


async def test_a_stop_breaks_off_what_is_under_way(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def hang(params: Params, stream: Stream) -> Any:
        begun.set()
        await asyncio.Event().wait()

    async with serving(tmp_path, {"hang": hang}) as server:
        question = asyncio.create_task(asked(tmp_path, "hang"))
        await begun.wait()
        await server.stop()
        with pytest.raises(control.BrokenOff):
            await question
    with pytest.raises(control.NotRunning):
        await asked(tmp_path, "echo")


async def test_a_failing_verb_breaks_off_and_leaves_the_rest_running(tmp_path: Path) -> None:
    reported: list[Mapping[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    async with serving(tmp_path):
        with pytest.raises(control.BrokenOff):
            await asked(tmp_path, "fail")
        assert await asked(tmp_path, "echo", a=1) == {"a": 1}
    assert isinstance(reported[0]["exception"], ZeroDivisionError)


async def test_a_socket_that_a_dead_process_left_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / control.SOCKET_NAME))
    with pytest.raises(control.NotRunning):
        await asked(tmp_path, "echo")
    async with serving(tmp_path):
        assert await asked(tmp_path, "echo", a=1) == {"a": 1}


def test_without_a_folder_nobody_runs(tmp_path: Path) -> None:
    with pytest.raises(control.NotRunning):
        ask(tmp_path / "none", "echo", {})


async def test_a_portal_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / control.SOCKET_NAME))
        silent.listen()
        with pytest.raises(control.BrokenOff):
            ask(tmp_path, "echo", {}, patience=timedelta(milliseconds=20))


BECOME_NOBODY = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
ASKING = (
    "import sys; from pathlib import Path; from medianest.core.control import ask\n"
    f"{BECOME_NOBODY}"
    "print(ask(Path(sys.argv[1]), 'echo', {}))\n"
)
LISTENING = (
    "import asyncio, sys; from pathlib import Path; from medianest.core.control import ControlServer\n"
    f"{BECOME_NOBODY}"
    "async def echo(params, stream): return 'from the portal'\n"
    "async def main():\n"
    "    await ControlServer(Path(sys.argv[1]), {'echo': echo}).start(); print('ready', flush=True)\n"
    "    await asyncio.Event().wait()\n"
    "asyncio.run(main())\n"
)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user can come to."""
    with tempfile.TemporaryDirectory(prefix="medianest-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def start(program: str, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@needs_root
async def test_another_user_is_not_answered_even_through_an_open_door(reachable: Path) -> None:
    async with serving(reachable):
        (reachable / control.SOCKET_NAME).chmod(0o666)
        process = await start(ASKING, reachable)
        out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    assert b"BrokenOff" in err


@needs_root
async def test_another_user_is_told_whose_folder_it_is(reachable: Path) -> None:
    async with serving(reachable):
        process = await start(ASKING, reachable)
        out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    assert b"OtherOwner" in err
    assert b"'owner': 'root'" in err


@needs_root
async def test_root_is_answered_by_a_portal_of_another_user(reachable: Path) -> None:
    os.chown(reachable, NOBODY, NOBODY)
    process = await start(LISTENING, reachable)
    try:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
        assert await asked(reachable, "echo") == "from the portal"
    finally:
        process.kill()
        await process.communicate()


async def test_what_cannot_be_read_breaks_off(tmp_path: Path) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with serving(tmp_path):
        for request in (b"{", b"[]\n", json.dumps({"verb": "echo"}).encode() + b"\n", b"x" * 200_000 + b"\n"):
            with socket.socket(socket.AF_UNIX) as odd:
                odd.connect(str(tmp_path / control.SOCKET_NAME))
                odd.sendall(request)
                odd.shutdown(socket.SHUT_WR)
                assert await asyncio.to_thread(odd.recv, 100) == b""
