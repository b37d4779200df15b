"""A copy of yt-dlp as files: whole by pip's own records when it comes, and by a seal of ours ever after."""

import base64
import csv
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from medianest.core import files

SEAL = "seal.json"
BYTES_MOST = 256 << 20
_PACKAGES = frozenset({"yt_dlp", "yt_dlp_ejs"})
_RECORD = re.compile(r"yt_dlp(?:_ejs)?-[\w.]+\.dist-info")
_NOT_NEEDED = ("bin", "share")
_CACHE = "__pycache__"


class Damaged(Exception):
    """The files are not those that they should be; the text names the first of them."""


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy is, with the hash of every file in it; written last."""

    version: str
    ejs: str
    installed_at: datetime
    files: dict[str, str]


def check_installed(tree: Path) -> None:
    """That pip put there what the wheels list (PyPA, Recording installed projects), and no more. Raises Damaged."""
    for name in _NOT_NEEDED:
        shutil.rmtree(tree / name, ignore_errors=True)
    for entry in tree.iterdir():
        if entry.name not in _PACKAGES and not _RECORD.fullmatch(entry.name):
            raise Damaged(entry.name)
    listed = dict(_listed(tree))
    if missing := {f"{package}/__init__.py" for package in _PACKAGES} - listed.keys():
        raise Damaged(min(missing))
    for path in _files(tree):
        name = str(path.relative_to(tree))
        if name not in listed:
            raise Damaged(name)
    _compare(tree, {name: digest for name, digest in listed.items() if digest})


def seal(tree: Path, version: str, ejs: str, *, at: datetime) -> None:
    """Write down what every file is, compiled ones too."""
    hashes = {str(path.relative_to(tree)): _sha256(path) for path in _files(tree)}
    written = msgspec.json.encode(Seal(version=version, ejs=ejs, installed_at=at, files=hashes))
    files.write_atomically(tree / SEAL, written)


def read_seal(tree: Path) -> Seal | None:
    """None where there is none, or it cannot be read: then there is no copy."""
    try:
        return msgspec.json.decode((tree / SEAL).read_bytes(), type=Seal)
    except (OSError, msgspec.MsgspecError):
        return None


def check_sealed(tree: Path) -> Seal:
    """That every file is what it was when it was sealed, and no code came to it. Raises Damaged."""
    found = read_seal(tree)
    if found is None:
        raise Damaged(SEAL)
    for path in _files(tree):
        name = str(path.relative_to(tree))
        if name not in found.files and name != SEAL and path.parent.name != _CACHE:
            raise Damaged(name)
    _compare(tree, found.files)
    return found


def size_bytes(folder: Path) -> int:
    """What the files below a folder take, also while others write and remove them."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(f"{parent}/{name}").st_size
            except FileNotFoundError:
                continue
    return total


def _listed(tree: Path) -> Iterator[tuple[str, str]]:
    """What the wheels' own records list inside the tree; the hash is empty where they give none."""
    for record in tree.glob("*.dist-info/RECORD"):
        with record.open(newline="") as lines:
            for name, digest, _ in csv.reader(lines):
                if not name.startswith(("../", "/")):
                    yield name, _hexadecimal(digest)


def _hexadecimal(digest: str) -> str:
    kind, _, value = digest.partition("=")
    if not digest:
        return ""
    if kind != "sha256":
        raise Damaged(kind[:20])
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()


def _compare(tree: Path, hashes: Mapping[str, str]) -> None:
    for name, expected in hashes.items():
        try:
            found = _sha256(tree / name)
        except OSError as error:
            raise Damaged(name) from error
        if found != expected:
            raise Damaged(name)


def _files(tree: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(tree):
        for name in (*folders, *names):
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                raise Damaged(str(path.relative_to(tree)))
        yield from (Path(parent, name) for name in names)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
