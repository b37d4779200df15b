"""The working folder of one download: what is in it from last time, and who may write there now."""

import contextlib
import fcntl
import hashlib
import json
import os
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from medianest.downloads.child.cookies import without
from medianest.downloads.child.subtitles import reduced
from medianest.downloads.protocol import OUT, Fetched, Pictured
from medianest.downloads.recipes import Recipe

T = TypeVar("T")
LOCK = "lock"
_INFO = "info.json"
_FINISHED = "finished.json"
_ORIGINS = "origins.json"
_PICTURE = "picture.json"
_RECORDED = "recorded.json"
_BOOT = "boot"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TEXT_MOST = 4000
_LEFT_OUT = frozenset({"automatic_captions", "subtitles", "requested_subtitles", "comments", "heatmap", "entries"})


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A file on a site: the mark by which it can be told from another one (RFC 9110, 13.1.5), and its length."""

    mark: str | None
    total: int | None


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """How far the recording of a broadcast is: the segment that comes next, and what the file `file` holds.

    `head` names what was last written for players to begin with.
    """

    url: str
    file: str
    next: int = -1
    bytes: int = 0
    seconds: float = 0.0
    head: str | None = None

    def after(self, number: int) -> "Recorded":
        """The same, to go on after this segment."""
        return msgspec.structs.replace(self, next=number + 1)


class _Finished(msgspec.Struct):
    url: str
    recipe: Recipe
    fetched: Fetched


class WorkFolder:
    """Everything that survives a kill lies here; a file appears under its name only when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.out = path / OUT

    def lock(self) -> int | None:
        """The descriptor of the held lock, to be inherited by all that write here too; None if somebody else has it.

        Bytes that were written before the machine last started may be lost without a trace when it did not stop in
        order (a power cut), so they are fetched again.
        """
        held = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return None
        boot = _BOOT_ID.read_bytes()
        if self._raw(_BOOT) != boot:
            self._forget_media()
            self._write(_BOOT, boot)
        return held

    def part(self, url: str, number: int, format_id: str, extension: str) -> Path:
        """Where a format is fetched to; the name has no word of the site in it, and is the same next time."""
        mark = hashlib.sha256(f"{url}\n{format_id}".encode(errors="replace")).hexdigest()[:12]
        return self.path / f"part{number}-{mark}.{extension}"

    def info(self, url: str) -> dict[str, Any] | None:
        """What the site said of `url` last time: yt-dlp's own JSON, which goes back to it alone."""
        try:
            kept = json.loads(self._raw(_INFO) or b"")
        except ValueError:
            return None
        info: dict[str, Any] | None = kept["info"] if kept["url"] == url else None
        return info

    def keep_info(self, url: str, info: dict[str, Any]) -> None:
        short = reduced(info) | {
            key: value[:_TEXT_MOST] if isinstance(value, str) and key != "url" else value
            for key, value in without(info).items()
            if key not in _LEFT_OUT
        }
        self._write(
            _INFO, json.dumps({"url": url, "info": short}).encode()
        )  # halves of UTF-16 pairs pass, unlike below

    def finished(self, url: str, recipe: Recipe) -> Fetched | None:
        """The result of an earlier run that nobody has taken away yet."""
        kept = self._read(_FINISHED, _Finished)
        if kept is None or (kept.url, kept.recipe) != (url, recipe):
            return None
        file = self.out / kept.fetched.file
        there = file.is_file() and file.stat().st_size == kept.fetched.size_bytes
        return kept.fetched if there else None

    def finish(self, url: str, recipe: Recipe, fetched: Fetched, file: Path) -> None:
        """Make `file` the result. Recorded first, so that a kill in between leaves the parts or the result."""
        self._write(_FINISHED, msgspec.json.encode(_Finished(url=url, recipe=recipe, fetched=fetched)))
        self.out.mkdir(exist_ok=True)
        file.replace(self.out / fetched.file)

    def picture(self) -> Pictured | None:
        """The picture that was drawn last time."""
        kept = self._read(_PICTURE, Pictured)
        return kept if kept and (self.path / kept.file).exists() else None

    def keep_picture(self, pictured: Pictured) -> None:
        self._write(_PICTURE, msgspec.json.encode(pictured))

    def origins(self) -> dict[str, Origin]:
        """Of what each part is the beginning."""
        return self._read(_ORIGINS, dict[str, Origin]) or {}

    def keep_origins(self, origins: dict[str, Origin]) -> None:
        self._write(_ORIGINS, msgspec.json.encode(origins))

    def recorded(self, url: str) -> Recorded | None:
        """What was recorded of the broadcast at `url`."""
        known = self._read(_RECORDED, Recorded)
        return known if known and known.url == url else None

    def keep_recorded(self, recorded: Recorded) -> None:
        self._write(_RECORDED, msgspec.json.encode(recorded))

    def _forget_media(self) -> None:
        """But for a recording: nobody broadcasts it again, and its bytes were on the disk before their note was."""
        for pattern in ("part*", "draft*", f"{OUT}/*"):
            for path in self.path.glob(pattern):
                path.unlink()

    def _raw(self, name: str) -> bytes | None:
        with contextlib.suppress(FileNotFoundError):
            return (self.path / name).read_bytes()
        return None

    def _read(self, name: str, kind: type[T]) -> T | None:
        with contextlib.suppress(msgspec.MsgspecError):
            return msgspec.json.decode(self._raw(name) or b"", type=kind)
        return None

    def _write(self, name: str, raw: bytes) -> None:
        draft = self.path / f"{name}.new"
        draft.write_bytes(raw)
        draft.replace(self.path / name)
