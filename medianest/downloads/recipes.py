"""What a preset asks for, as values alone: resolved by the portal, sent whole to the child."""

from enum import StrEnum
from typing import Annotated, Self, TypeAlias

import msgspec

Option: TypeAlias = bool | int | float | str | list[str] | dict[str, dict[str, list[str]]]
"""A value of a raw option of yt-dlp."""
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
"""A language as sites name it (BCP 47): `de`, `pt-BR`."""
SubtitleLanguage = Annotated[str, msgspec.Meta(pattern="^(original|[a-z]{2,3}(-[A-Za-z0-9]{1,8})*)$")]


class VideoCodec(StrEnum):
    """How pictures are coded, as people call it."""

    H264 = "h264"
    H265 = "h265"
    VP9 = "vp9"
    AV1 = "av1"


class Container(StrEnum):
    """The kind of file that a video becomes; `auto` is the one that takes its streams as they are."""

    AUTO = "auto"
    MP4 = "mp4"
    MKV = "mkv"
    WEBM = "webm"


class AudioFormat(StrEnum):
    """What sound alone becomes."""

    ORIGINAL = "original"
    MP3 = "mp3"
    M4A = "m4a"
    OPUS = "opus"
    FLAC = "flac"
    WAV = "wav"


class Place(StrEnum):
    """Where something goes that comes with a file: into it, beside it, or both."""

    OFF = "off"
    EMBED = "embed"
    FILE = "file"
    BOTH = "both"

    @classmethod
    def inside(cls) -> frozenset[Self]:
        return frozenset({cls.EMBED, cls.BOTH})

    @classmethod
    def beside(cls) -> frozenset[Self]:
        return frozenset({cls.FILE, cls.BOTH})


class Nfo(StrEnum):
    """As what a file is described."""

    OFF = "off"
    MOVIE = "movie"
    EPISODE = "episode"
    MUSICVIDEO = "musicvideo"


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One preset, with all that the settings say of it.

    `video_codecs` and `audio_languages` are wishes, the first before the next. `plays_anywhere` converts what not
    every telephone plays. `options` go to yt-dlp as they are: an administrator's own, checked when they were read.
    """

    audio_only: bool = False
    short_side: int | None = None
    video_codecs: tuple[VideoCodec, ...] = ()
    container: Container = Container.AUTO
    plays_anywhere: bool = False
    audio_format: AudioFormat = AudioFormat.ORIGINAL
    audio_kbit_s: int | None = None
    audio_languages: tuple[Language, ...] = ()
    metadata: bool = True
    thumbnail: Place = Place.EMBED
    subtitles: tuple[SubtitleLanguage, ...] = ()
    subtitles_as: Place = Place.FILE
    chapters: bool = True
    nfo: Nfo = Nfo.OFF
    options: dict[str, Option] = {}
