"""Programs start beside the loop that serves, and nothing of ours runs in a copy of the portal."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop

from medianest.core import clock, programs
from medianest.core.programs import Program

ECHO = "import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)"
LINE_MOST = 1024


async def start(folder: Path, script: str, *words: str, pass_fds: Sequence[int] = ()) -> Program:
    command = [sys.executable, "-I", "-c", script, *words]
    return await Program.start(command, cwd=folder, env={"GIVEN": "1"}, pass_fds=pass_fds, line_most=LINE_MOST)


def descriptors() -> set[str]:
    """What this process has open."""
    return {path.name for path in Path("/proc/self/fd").iterdir()}


async def goodbye(program: Program) -> int:
    code = await program.wait()
    program.close()
    return code


async def test_it_is_spoken_to_until_it_ends(tmp_path: Path) -> None:
    program = await start(tmp_path, ECHO)
    for said, heard in ((b"nest\n", b"tsen\n"), (b"egg\n", b"gge\n")):
        program.input.write(said)
        assert await program.output.readline() == heard
    program.input.write_eof()

    assert await program.output.read() == b""
    assert await goodbye(program) == 0
    assert await program.wait() == 0


async def test_what_it_says_last_is_heard_after_its_end(tmp_path: Path) -> None:
    program = await start(tmp_path, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")

    assert await program.wait() == 3
    assert await program.output.read() == b"out\n"
    assert await program.errors.read() == b"err\n"
    program.close()


async def test_who_has_died_runs_no_more_although_a_thread_of_theirs_takes_longer(tmp_path: Path) -> None:
    dies_first = """import ctypes, platform, threading
threading.Thread(target=threading.Event().wait).start()
print("dying", flush=True)
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)  # exit(2): of this thread alone"""
    program = await start(tmp_path, dies_first)
    assert program.is_running
    assert await program.output.readline() == b"dying\n"
    async with asyncio.timeout(20):
        while program.is_running:
            await asyncio.to_thread(bool)
    assert not program._ended.is_set()
    os.kill(program.pid, signal.SIGKILL)
    await goodbye(program)


async def test_it_stands_in_its_folder_with_its_environment_in_its_own_session(tmp_path: Path) -> None:
    told = """import os, json
names = [name for name in os.environ if name != "LC_CTYPE"]  # Python's own
print(json.dumps([os.getcwd(), names, os.getsid(0) == os.getpid(), os.listdir("/proc/self/fd")]))"""
    program = await start(tmp_path, told)
    folder, names, leads, descriptors = json.loads(await program.output.readline())
    await goodbye(program)

    assert folder == str(tmp_path.resolve())
    assert names == ["GIVEN"]
    assert leads
    assert descriptors == ["0", "1", "2", "3"]  # the last is that of the listing itself


async def test_descriptors_are_handed_over(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    program = await start(
        tmp_path, "import os, sys; os.write(int(sys.argv[1]), b'here')", str(writing), pass_fds=[writing]
    )
    os.close(writing)

    assert await goodbye(program) == 0
    assert os.read(reading, 10) == b"here"
    os.close(reading)


async def test_a_kill_is_told_as_its_signal(tmp_path: Path) -> None:
    program = await start(tmp_path, "input()")
    os.kill(program.pid, signal.SIGKILL)

    assert await goodbye(program) == -signal.SIGKILL


async def test_a_line_that_is_too_long_is_not_kept(tmp_path: Path) -> None:
    program = await start(tmp_path, f"print('x' * {10 * LINE_MOST})")
    with pytest.raises(ValueError):
        await program.output.readline()
    with suppress(ProcessLookupError):  # it may have ended by then
        os.kill(program.pid, signal.SIGKILL)
    await goodbye(program)


async def test_one_that_is_not_there_leaves_nothing_open(tmp_path: Path) -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        await Program.start([str(tmp_path / "none")], cwd=tmp_path, env={}, pass_fds=(), line_most=LINE_MOST)
    await asyncio.sleep(0)

    assert descriptors() == before


@pytest.mark.parametrize("turns", range(6))
async def test_a_start_that_is_cancelled_leaves_nothing_open(tmp_path: Path, turns: int) -> None:
    before = descriptors()
    starting = asyncio.create_task(start(tmp_path, ECHO))
    for _ in range(turns):
        await asyncio.sleep(0)
    starting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        program = await starting
        program.input.write_eof()
        await goodbye(program)
    await asyncio.sleep(0)

    assert descriptors() == before


async def test_a_program_is_run_to_its_end() -> None:
    script = "import sys; print(input.__name__); print('err', file=sys.stderr); sys.exit(4)"
    ended = await programs.run([sys.executable, "-c", script])

    assert (ended.code, ended.output, ended.errors) == (4, b"input\n", b"err\n")


async def test_a_program_that_takes_too_long_is_killed() -> None:
    with pytest.raises(TimeoutError):
        await programs.run([sys.executable, "-c", "import signal; signal.pause()"], patience=timedelta(seconds=0.2))


def test_a_group_lives_until_its_last_member_has_ended_though_nobody_buries_it() -> None:
    """Who orphans a process may not be there to bury it: in a container nobody is."""
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']); print(flush=True); input()"
    leader = subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, start_new_session=True)
    assert leader.stdin
    assert leader.stdout
    leader.stdout.readline()
    assert programs.lives(leader.pid)
    os.kill(leader.pid, signal.SIGKILL)
    os.waitid(os.P_PID, leader.pid, os.WEXITED | os.WNOWAIT)
    assert programs.lives(leader.pid), "what it started still waits for its input"
    leader.stdin.close()
    assert leader.stdout.read() == b""
    end = clock.monotonic() + 10
    while programs.lives(leader.pid):  # it has closed its output, and ends
        assert clock.monotonic() < end
    os.killpg(leader.pid, 0)
    leader.wait()
    leader.stdout.close()
    assert not programs.lives(leader.pid)


def test_nobody_starts_programs_by_the_loop() -> None:
    package = Path(programs.__file__).parents[1]
    assert [path.name for path in package.rglob("*.py") if "create_subprocess" in path.read_text()] == []


class _Legacy:
    """What another thread has; tells in which process it is cleared away."""

    def __init__(self, told: Path) -> None:
        self.told = told

    def __del__(self) -> None:
        with self.told.open("a") as file:
            file.write(f"{os.getpid()}\n")


def _in_uvloop_beside_a_thread_with_a_legacy(told: Path, work: Coroutine[Any, Any, object]) -> set[str]:
    """Run `work` while another thread has something; returns the processes in which that was cleared away."""
    local, done, ready = threading.local(), threading.Event(), threading.Event()

    def keep() -> None:
        local.legacy = _Legacy(told)
        ready.set()
        done.wait()

    keeper = threading.Thread(target=keep)
    keeper.start()
    ready.wait()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
        return set(told.read_text().split()) if told.exists() else set()
    finally:
        done.set()
        keeper.join()


def test_nothing_of_ours_runs_in_a_copy(tmp_path: Path) -> None:
    async def one_program() -> None:
        await goodbye(await start(tmp_path, ""))

    assert _in_uvloop_beside_a_thread_with_a_legacy(tmp_path / "told", one_program()) == set()


def test_uvloop_itself_would_clear_in_the_copy_what_other_threads_have(tmp_path: Path) -> None:
    async def one_program() -> None:
        await (await asyncio.create_subprocess_exec(sys.executable, "-c", "")).wait()

    cleared_in = _in_uvloop_beside_a_thread_with_a_legacy(tmp_path / "told", one_program())
    assert cleared_in - {str(os.getpid())}, "uvloop is mended: medianest.core.programs is needed no more"
