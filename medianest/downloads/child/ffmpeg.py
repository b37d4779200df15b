"""ffmpeg, as the child process runs it: on local files only, with a fixed list of arguments, never by yt-dlp."""

import base64
import errno
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from medianest.downloads.child import languages, media
from medianest.downloads.child.media import Assembly, Media

_DEMUXERS = (
    "mov,matroska,mp3,ogg,flac,wav,aac,mpegts,mpeg,avi,flv,asf,aiff,ac3,eac3,caf,"
    "jpeg_pipe,png_pipe,webp_pipe,gif,image2"
)
_INSPECT_S = 60
_REPORT_HEAD = 64 * 1024
_REPORT_TAIL = 8 * 1024
_SUBTITLES = "webvtt,srt,ass"
_OF_MP4 = frozenset({"mp4", "m4a", "mov", "m4v"})
_PICTURED = _OF_MP4 | {"mp3", "flac"}
_WORDS = {"mp4": "mov_text", "mov": "mov_text", "m4v": "mov_text", "mkv": "srt", "webm": "webvtt"}
EMBEDS_WORDS = frozenset(_WORDS)
TAG_BYTES_MOST = 256 * 1024 * 1024
_COVER_ARGUMENT_MOST = 90 * 1024  # an argument may have 128 KiB, and base64 makes four bytes of three
_SOUND_QUALITY: Mapping[str, tuple[str, ...]] = {
    "aac": ("-b:a", "160k"),
    "libmp3lame": ("-q:a", "2"),
    "libopus": ("-b:a", "128k"),
}
_WITHOUT_LOSS = frozenset({"copy", "flac", "pcm_s16le"})


class FfmpegError(Exception):
    """ffmpeg refused; the text is its last word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A fetched file and what it is."""

    path: Path
    media: Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Subtitles in SubRip and their language."""

    path: Path
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What goes into a file besides its streams; `chapters` is a file of ffmpeg's own kind."""

    tags: Mapping[str, str] = field(default_factory=dict)
    cover: Path | None = None
    words: tuple[Words, ...] = ()
    chapters: Path | None = None

    def is_worth(self, size_bytes: int) -> bool:
        """Whether a file that is whole is copied for it: one that is large is not for a title alone."""
        if self.words or self.chapters:
            return True
        return bool(self.tags or self.cover) and size_bytes <= TAG_BYTES_MOST

    def fewer(self) -> tuple["Extras | None", str]:
        """Without that which is the first to be left out, and the code of the warning about it."""
        if self.words:
            return replace(self, words=()), "subtitles_embed"
        if self.chapters:
            return replace(self, chapters=None), "chapters"
        if self.cover:
            return replace(self, cover=None), "tags"
        return (Extras(), "tags") if self.tags else (None, "")


class Ffmpeg:
    """Runs the one ffmpeg that the portal found; `lock` is a descriptor that each run inherits."""

    def __init__(self, path: str, *, lock: int) -> None:
        self._path = path
        self._lock = lock

    def inspect(self, path: Path) -> Media | None:
        """What the file is, read from its head and its last seconds; None if it is no media."""
        copy = ["-map", "0:V?", "-map", "0:a?", "-c", "copy", "-f", "null", "-"]
        _, report = self._run(["-sseof", f"-{media.TAIL_S}", *_input(path), *copy], timeout_s=_INSPECT_S)
        return media.parse(report)

    def assemble(self, parts: Sequence[Part], made: Assembly, target: Path, extras: Extras) -> None:
        """Write one file from the parts. Raises FfmpegError, and leaves nothing, if that does not work."""
        inputs = [argument for part in parts for argument in _input(part.path)]
        command = _Command(inputs=inputs, outputs=_streams(parts, made), count=len(parts))
        if extras.cover:
            _add_cover(command, parts, made, extras.cover)
        _add_words(command, made, extras.words)
        if extras.chapters:
            place = command.add(["-f", "ffmetadata", "-i", f"file:{extras.chapters}"])
            command.outputs += ["-map_chapters", str(place)]
        command.outputs += _tagged(extras.tags, made.extension)
        if made.extension in _OF_MP4:
            command.outputs += ["-movflags", "+faststart"]
        status, report = self._run([*command.inputs, *command.outputs, "-y", f"file:{target}"])
        if status != 0:
            target.unlink(missing_ok=True)
            raise _failure(status, report)

    def as_words(self, source: Path, target: Path) -> None:
        """Write subtitles of any kind as SubRip. Raises FfmpegError, and leaves nothing, if that does not work."""
        kinds = ["-protocol_whitelist", "file", "-format_whitelist", _SUBTITLES]
        status, report = self._run(
            [*kinds, "-i", f"file:{source}", "-map", "0:s:0", "-c:s", "srt", "-y", f"file:{target}"],
            timeout_s=_INSPECT_S,
        )
        if status != 0 or not target.stat().st_size:
            target.unlink(missing_ok=True)
            raise _failure(status, report)

    def still(
        self, source: Path, outputs: Sequence[str], *, timeout_s: float, max_pixels: int, at_s: float | None = None
    ) -> None:
        """One frame of a picture or video into `outputs`, a list of further arguments. Raises FfmpegError."""
        seek = ["-ss", f"{at_s:.3f}"] if at_s else []
        status, report = self._run(
            ["-max_pixels", str(max_pixels), *seek, *_input(source), *outputs], timeout_s=timeout_s
        )
        if status != 0:
            raise _failure(status, report)

    def _run(self, arguments: Sequence[str], *, timeout_s: float | None = None) -> tuple[int, str]:
        """Its status, and the beginning and end of what it said: a broken file can make it say gigabytes."""
        command = [self._path, "-hide_banner", "-nostdin", *arguments]
        with tempfile.TemporaryFile(dir=Path.cwd()) as said:
            try:
                ran = subprocess.run(  # noqa: S603  # a fixed program, arguments from our own tables
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    pass_fds=(self._lock,),
                    timeout=timeout_s,
                )
            except subprocess.TimeoutExpired as error:
                raise FfmpegError(f"ffmpeg took longer than {timeout_s} s") from error
            said.seek(0)
            report = said.read(_REPORT_HEAD)
            if (size := said.seek(0, 2)) > _REPORT_HEAD:
                said.seek(max(size - _REPORT_TAIL, _REPORT_HEAD))
                report += said.read()
        return ran.returncode, report.decode(errors="replace")


