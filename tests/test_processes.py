"""What is read from /proc is what runs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import processes
from tests.checkout import ROOT as PROJECT
from tests.fakes.canary import Canary
from tests.processes import Process

NESTED = """
import subprocess, sys, socket
inner = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'], stdout=subprocess.DEVNULL)
listener = socket.create_server(('127.0.0.1', 0))
print(inner.pid, listener.getsockname()[1], flush=True)
input()
"""


class Nested:
    """A process with one child and one listening port."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", NESTED]
        self.outer = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.outer.stdout is not None
        self.inner_pid, self.port = map(int, self.outer.stdout.readline().split())


@pytest.fixture
def nested(tmp_path: Path) -> Iterator[Nested]:
    started = Nested(tmp_path)
    with started.outer:
        yield started
        for process in processes.tree(started.outer.pid):
            process.kill()


def test_a_tree_holds_children_after_their_parents(nested: Nested) -> None:
    assert [process.pid for process in processes.tree(nested.outer.pid)] == [nested.outer.pid, nested.inner_pid]


def test_a_process_that_ended_runs_no_more_even_before_it_is_reaped(nested: Nested) -> None:
    process = Process.of(nested.outer.pid)
    assert process is not None
    assert process.is_running()
    assert process.resident_bytes > 1_000_000

    process.kill(signal.SIGTERM)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert not process.is_running()
    assert process.resident_bytes == 0
    process.kill()


def test_orphans_are_found_by_where_they_stand(nested: Nested, tmp_path: Path) -> None:
    nested.outer.kill()
    nested.outer.wait()

    (orphan,) = processes.touching(tmp_path)

    assert orphan.pid == nested.inner_pid
    assert not orphan.wait(0)
    orphan.kill()
    assert orphan.wait(10)
    assert processes.touching(tmp_path) == []


def test_holding_a_file_or_naming_a_path_is_touching(tmp_path: Path) -> None:
    assert processes.touching(tmp_path) == []
    with (tmp_path / "held").open("w") as held:
        by_file = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=held, cwd="/")
        by_name = subprocess.Popen([sys.executable, "-c", "input()", str(tmp_path)], stdin=subprocess.PIPE, cwd="/")
    with by_file, by_name:
        assert {process.pid for process in processes.touching(tmp_path)} == {by_file.pid, by_name.pid}
        by_file.kill()
        by_name.kill()


def test_ports_belong_to_who_listens(nested: Nested) -> None:
    both = processes.tree(nested.outer.pid)

    assert processes.listening_ports(both) == {nested.port}
    assert processes.listening_ports(both[1:]) == set()
    assert processes.is_listening(nested.port)


def test_a_port_is_free_when_its_listener_is_gone() -> None:
    with Canary("::1") as listener:
        assert processes.is_listening(listener.port)
        sockets = processes.listeners({listener.port})
    assert not sockets & processes.listeners({listener.port})


def test_who_writes_a_file_is_known_and_who_reads_it_does_not_count(tmp_path: Path) -> None:
    with (tmp_path / "written").open("w"), (tmp_path / "written").open():
        (tmp_path / "read").touch()
        with (tmp_path / "read").open():
            assert processes.writers(tmp_path) == {(tmp_path / "written").resolve(): {os.getpid()}}
    assert processes.writers(tmp_path) == {}


def test_waiting_for_a_processor_is_measured() -> None:
    assert processes.starved_s(os.getpid()) >= 0
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        pass
    assert processes.starved_s(process.pid) == 0


def test_who_started_the_test_does_not_touch_what_it_named(tmp_path: Path) -> None:
    script = "import sys, pathlib; from tests import processes; print(processes.touching(pathlib.Path(sys.argv[1])))"
    shell = f"cd {PROJECT}; {sys.executable} -c '{script}' {tmp_path}; exit $?"
    told = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"
