"""The life of `medianest serve`: one at a time, and gone without a trace when it is told to stop."""

import os
import signal
import socket
import stat
from pathlib import Path

import httpx
import pytest

from medianest.core.instance import InstanceLock
from tests.portal import Queue
from tests.portal.fixtures import NewPortal


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_everything_in_order(new_portal: NewPortal, told: signal.Signals) -> None:
    portal = new_portal()
    portal.start()
    assert {"control.sock", "medianest.db-wal"} <= names(portal.data_dir)
    os.kill(portal.pid, told)
    assert portal.stop() == 0
    assert not {"control.sock", "medianest.db-wal", "medianest.db-shm"} & names(portal.data_dir)
    with InstanceLock(portal.data_dir):
        pass


def test_a_thread_that_waits_for_a_disk_does_not_keep_it(new_portal: NewPortal) -> None:
    portal = new_portal(settings={"downloads": {"min_free_bytes": 2**53}})
    portal.start()
    id = Queue(portal.admin()).add("http://203.0.114.1/film.mp4")["id"]
    log = portal.data_dir / "logs" / "downloads" / f"{id}.log"
    os.mkfifo(log)
    with pytest.raises(httpx.ReadTimeout):
        portal.admin().get(f"/api/v1/downloads/{id}/log", timeout=1)
    assert portal.stop(patience_s=15) == 1
    assert "medianest.db-wal" not in names(portal.data_dir), "all else was ended in order"
    assert "Timeout (0:00:03)!" in portal.log
    assert "joblog.py" in portal.log, "where it hung is to be seen"


def test_a_second_one_on_the_same_folder_says_who_runs(new_portal: NewPortal) -> None:
    portal = new_portal()
    portal.start()
    second = portal.command("serve", "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert f"process {portal.pid}" in second.stderr
    assert second.stderr.count("\n") == 1


def test_after_a_kill_it_starts_again_and_commands_work_in_between(new_portal: NewPortal) -> None:
    portal = new_portal()
    portal.start()
    portal.kill_main()
    made = portal.command("create-admin", "wren", "--password-stdin", stdin="correct horse battery staple")
    assert made.returncode == 0, made.stderr
    portal.start()
    again = portal.command("create-admin", "wren", "--password-stdin", stdin="correct horse battery staple")
    assert again.returncode == 1
    assert "wren" in again.stderr


def test_nobody_else_may_look_into_the_data_folder(new_portal: NewPortal) -> None:
    portal = new_portal()
    portal.data_dir.mkdir(mode=0o755)
    portal.start()
    assert portal.command("backup").returncode == 0
    secrets = [path for path in portal.data_dir.rglob("*") if path.is_file() or path.is_socket()]
    assert {path.name for path in secrets} >= {"medianest.db", "medianest.db-wal", "secret.key"}
    open_to_others = [path.name for path in secrets if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []


def test_a_port_that_is_taken_is_one_sentence(new_portal: NewPortal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refused = new_portal().command("serve", "--port", str(other.getsockname()[1]))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--port" in refused.stderr
    assert refused.stderr.count("\n") == 1
