"""What comes out of a backup is what went in, or nothing."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medianest.admin import archive, sealing
from medianest.admin.errors import BadBackup, NoRoom, WrongPassphrase
from medianest.admin.types import Contents

CONTENTS = Contents(made_at=datetime(2026, 11, 20, 3, 30, tzinfo=UTC), release="1.0", revision="0003")
PASSPHRASE = "correct horse"


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real work of scrypt would be most of the time of these tests."""
    monkeypatch.setattr(sealing, "_COST_LOG2", 4)


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, Path]:
    database, key = tmp_path / "a", tmp_path / "b"
    database.write_bytes(bytes(range(256)) * 1000)
    key.write_bytes(b"k" * 32)
    return {archive.DATABASE: database, archive.KEY: key}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def packed(sources: dict[str, Path], passphrase: str = "") -> bytes:
    target = io.BytesIO()
    archive.write(target, CONTENTS, sources, passphrase=passphrase)
    return target.getvalue()


def refused(raw: bytes, out: Path, passphrase: str = "") -> None:
    with pytest.raises(BadBackup):
        archive.read(io.BytesIO(raw), out, passphrase=passphrase)


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_it_comes_back_as_it_was(sources: dict[str, Path], out: Path, passphrase: str) -> None:
    contents = archive.read(io.BytesIO(packed(sources, passphrase)), out, passphrase=passphrase)
    assert contents == CONTENTS
    for name, source in sources.items():
        assert (out / name).read_bytes() == source.read_bytes()
        assert (out / name).stat().st_mode & 0o777 == 0o600


def test_an_unsealed_one_is_read_by_tar(sources: dict[str, Path], out: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(sources))) as tar:
        assert tar.getnames() == [archive.MANIFEST, archive.DATABASE, archive.KEY]


def test_a_sealed_one_shows_nothing_and_wants_its_passphrase(sources: dict[str, Path], out: Path) -> None:
    raw = packed(sources, PASSPHRASE)
    assert b"k" * 32 not in raw
    assert b"manifest" not in raw
    for wrong in ("", "battery staple"):
        with pytest.raises(WrongPassphrase):
            archive.read(io.BytesIO(raw), out, passphrase=wrong)
    assert list(out.iterdir()) == []


