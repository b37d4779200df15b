"""How much memory there still is, by the kernel's own accounts."""

from pathlib import Path

from medianest.core import memory

MEMINFO = "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    8000 kB\n"


def machine(folder: Path, *, group: str = "/") -> Path:
    (folder / "self").mkdir(parents=True)
    (folder / "meminfo").write_text(MEMINFO)
    (folder / "self" / "cgroup").write_text(f"0::{group}\n")
    return folder


def limited(folder: Path, *, most: str) -> None:
    folder.mkdir(parents=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text("3000000\n")
    (folder / "memory.stat").write_text("anon 1000\ninactive_file 500000\nactive_file 7\n")


def test_this_machine_has_some() -> None:
    assert memory.available_bytes() > 1 << 20


def test_without_a_group_it_is_what_the_machine_has(tmp_path: Path) -> None:
    proc = machine(tmp_path / "proc")
    assert memory.available_bytes(proc=proc, groups=tmp_path / "none") == 8_000 * 1024


def test_a_group_leaves_what_it_has_not_used_and_what_it_gives_back(tmp_path: Path) -> None:
    proc = machine(tmp_path / "proc", group="/nest.service")
    limited(tmp_path / "groups" / "nest.service", most="4000000")
    assert memory.available_bytes(proc=proc, groups=tmp_path / "groups") == 1_500_000


def test_a_container_finds_its_group_at_the_root(tmp_path: Path) -> None:
    proc = machine(tmp_path / "proc")
    limited(tmp_path / "groups", most="4000000")
    assert memory.available_bytes(proc=proc, groups=tmp_path / "groups") == 1_500_000


def test_a_group_without_a_limit_and_one_that_is_wide_leave_what_the_machine_has(tmp_path: Path) -> None:
    proc = machine(tmp_path / "proc", group="/wide")
    limited(tmp_path / "groups" / "wide", most="400000000000")
    limited(tmp_path / "others", most="max")
    assert memory.available_bytes(proc=proc, groups=tmp_path / "groups") == 8_000 * 1024
    proc.joinpath("self", "cgroup").write_text("0::/\n")
    assert memory.available_bytes(proc=proc, groups=tmp_path / "others") == 8_000 * 1024
