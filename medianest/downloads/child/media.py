"""What fetched files are, as ffmpeg reports them, and what one finished file is to be made of them; decisions only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medianest.downloads.recipes import AudioFormat, Container, Recipe

TAIL_S = 5.0
_TAIL_SHARE = 0.8
_DURATION_SLACK_S = 5.0
_DURATION_SLACK = 0.05

_INPUT = re.compile(r"^Input #0, ([\w,]+), from ", re.MULTILINE)
_DURATION = re.compile(r"^ +Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.MULTILINE)
_STREAM = re.compile(r"^ +Stream #0:\d+[^:\n]*: (Video|Audio): (\w+)([^\n]*)", re.MULTILINE)
_TRANSPORT_STREAM = "mpegts"
"""It promises no length, and its clock may begin anew in the middle (ISO/IEC 13818-1); a copy of it has both right."""
_ESTIMATED = "Estimating duration from bitrate"
_COMMON_PIXELS = re.compile(r"\byuvj?420p\b")
_REACHED = re.compile(r"time=(-?)(\d+):(\d\d):(\d\d(?:\.\d+)?)")

_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "aac", "mp3", "ac3", "eac3", "alac", "opus"})
_WEBM = frozenset({"vp8", "vp9", "av1", "opus", "vorbis"})
_SOUND_FILES = {"aac": "m4a", "alac": "m4a", "mp3": "mp3", "opus": "opus", "vorbis": "ogg", "flac": "flac"}
_DEMUXED = {"mov": "mp4", "mp3": "mp3", "ogg": "ogg", "flac": "flac", "wav": "wav", "avi": "avi", "flv": "flv"}
_FITS = {Container.MP4: _MP4, Container.WEBM: _WEBM}
_TELEPHONE_SIDE = 720
_ALIASES = {"mp4": {"mov", "m4v", "m4a", "3gp"}, "ogg": {"opus", "ogv"}, "webm": {"mkv"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One file: the demuxer that reads it, its first video and audio codec, and how much of its end could be read.

    `common_pixels` are 4:2:0 with 8 bits, what every player decodes.
    """

    demuxer: str
    duration_s: float | None = None
    video: str | None = None
    audio: str | None = None
    common_pixels: bool = True
    videos: int = 0
    has_cover: bool = False
    tail_s: float | None = None

    @property
    def ends_early(self) -> bool:
        """Whether the last seconds that its header promises are not there."""
        if self.duration_s is None or self.tail_s is None:
            return False
        tail_s = min(self.duration_s, TAIL_S)
        return self.tail_s < tail_s * _TAIL_SHARE

    def lasts(self, promised_s: float | None) -> bool:
        """Whether it is about as long as the site promised, or longer; unknown durations pass."""
        if not promised_s or self.duration_s is None:
            return True
        return self.duration_s >= promised_s - max(_DURATION_SLACK_S, promised_s * _DURATION_SLACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conversion:
    """How sound becomes a file of one kind, and which codecs need not become anything else."""

    fine: frozenset[str]
    encoder: str
    extension: str


_CONVERSIONS = {
    AudioFormat.MP3: _Conversion(fine=frozenset({"mp3"}), encoder="libmp3lame", extension="mp3"),
    AudioFormat.M4A: _Conversion(fine=frozenset({"aac"}), encoder="aac", extension="m4a"),
    AudioFormat.OPUS: _Conversion(fine=frozenset({"opus"}), encoder="libopus", extension="opus"),
    AudioFormat.FLAC: _Conversion(fine=frozenset({"flac"}), encoder="flac", extension="flac"),
    AudioFormat.WAV: _Conversion(fine=frozenset({"pcm_s16le", "pcm_s24le"}), encoder="pcm_s16le", extension="wav"),
}
_ON_TELEPHONES = _Conversion(fine=frozenset({"mp3", "aac"}), encoder="aac", extension="m4a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """How the parts become one file: its extension, an encoder or `copy` for each kind of stream, None to leave it out.

    `rewrite` says that the single part cannot stay as it is, `misfit` that its streams do not go into the container
    that was wished for. `short_side` and `audio_kbit_s` are for the encoders.
    """

    extension: str
    video: str | None
    audio: str | None
    rewrite: bool
    misfit: bool = False
    short_side: int = _TELEPHONE_SIDE
    audio_kbit_s: int | None = None


def parse(report: str) -> Media | None:
    """What ffmpeg said of its first input while it copied its tail to nowhere; None if it is no media."""
    found = _INPUT.search(report)
    if not found:
        return None
    streams = _STREAM.findall(report.partition("\nOutput #0")[0].partition("\nStream mapping")[0])
    videos = [(codec, rest) for kind, codec, rest in streams if kind == "Video" and "(attached pic)" not in rest]
    sounds = [codec for kind, codec, _ in streams if kind == "Audio"]
    demuxer = found[1].split(",")[0]
    is_timed = demuxer != _TRANSPORT_STREAM
    return Media(
        demuxer=demuxer,
        duration_s=_seconds(_DURATION.search(report)) if is_timed else None,
        video=videos[0][0] if videos else None,
        audio=sounds[0] if sounds else None,
        common_pixels=all(_COMMON_PIXELS.search(rest) for _, rest in videos[:1]),
        videos=len(videos),
        has_cover=len(videos) + len(sounds) < len(streams),
        tail_s=_tail(report) if is_timed and _ESTIMATED not in report else None,
    )


def assembly(recipe: Recipe, parts: Sequence[Media], *, extension: str, whole: bool) -> Assembly | None:
    """What to make of the parts; None if what the recipe asks for is not in them.

    `extension` is the site's word for a single part; `whole` says that this part came as one file, not in pieces.
    """
    video = next((part.video for part in parts if part.video), None)
    audio = next((part.audio for part in parts if part.audio), None)
    if recipe.audio_only or not video:
        return _sound(recipe, parts, audio, extension) if audio else None
    if recipe.plays_anywhere:
        return _for_telephones(recipe, parts, video, audio, plain=whole and _is(parts[0], "mp4", extension))
    kept = _kept_extension(parts[0], extension) if whole and len(parts) == 1 else None
    as_it_is = Assembly(
        extension=kept or _container({codec for codec in (video, audio) if codec}),
        video="copy",
        audio=audio and "copy",
        rewrite=kept is None,
    )
    return _contained(as_it_is, recipe.container, {video, audio} - {None}, stays=kept == recipe.container)


def _contained(made: Assembly, container: Container, codecs: set[str | None], *, stays: bool) -> Assembly:
    """The same in the container that was wished for, where that takes its streams."""
    if container is Container.AUTO:
        return made
    if codecs <= _FITS.get(container, codecs):
        return replace(made, extension=container.value, rewrite=not stays)
    return replace(made, misfit=True)


def _for_telephones(recipe: Recipe, parts: Sequence[Media], video: str, audio: str | None, *, plain: bool) -> Assembly:
    """An mp4 with H.264 and AAC; `plain` says that the only part is an mp4 already."""
    fits = video == "h264" and all(part.common_pixels for part in parts if part.video)
    return Assembly(
        extension="mp4",
        video="copy" if fits else "libx264",
        audio=audio and ("copy" if audio == "aac" else "aac"),
        rewrite=not (fits and audio in {"aac", None} and plain),
        short_side=recipe.short_side or _TELEPHONE_SIDE,
        audio_kbit_s=recipe.audio_kbit_s,
    )


def _sound(recipe: Recipe, parts: Sequence[Media], codec: str, extension: str) -> Assembly:
    """A file of sound alone: in its own codec, or in the one that is asked for."""
    wanted = _CONVERSIONS.get(recipe.audio_format) if recipe.audio_only else None
    wanted = _ON_TELEPHONES if recipe.plays_anywhere and not wanted else wanted
    if wanted and codec not in wanted.fine:
        return Assembly(
            extension=wanted.extension,
            video=None,
            audio=wanted.encoder,
            rewrite=True,
            audio_kbit_s=recipe.audio_kbit_s,
        )
    kept = _SOUND_FILES.get(codec, "wav" if codec.startswith("pcm_") else "mka")
    alone = len(parts) == 1 and not parts[0].video and _is(parts[0], kept, extension)
    return Assembly(extension=kept, video=None, audio="copy", rewrite=not alone)


def _kept_extension(part: Media, extension: str) -> str | None:
    """The extension under which a whole file can stay as it is, by its content; None if it had better be rewritten."""
    own = _DEMUXED.get(part.demuxer)
    if part.demuxer == "matroska":
        own = "webm" if {part.video, part.audio} <= {*_WEBM, None} else "mkv"
    if own is None:
        return None
    return extension if extension == own or extension in _ALIASES.get(own, ()) else own


def _is(part: Media, wanted: str, extension: str) -> bool:
    return extension == wanted and _kept_extension(part, extension) == wanted


def _container(codecs: set[str]) -> str:
    if codecs <= _WEBM:
        return "webm"
    return "mp4" if codecs <= _MP4 else "mkv"


def _tail(report: str) -> float | None:
    reached = next(iter([*_REACHED.finditer(report)][-1:]), None)
    if reached is None:
        return None
    return (-1 if reached[1] else 1) * (int(reached[2]) * 3600 + int(reached[3]) * 60 + float(reached[4]))


def _seconds(found: re.Match[str] | None) -> float | None:
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None
