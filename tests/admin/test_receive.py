"""A backup that is taken away is there whole, or not at all."""

from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest

from medianest.admin.errors import BadBackup, NameTaken
from medianest.admin.receive import receive
from medianest.admin.types import Sent

CONTENT = b"backup" * 1000


def sending(content: bytes, *, claimed: bytes = CONTENT) -> Sent:
    return Sent(name="medianest-1.tar.gz", size_bytes=len(content), sha256=sha256(claimed).hexdigest())


def fetch(file: BinaryIO) -> Sent:
    file.write(CONTENT)
    return sending(CONTENT)


@pytest.mark.parametrize("name", ["", "mine"])
def test_it_goes_into_a_folder_or_becomes_the_file(tmp_path: Path, name: str) -> None:
    place = receive(tmp_path / name, fetch)
    assert place == tmp_path / (name or "medianest-1.tar.gz")
    assert place.read_bytes() == CONTENT
    assert place.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [place]


def test_what_did_not_arrive_whole_is_thrown_away(tmp_path: Path) -> None:
    def fetch_half(file: BinaryIO) -> Sent:
        file.write(CONTENT[:100])
        return sending(CONTENT[:100])

    with pytest.raises(BadBackup):
        receive(tmp_path, fetch_half)
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def fetch_nothing(file: BinaryIO) -> Sent:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        receive(tmp_path / "mine", fetch_nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_even_if_it_came_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    with pytest.raises(NameTaken):
        receive(tmp_path / "mine", fetch)

    def fetch_slowly(file: BinaryIO) -> Sent:
        (tmp_path / "medianest-1.tar.gz").write_bytes(b"theirs")
        return fetch(file)

    with pytest.raises(FileExistsError):
        receive(tmp_path, fetch_slowly)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"mine", b"theirs"}
