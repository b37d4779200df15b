"""The walls around the child, each leaned against in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from medianest.downloads.protocol import Limits
from tests.downloads.processes import session, until
from tests.fakes.canary import Canary

PROJECT = Path(__file__).parents[3]
BEHIND_THE_GATE = """\
import os, pathlib, shutil, socket, subprocess, sys, urllib.request
from medianest.downloads.child.guard import Gate
gate = Gate(frozenset({sys.argv[1]}), sealed=os.fspath(pathlib.Path.cwd().parent / "sealed"))
gate.proxy = ("127.0.0.1", int(sys.argv[2]))
gate.enter(pathlib.Path.cwd())
os.rename(os.getcwd(), "../work")
gate.close()
gate.enter(pathlib.Path("../work").resolve())
canary = ("127.0.0.1", int(sys.argv[3]))
try:
    {deed}
except Exception as error:
    print(f"{type(error).__name__}: {error}")
else:
    print("done")
"""


class Deeds(Protocol):
    def __call__(self, deed: str, *, proxy: int = 1, canary: int = 1) -> str: ...


@pytest.fixture(params=["work", "preview"])
def behind_the_gate(request: pytest.FixtureRequest, tmp_path: Path) -> Deeds:
    """What a deed says behind a closed gate, or `done`: in a folder that had this name before it got its own."""
    work, before = tmp_path / "work", tmp_path / request.param

    def done(deed: str, *, proxy: int = 1, canary: int = 1) -> str:
        work.mkdir(exist_ok=True)
        work.rename(before)
        program = BEHIND_THE_GATE.replace("{deed}", deed)
        ran = subprocess.run(
            [sys.executable, "-c", program, sys.executable, str(proxy), str(canary)],
            cwd=before, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True,
        )  # fmt: skip
        return (ran.stdout + ran.stderr).strip()

    return done


@pytest.mark.parametrize(
    "deed",
    [
        "socket.create_connection(canary)",
        "socket.socket().connect(canary)",
        "socket.socket().connect_ex(canary)",
        "socket.socket(socket.AF_INET6).connect(('::ffff:127.0.0.1', canary[1]))",
        "urllib.request.urlopen('http://127.0.0.1:%d/' % canary[1])",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', canary)",
        "socket.getaddrinfo('localhost', canary[1])",
        "socket.gethostbyname('localhost')",
        "socket.socket(socket.AF_UNIX).connect('/run/x')",
        "socket.socket().bind(('127.0.0.1', 0))",
    ],
)
def test_no_connection_passes_but_to_the_proxy(
    tmp_path: Path, canary: Canary, deed: str, behind_the_gate: Deeds
) -> None:
    said = behind_the_gate(deed, canary=canary.port)
    assert "refused" in said.lower() or "Blocked address" in said
    assert canary.connections == 0


def test_the_proxy_itself_is_reached(canary: Canary, behind_the_gate: Deeds) -> None:
    assert behind_the_gate("socket.create_connection(('127.0.0.1', int(sys.argv[2])))", proxy=canary.port) == "done"
    assert canary.connections == 1


@pytest.mark.parametrize(
    "deed",
    [
        "subprocess.run(['/bin/true'])",
        "subprocess.run('true', shell=True)",
        "os.system('true')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.popen('true')",
    ],
)
def test_no_program_starts_but_those_of_the_setup(deed: str, behind_the_gate: Deeds) -> None:
    assert "PermissionError: refused" in behind_the_gate(deed)


def test_a_program_of_the_setup_starts(behind_the_gate: Deeds) -> None:
    assert behind_the_gate("subprocess.run([sys.argv[1], '-c', ''], check=True)") == "done"


@pytest.mark.parametrize(
    "deed",
    [
        "open('../evil', 'w')",
        "open('../victim', 'a')",
        "open('sub/../../evil', 'w')",
        "pathlib.Path('link/evil').write_text('x')",
        "os.open('../evil', os.O_CREAT | os.O_WRONLY)",
        "open('mine', 'w').close() or os.rename('mine', '../evil')",
        "os.replace('../victim', 'mine')",
        "os.remove('../victim')",
        "os.mkdir('../evil')",
        "os.truncate('../victim', 0)",
        "os.chmod('../victim', 0)",
        "os.symlink('/', 'out')",
        "shutil.rmtree('..')",
    ],
)
def test_nothing_changes_outside_the_working_folder(tmp_path: Path, deed: str, behind_the_gate: Deeds) -> None:
    victim = tmp_path / "victim"
    victim.write_text("whole")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to(tmp_path)
    assert "PermissionError: refused" in behind_the_gate(deed)
    assert victim.read_text() == "whole"
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "deed",
    [
        "open('mine', 'w').write('x')",
        "os.mkdir('sub')",
        "open(os.devnull, 'w')",
        "open('/etc/hostname').read()",
        "__import__('tempfile').TemporaryFile(dir='.')",
    ],
)
def test_the_working_folder_is_free(deed: str, behind_the_gate: Deeds) -> None:
    assert behind_the_gate(deed) == "done"


BEFORE_A_FOLDER = """\
import os, pathlib, sys
from medianest.downloads.child.guard import Gate
gate = Gate(frozenset())
gate.close()
try:
    {deed}
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("open('mine', 'w')", "refused change"),
        ("os.mkdir('sub')", "refused change"),
        ("__import__('socket').create_connection(('127.0.0.1', 1))", "Blocked address"),
        ("gate.enter(pathlib.Path('here')); gate.enter(pathlib.Path('there'))", "refused a second folder"),
        ("gate.enter(pathlib.Path('here')); open('there/evil', 'w')", "refused change"),
    ],
)
def test_who_waits_may_change_nothing_and_later_in_one_folder_only(tmp_path: Path, deed: str, said: str) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    before = sorted(tmp_path.rglob("*"))
    program = BEFORE_A_FOLDER.replace("{deed}", deed)
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert said in ran.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_limits_hold_for_the_process_and_what_it_starts(tmp_path: Path) -> None:
    limits = Limits(cpu_s=100, file_bytes=4096, open_files=50, nice=7)
    program = f"""\
import pathlib, subprocess
from medianest.downloads.child import guard
from medianest.downloads.protocol import Limits
guard.limit({limits!r})
subprocess.run("ulimit -t; ulimit -n; ulimit -c; ulimit -f; nice", shell=True)
pathlib.Path("big").write_bytes(bytes(4097))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(PROJECT), "PATH": os.defpath},
        capture_output=True, text=True,
    )  # fmt: skip
    cpu, files, core, blocks, nice = ran.stdout.split()
    assert (cpu, files, core, int(blocks) <= 8, nice) == ("100", "50", "0", True, "7")
    assert "File too large" in ran.stderr


TIED = """\
import os, re, subprocess, sys
from medianest.downloads.child import guard
subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
guard.tie_to_parent(int(sys.argv[1]))
print("tied", flush=True)
re.match("(a+)+$", "a" * 60 + "b")  # holds the interpreter for years
"""


def tied(lifeline: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", TIED, str(lifeline)],
        pass_fds=(lifeline,),
        start_new_session=True,
        env={"PYTHONPATH": str(PROJECT), "PATH": os.defpath},
        stdout=subprocess.PIPE,
    )


async def test_a_process_that_cannot_run_python_any_more_still_dies_with_its_parent() -> None:
    theirs, ours = os.pipe()
    with tied(theirs) as process:
        os.close(theirs)
        assert process.stdout
        assert process.stdout.readline() == b"tied\n"
        assert "sleep" in session(process.pid).values()
        os.close(ours)
        assert await until(lambda: not session(process.pid)) < 1


async def test_a_parent_that_is_gone_already_is_noticed() -> None:
    theirs, ours = os.pipe()
    os.close(ours)
    with tied(theirs) as process:
        os.close(theirs)
        assert process.stdout
        assert process.stdout.read() == b""
        await until(lambda: not session(process.pid))


@pytest.mark.parametrize(("place", "passes"), [("open", True), ("sealed", False)])
def test_compiled_modules_are_kept_anywhere_but_in_a_sealed_copy(
    tmp_path: Path, place: str, passes: bool, behind_the_gate: Deeds
) -> None:
    cache = tmp_path / place / "__pycache__"
    cache.mkdir(parents=True)
    said = behind_the_gate(f"pathlib.Path({str(cache / 'x.pyc')!r}).write_bytes(b'x')")
    assert (said == "done") is passes
    assert (cache / "x.pyc").exists() is passes
