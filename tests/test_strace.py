"""What is read from strace's record is what the program did."""

import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path

from tests import processes
from tests.fakes.canary import Canary
from tests.strace import Connection, Strace

DEEDS = """
import os, socket, subprocess
os.makedirs("dé/new\\nline")
open("dé/new\\nline/file", "w").close()
os.rename("dé/new\\nline/file", "moved")
folder = os.open("dé", os.O_RDONLY)
os.mkdir("by descriptor", dir_fd=folder)
open("/dev/null", "wb").close()
open(__import__("sys").argv[1] + "/moved").close()
subprocess.run(["touch", "../by a child"], check=True)
socket.create_connection(("127.0.0.1", int(__import__("sys").argv[2]))).close()
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.2", 9))
"""


def test_it_tells_every_change_and_every_connection_and_nothing_else(tmp_path: Path, canary: Canary) -> None:
    strace = Strace(tmp_path / "record")
    folder = tmp_path / "folder"
    folder.mkdir()
    command = [*strace.prefix, sys.executable, "-Bc", DEEDS, str(folder), str(canary.port)]
    subprocess.run(command, cwd=folder, check=True)
    for tracer in processes.touching(tmp_path):
        assert tracer.wait(10)
    changed = {path for path in strace.changed(folder) if path.is_relative_to(tmp_path)}
    names = ("dé", "dé/new\nline", "dé/new\nline/file", "moved", "dé/by descriptor", "../by a child")
    assert {path.resolve() for path in changed} == {(folder / name).resolve() for name in names}
    assert Path("/dev/null") in strace.changed(folder)
    assert strace.connections() == {Connection(address=ip_address("127.0.0.1"), port=canary.port)}
