"""Paths stay inside, moves never replace, and network disks are told by name."""

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medianest.core import files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "parts",
    [
        ("..",),
        ("../root2/x",),
        ("a", "..", "b"),
        ("a/../b",),
        ("/etc/passwd",),
        ("a", "/etc/passwd"),
        ("a\0b",),
        ("",),
        ("a//b",),
        (".",),
        (),
    ],
)
def test_a_path_that_could_leave_its_folder_is_refused(root: Path, parts: tuple[str, ...]) -> None:
    with pytest.raises(files.Outside):
        files.safe_join(root, *parts)


def test_a_link_that_leads_out_is_refused_and_one_that_stays_is_not(root: Path) -> None:
    (root / "out").symlink_to(root.parent)
    (root / "inside").mkdir()
    (root / "in").symlink_to(root / "inside")
    with pytest.raises(files.Outside):
        files.safe_join(root, "out", "x")
    assert files.safe_join(root, "in", "x") == root / "in" / "x"


def test_the_folder_itself_may_be_a_link(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    assert files.safe_join(link, "a/b.mp4") == link / "a" / "b.mp4"


@given(st.text(alphabet=st.sampled_from("./a\\\0 %é"), max_size=8))
def test_whatever_the_name_it_stays_inside(name: str) -> None:
    root = Path("/srv/media")
    try:
        path = files.safe_join(root, name)
    except files.Outside:
        return
    assert os.path.normpath(path).startswith("/srv/media/")


def test_a_move_brings_the_whole_file_and_leaves_nothing(root: Path) -> None:
    source, target = root / "work", root / "film.mp4"
    source.write_bytes(b"film")
    files.move_atomically(source, target)
    assert target.read_bytes() == b"film"
    assert sorted(root.iterdir()) == [target]
    assert target.stat().st_nlink == 1


def test_a_move_never_replaces_another_file(root: Path) -> None:
    source, target = root / "work", root / "film.mp4"
    source.write_bytes(b"new")
    target.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        files.move_atomically(source, target)
    assert (source.read_bytes(), target.read_bytes()) == (b"new", b"theirs")


def test_a_link_in_place_of_the_file_is_not_moved(root: Path) -> None:
    source = root / "work"
    source.symlink_to("/etc/passwd")
    with pytest.raises(files.Outside):
        files.move_atomically(source, root / "film.mp4")
    assert not (root / "film.mp4").exists()


def test_a_move_from_another_disk_copies_and_leaves_nothing(root: Path) -> None:
    elsewhere = Path("/dev/shm") / f"medianest-test-{os.getpid()}"
    if not elsewhere.parent.is_dir() or elsewhere.parent.stat().st_dev == root.stat().st_dev:
        pytest.skip("this machine has no second file system")
    elsewhere.write_bytes(b"film")
    try:
        files.move_atomically(elsewhere, root / "film.mp4")
        assert not elsewhere.exists()
    finally:
        elsewhere.unlink(missing_ok=True)
    assert [path.name for path in root.iterdir()] == ["film.mp4"]
    assert (root / "film.mp4").read_bytes() == b"film"


@pytest.mark.parametrize("taken", [False, True])
def test_without_hard_links_a_move_still_never_replaces(
    root: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "this file system has no hard links")

    monkeypatch.setattr(os, "link", no_links)
    source, target = root / "work", root / "film.mp4"
    source.write_bytes(b"new")
    if taken:
        target.write_bytes(b"theirs")
        with pytest.raises(FileExistsError):
            files.move_atomically(source, target)
    else:
        files.move_atomically(source, target)
    assert target.read_bytes() == (b"theirs" if taken else b"new")


def test_a_small_file_is_replaced_whole_with_its_mode(root: Path) -> None:
    path = root / "key"
    path.write_text("old")
    files.write_atomically(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(root.iterdir()) == [path]


def test_room_and_limits_are_told_for_a_folder_that_is_not_there_yet(root: Path) -> None:
    later = root / "a" / "b"
    assert 0 < files.free_bytes(later) <= files.total_bytes(later)
    assert files.name_limit(later) >= 143


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /srv/my\\040media rw shared:2 master:1 - nfs4 nas:/media rw
24 22 0:30 / /srv/ssh rw - fuse.sshfs x@y:/ rw
garbage
"""


@pytest.mark.parametrize(("mount", "kind"), [("22", "ext4"), ("23", "nfs4"), ("24", "fuse.sshfs"), ("99", "")])
def test_the_kind_of_a_mount_is_read_from_its_line(mount: str, kind: str) -> None:
    assert files.kind_of_mount(MOUNTS, mount) == kind


def test_the_kernel_tells_the_kind_of_this_folder(root: Path) -> None:
    assert files.filesystem_kind(Path("/proc/self")) == "proc"
    assert files.filesystem_kind(root / "later") not in ("", "proc")


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_the_kinds_that_lie_in_another_machine_are_known(kind: str) -> None:
    assert kind in files.NETWORK_FILESYSTEMS


def test_a_data_folder_on_another_machine_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    files.refuse_network(Path("/"))
    monkeypatch.setattr(files, "NETWORK_FILESYSTEMS", {"proc"})
    with pytest.raises(files.NetworkFolder) as refused:
        files.refuse_network(Path("/proc/self"))
    assert refused.value.message.values["kind"] == "proc"
