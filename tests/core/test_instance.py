"""One process at a time, and always the folder's owner."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from medianest.core import files, instance
from medianest.core.instance import AlreadyRunning, InstanceLock, NoDataFolder
from tests.processes import needs_root

NOBODY = 65534
OTHER = 65533

HOLDING = (
    "import sys; from pathlib import Path; from medianest.core.instance import InstanceLock\n"
    "with InstanceLock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user can come to."""
    with tempfile.TemporaryDirectory(prefix="medianest-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def run(program: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_a_second_process_is_told_who_runs_until_the_first_is_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning) as refused, InstanceLock(tmp_path):
            pass
        assert refused.value.pid == holder.pid
        assert str(holder.pid) in str(refused.value)
        holder.kill()
    with InstanceLock(tmp_path):
        assert (tmp_path / instance.LOCK_NAME).read_text() == str(os.getpid())


def test_the_lock_is_free_again_in_the_end_and_private(tmp_path: Path) -> None:
    with InstanceLock(tmp_path), pytest.raises(AlreadyRunning), InstanceLock(tmp_path):
        pass
    with InstanceLock(tmp_path):
        assert (tmp_path / instance.LOCK_NAME).stat().st_mode & 0o777 == 0o600


def test_a_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    with InstanceLock(tmp_path):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with InstanceLock(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_data_folder_is_made_private_and_only_where_it_may_be(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    with pytest.raises(NoDataFolder):
        instance.prepare(folder, create=False)
    instance.prepare(folder, create=True)
    assert folder.stat().st_mode & 0o777 == 0o700
    instance.prepare(folder, create=False)
    (tmp_path / "file").touch()
    with pytest.raises(NoDataFolder):
        instance.prepare(tmp_path / "file", create=True)


def test_a_data_folder_on_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "NETWORK_FILESYSTEMS", {files.filesystem_kind(tmp_path)})
    with pytest.raises(files.NetworkFolder):
        instance.prepare(tmp_path, create=True)


IMPORTS = "import os, sys; from pathlib import Path; from medianest.core import instance; folder = Path(sys.argv[1])\n"


@needs_root
def test_root_becomes_the_owner_of_the_folder_for_good(reachable: Path) -> None:
    os.chown(reachable, NOBODY, OTHER)
    told = run(
        f"{IMPORTS}instance.become_owner(folder); (folder / 'x').touch(); print(os.getresuid(), os.getresgid())",
        reachable,
    )
    assert told == f"{(NOBODY,) * 3} {(OTHER,) * 3}"
    assert ((reachable / "x").stat().st_uid, (reachable / "x").stat().st_gid) == (NOBODY, OTHER)


@needs_root
def test_root_can_be_the_owner_for_a_while(reachable: Path) -> None:
    os.chown(reachable, NOBODY, NOBODY)
    program = (
        f"{IMPORTS}before = os.getgroups()\n"
        "with instance.as_owner(folder): print(os.geteuid(), os.getegid())\n"
        "assert os.getgroups() == before\n"
        "print(os.getresuid(), os.getresgid())"
    )
    assert run(program, reachable) == f"{NOBODY} {NOBODY}\n(0, 0, 0) (0, 0, 0)"


AS_ANOTHER = (
    f"{IMPORTS}os.setgroups([]); os.setgid({OTHER}); os.setuid({OTHER})\n"
    "try: instance.become_owner(folder); print('goes on')\n"
    "except instance.Forbidden as error: print(error.code, error.message.values['owner'])"
)


@needs_root
def test_anybody_else_is_refused_in_words(reachable: Path) -> None:
    os.chown(reachable, NOBODY, NOBODY)
    assert run(AS_ANOTHER, reachable) == "not_writable nobody"


@needs_root
def test_an_unused_folder_of_root_that_is_open_to_all_is_taken_by_who_comes_first(reachable: Path) -> None:
    reachable.chmod(0o777)
    assert run(AS_ANOTHER, reachable) == "goes on"
    lock = reachable / instance.LOCK_NAME
    lock.touch()
    assert run(AS_ANOTHER, reachable) == "other_owner root"
    os.chown(lock, OTHER, OTHER)
    assert run(AS_ANOTHER, reachable) == "goes on"
    assert run(f"{IMPORTS}instance.become_owner(folder); print(os.getuid())", reachable) == str(OTHER)


def test_the_owner_stays_who_they_are(tmp_path: Path) -> None:
    before = os.getresuid(), os.getgroups()
    instance.become_owner(tmp_path)
    with instance.as_owner(tmp_path):
        assert (os.getresuid(), os.getgroups()) == before


def test_the_words_name_a_user_without_a_name_by_its_number() -> None:
    assert instance.user_name(0) == "root"
    assert instance.user_name(54321) == "54321"
