"""What is kept on the disk: never more than agreed, whole or not at all, the longest unseen goes first."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from medianest.pictures.shelf import Shelf
from tests.pictures.samples import picture

ONE = picture("WEBP", (20, 30))
KEYS = [f"{number:02x}{'0' * 38}" for number in range(256)]


def shelf(folder: Path, *, pictures: int = 10, free: Callable[[], int] = lambda: 0) -> Shelf:
    made = Shelf(folder, most_bytes=lambda: pictures * len(ONE), least_free_bytes=free)
    made.tidy()
    return made


def on_disk(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("??/*.webp")}


def age(folder: Path, key: str, *, hours: float) -> None:
    then = time.time() - hours * 3600
    os.utime(folder / key[:2] / f"{key}.webp", (then, then))


def test_there_are_never_more_bytes_than_agreed(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for key in KEYS[:50]:
        kept.keep(key, ONE)
        assert 0 < sum(path.stat().st_size for path in tmp_path.rglob("*.webp")) <= 10 * len(ONE)
    assert kept.bytes <= 10 * len(ONE)


def test_what_was_not_looked_at_longest_goes_first(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for place, key in enumerate(KEYS[:10]):
        kept.keep(key, ONE)
        age(tmp_path, key, hours=100 - place)
    assert kept.read(KEYS[0]) == ONE
    kept.keep(KEYS[10], ONE)
    assert KEYS[0] in on_disk(tmp_path), "it was looked at just now"
    assert KEYS[1] not in on_disk(tmp_path)
    assert KEYS[10] in on_disk(tmp_path)


def test_a_smaller_bound_holds_from_the_next_tidying_on(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for key in KEYS[:10]:
        kept.keep(key, ONE)
    smaller = shelf(tmp_path, pictures=4)
    assert len(on_disk(tmp_path)) == 4
    assert smaller.bytes == 4 * len(ONE)


def test_what_somebody_removed_by_hand_is_missed_and_not_counted(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for key in KEYS[:5]:
        kept.keep(key, ONE)
    (tmp_path / KEYS[0][:2] / f"{KEYS[0]}.webp").unlink()
    assert kept.read(KEYS[0]) is None
    assert kept.tidy() == 0
    assert kept.bytes == 4 * len(ONE)


@pytest.mark.parametrize("damage", [b"", b"RIFF", ONE[:-1], ONE + b"x", b"<svg/>"])
def test_what_is_not_whole_is_not_there(tmp_path: Path, damage: bytes) -> None:
    kept = shelf(tmp_path)
    kept.keep(KEYS[0], ONE)
    (tmp_path / KEYS[0][:2] / f"{KEYS[0]}.webp").write_bytes(damage)
    assert kept.read(KEYS[0]) is None
    assert on_disk(tmp_path) == set()
    kept.keep(KEYS[0], ONE)
    assert kept.read(KEYS[0]) == ONE


def test_what_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / KEYS[0][:2] / f"{KEYS[0]}.webp").mkdir(parents=True)
    assert shelf(tmp_path).read(KEYS[0]) is None


def test_what_a_kill_left_half_written_is_cleared_at_the_next_start(tmp_path: Path) -> None:
    part = tmp_path / "00" / f"{KEYS[0]}.0badf00d.part"
    part.parent.mkdir()
    part.write_bytes(ONE[:10])
    assert shelf(tmp_path).read(KEYS[0]) is None
    assert not part.exists()


def test_the_room_of_the_database_is_left_free(tmp_path: Path) -> None:
    kept = shelf(tmp_path, free=lambda: 1 << 62)
    kept.keep(KEYS[0], ONE)
    assert on_disk(tmp_path) == set()


def test_a_picture_that_is_larger_than_all_the_room_is_not_kept(tmp_path: Path) -> None:
    kept = Shelf(tmp_path, most_bytes=lambda: len(ONE) - 1, least_free_bytes=lambda: 0)
    kept.tidy()
    kept.keep(KEYS[0], ONE)
    assert on_disk(tmp_path) == set()


def test_many_at_once_keep_and_read_without_a_fault(tmp_path: Path) -> None:
    kept, faults = shelf(tmp_path, pictures=8), list[BaseException]()

    def visit(first: int) -> None:
        try:
            for step in range(60):
                key = KEYS[(first * 7 + step) % 32]
                kept.keep(key, ONE)
                assert kept.read(key) in (ONE, None)
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(on_disk(tmp_path)) <= 8
    assert list(tmp_path.rglob("*.part")) == []
