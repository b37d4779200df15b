"""What a program changed in the file system and whom it asked, as the kernel saw it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

_CHANGING = (
    "mkdir", "mkdirat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
    "unlink", "unlinkat", "rmdir", "truncate", "chmod", "fchmodat", "chown", "fchownat", "mknod", "mknodat",
)  # fmt: skip
_OPENING = ("open", "openat", "openat2", "creat")
_OPENED = re.compile(
    r"^(?:open(?:at2?)?\(.*\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b|creat\().* = \d+<((?:[^<>\\]|\\.)*)(?:<.*)?>$"
)
_CHANGED = re.compile(rf"^(?:{'|'.join(_CHANGING)})\((.*)\)\s+= 0$")
_NAMED = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"')
_CONNECTED = re.compile(r'^connect\(\d+<TCP.*port=htons\((\d+)\).*inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One attempt to reach somebody by TCP."""

    address: IPv4Address | IPv6Address
    port: int


class Strace:
    """The record of a traced program and all its children, in files that begin with a path."""

    def __init__(self, record: Path) -> None:
        self.record = record

    @property
    def prefix(self) -> Sequence[str]:
        """What stands before the program's own command; the program stays the parent of what it starts."""
        calls = ",".join((*_CHANGING, *_OPENING, "connect"))
        options = [
            "-D",
            "-ff",
            "-yy",
            "-qq",
            "--seccomp-bpf",
            "-s",
            "4096",
            "-e",
            "signal=none",
            "-e",
            f"trace={calls}",
        ]
        return ["strace", *options, "-o", str(self.record)]

    def changed(self, folder: Path) -> set[Path]:
        """Every path that was written, made, moved or removed; relative ones as seen from `folder`."""
        return {folder / _unescaped(path) for line in self._lines() for path in _paths(line)}

    def connections(self) -> set[Connection]:
        """Every TCP connection that was attempted."""
        found = filter(None, map(_CONNECTED.match, self._lines()))
        return {Connection(address=ip_address(match[2]), port=int(match[1])) for match in found}

    def _lines(self) -> Iterator[str]:
        for file in sorted(self.record.parent.glob(f"{self.record.name}.*")):
            yield from file.read_text(errors="replace").splitlines()


def _paths(line: str) -> Iterator[str]:
    if opened := _OPENED.match(line):
        yield opened[1]
    elif changed := _CHANGED.match(line):
        for folder, name in _NAMED.findall(changed[1]):
            yield f"{folder}/{name}" if folder and not name.startswith("/") else name


def _unescaped(text: str) -> str:
    return (
        text.encode("latin-1", "replace")
        .decode("unicode_escape")
        .encode("latin-1", "replace")
        .decode("utf-8", "replace")
    )