def test_two_of_the_same_are_sealed_differently(sources: dict[str, Path]) -> None:
    assert packed(sources, PASSPHRASE)[100:] != packed(sources, PASSPHRASE)[100:]


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_one_changed_byte_anywhere_is_found(sources: dict[str, Path], tmp_path: Path, passphrase: str) -> None:
    sources[archive.DATABASE].write_bytes(b"x" * 5000)
    raw = packed(sources, passphrase)
    magic = len(sealing.MAGIC) if passphrase else 10  # the time and system in gzip's own head matter to nobody
    for place in range(magic, len(raw) - 8, 7):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        out = tmp_path / f"out-{place}"
        out.mkdir()
        try:
            archive.read(io.BytesIO(changed), out, passphrase=passphrase)
        except (BadBackup, WrongPassphrase):
            continue
        assert {name: (out / name).read_bytes() for name in sources} == {
            name: source.read_bytes() for name, source in sources.items()
        }, f"byte {place}"


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_one_that_is_cut_off_is_refused(sources: dict[str, Path], tmp_path: Path, passphrase: str) -> None:
    raw = packed(sources, passphrase)
    for number, length in enumerate((0, 1, 10, 30, 60, len(raw) // 2, len(raw) - 600)):
        out = tmp_path / f"out-{number}"
        out.mkdir()
        with pytest.raises((BadBackup, WrongPassphrase)):
            archive.read(io.BytesIO(raw[:length]), out, passphrase=passphrase)


def test_sealed_chunks_cannot_change_places_or_be_left_out(tmp_path: Path) -> None:
    target = io.BytesIO()
    sealed = sealing.Sealed(target, PASSPHRASE)
    for letter in b"abc":
        sealed.write(bytes([letter]) * sealing.CHUNK_BYTES)
    sealed.close()
    raw = target.getvalue()
    size = sealing.CHUNK_BYTES + 16
    head = raw[len(sealing.MAGIC) :][:24]
    chunks = [raw[len(sealing.MAGIC) + 24 :][start : start + size] for start in range(0, 3 * size, size)]

    def opened(*order: int) -> bytes:
        source = io.BytesIO(head + b"".join(chunks[number] for number in order))
        return sealing.Opened(source, PASSPHRASE).read(10**9)

    assert opened(0, 1, 2) == b"".join(bytes([letter]) * sealing.CHUNK_BYTES for letter in b"abc")
    for order in ((0, 2, 1), (0, 1), (0, 2), (0, 1, 1, 2), (0, 1, 2, 2)):
        with pytest.raises(BadBackup):
            opened(*order)


def test_a_head_that_asks_for_endless_work_is_refused(out: Path) -> None:
    refused(sealing.MAGIC + bytes([40]) + b"x" * 1000, out, PASSPHRASE)


def tar_of(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def manifest(**change: object) -> tuple[tarfile.TarInfo, bytes]:
    file = {"size": 1, "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}
    written = {
        "format": 1,
        "made_at": "2026-11-20T03:30:00+00:00",
        "release": "1.0",
        "revision": "0003",
        "files": {archive.DATABASE: file, archive.KEY: file},
    }
    return tarfile.TarInfo(archive.MANIFEST), json.dumps(written | change).encode()


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


def test_the_example_of_the_hostile_ones_would_be_read_were_it_honest(out: Path) -> None:
    archive.read(io.BytesIO(tar_of(manifest(), (entry(archive.DATABASE), b"x"), (entry(archive.KEY), b"x"))), out)
    assert (out / archive.KEY).read_bytes() == b"x"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04 a zip",
        b"\x1f\x8b garbage",
        tar_of((entry(archive.DATABASE), b"x")),
        tar_of((entry(archive.MANIFEST), b"{")),
        tar_of((entry(archive.MANIFEST), b"[" * 50_000)),
        tar_of((entry(archive.MANIFEST), b" " * 100_000)),
        tar_of(manifest(format=2)),
        tar_of(manifest(files={})),
        tar_of(manifest(files={"../x": {"size": 1, "sha256": ""}})),
        tar_of(manifest(made_at="never")),
        tar_of(manifest()),
        tar_of(manifest(), (entry(archive.DATABASE), b"x")),
        tar_of(manifest(), (entry(archive.DATABASE), b"y"), (entry(archive.KEY), b"x")),
        tar_of(manifest(), (entry(archive.DATABASE), b"xx"), (entry(archive.KEY), b"x")),
        tar_of(manifest(), (entry(archive.DATABASE), b"x"), (entry(archive.DATABASE), b"x")),
        tar_of(manifest(), (entry("../../evil"), b"x")),
        tar_of(manifest(), (entry("/etc/evil"), b"x")),
        tar_of(manifest(), (entry(archive.DATABASE, tarfile.SYMTYPE, "/etc/passwd"), b"")),
        tar_of(manifest(), (entry(archive.DATABASE, tarfile.LNKTYPE, archive.MANIFEST), b"")),
        tar_of(manifest(), (entry(archive.DATABASE, tarfile.DIRTYPE), b"")),
        tar_of(manifest(), (entry(archive.DATABASE, tarfile.FIFOTYPE), b"")),
    ],
    ids=range(22),
)
def test_what_is_no_honest_backup_is_refused_and_writes_nowhere_else(raw: bytes, out: Path) -> None:
    around = sorted(out.parent.iterdir())
    refused(raw, out)
    assert sorted(out.parent.iterdir()) == around
    assert {path.name for path in out.iterdir()} <= {archive.DATABASE, archive.KEY}


def test_one_that_is_larger_than_the_disk_is_refused_before_it_is_read(out: Path) -> None:
    file = {"size": 10**18, "sha256": ""}
    with pytest.raises(NoRoom):
        archive.read(io.BytesIO(tar_of(manifest(files={archive.DATABASE: file, archive.KEY: file}))), out)