def _failure(status: int, report: str) -> Exception:
    if status == -signal.SIGXFSZ:
        return OSError(errno.EFBIG, "File too large")
    if "No space left on device" in report:
        return OSError(errno.ENOSPC, "No space left on device")
    said = [line for line in report.splitlines() if line.strip()]
    return FfmpegError(f"ffmpeg ended with {status}: {said[-1] if said else ''}")


def _input(path: Path) -> list[str]:
    return ["-protocol_whitelist", "file", "-format_whitelist", _DEMUXERS, "-i", f"file:{path}"]


def _streams(parts: Sequence[Part], made: Assembly) -> list[str]:
    """The maps and encoders of the streams that are kept; a file that stays what it is keeps all of them."""
    if not made.rewrite:
        return ["-map", "0", "-dn", "-ignore_unknown", "-c", "copy"]
    arguments: list[str] = []
    if made.video:
        place = next(place for place, part in enumerate(parts) if part.media.video)
        arguments += ["-map", f"{place}:V:0", "-c:v:0", made.video, *_picture_encoding(made)]
    if made.audio:
        place = next(place for place, part in enumerate(parts) if part.media.audio)
        arguments += ["-map", f"{place}:a:0", "-c:a:0", made.audio, *_sound_encoding(made)]
    return arguments


def _picture_encoding(made: Assembly) -> list[str]:
    """What any telephone plays, its shorter side as it should be at most."""
    if made.video == "copy":
        return []
    wide, high = (f"trunc(min({made.short_side},{side})/2)*2" for side in ("iw", "ih"))
    scaled = f"scale='if(gt(iw,ih),-2,{wide})':'if(gt(iw,ih),{high},-2)'"
    return ["-preset", "veryfast", "-crf", "22", "-pix_fmt", "yuv420p", "-filter:v:0", scaled]


def _sound_encoding(made: Assembly) -> Sequence[str]:
    if made.audio_kbit_s and made.audio not in _WITHOUT_LOSS:
        return ["-b:a", f"{made.audio_kbit_s}k"]
    return _SOUND_QUALITY.get(made.audio or "", ())


def _tagged(tags: Mapping[str, str], extension: str) -> list[str]:
    arguments = [word for key, value in tags.items() for word in ("-metadata", f"{key}={value}")]
    return [*arguments, "-id3v2_version", "3"] if extension == "mp3" else arguments


@dataclass(slots=True, kw_only=True)
class _Command:
    """The arguments of one run: inputs stand before everything that speaks of the output."""

    inputs: list[str]
    outputs: list[str]
    count: int

    def add(self, arguments: Sequence[str]) -> int:
        """One more input; returns its place."""
        self.inputs += arguments
        self.count += 1
        return self.count - 1


def _add_cover(command: _Command, parts: Sequence[Part], made: Assembly, cover: Path) -> None:
    """The cover in the way of each container; nothing where it knows no way, or has one."""
    if parts[0].media.has_cover and not made.rewrite:
        return
    if made.extension in _PICTURED:
        stream = bool(made.video) if made.rewrite else parts[0].media.videos
        place = command.add(_input(cover))
        show = [f"-c:v:{stream:d}", "copy", f"-disposition:v:{stream:d}", "attached_pic"]
        command.outputs += ["-map", f"{place}:v:0", *show]
    elif made.extension == "mkv":
        named = ["-metadata:s:t:0", "mimetype=image/jpeg", "-metadata:s:t:0", "filename=cover.jpg"]
        command.outputs += ["-attach", f"file:{cover}", *named]
    elif made.extension in {"opus", "ogg"} and cover.stat().st_size <= _COVER_ARGUMENT_MOST:
        picture = _flac_picture(cover.read_bytes())
        command.outputs += ["-metadata:s:a:0", f"METADATA_BLOCK_PICTURE={picture}"]


def _add_words(command: _Command, made: Assembly, words: Sequence[Words]) -> None:
    """Subtitles in place of those that the file has."""
    if not words:
        return
    if not made.rewrite:
        command.outputs += ["-map", "-0:s?"]
    for number, one in enumerate(words):
        place = command.add(["-protocol_whitelist", "file", "-f", "srt", "-i", f"file:{one.path}"])
        named = [f"-metadata:s:s:{number}", f"language={languages.three_letters(one.language)}"]
        command.outputs += ["-map", f"{place}:s:0", *named]
    command.outputs += ["-c:s", _WORDS[made.extension]]


def _flac_picture(jpeg: bytes) -> str:
    """The cover as ogg files carry it (RFC 9639, 8.8): front cover, its type, no description, no sizes."""
    mime = b"image/jpeg"
    block = b"".join(
        [
            (3).to_bytes(4, "big"),
            len(mime).to_bytes(4, "big"),
            mime,
            bytes(4 * 5),
            len(jpeg).to_bytes(4, "big"),
            jpeg,
        ]
    )
    return base64.b64encode(block).decode()
