"""What ffmpeg says of a file, and what is decided from it."""

import pytest

from medianest.downloads.child.media import Assembly, Media, assembly, parse
from medianest.downloads.recipes import AudioFormat, Container, Recipe
from medianest.downloads.types import Preset
from tests.downloads.recipes import BUILT_IN

WHOLE_MP4 = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:a.mp4':
  Metadata:
    title           : Stream #0:7: Video: fake
  Duration: 00:01:20.50, start: 0.000000, bitrate: 1879 kb/s
  Stream #0:0[0x1](und): Video: h264 (Constrained Baseline) (avc1 / 0x31637661), yuv420p(progressive), 640x360, 25 fps
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
  Stream #0:2[0x0]: Video: mjpeg (Baseline), yuvj444p(pc), 640x360, 90k tbr, 90k tbn (attached pic)
Output #0, null, to 'pipe:':
  Stream #0:0(und): Video: vp9 (copied), yuv420p, 640x360
frame=    0 fps=0.0 q=-1.0 size=N/A time=00:00:00.00 bitrate=N/A speed=N/A    \rframe=  250 time=00:00:05.01 bitrate=N/A
"""
TORN_WEBM = """\
[matroska,webm @ 0x1] File ended prematurely
Input #0, matroska,webm, from 'file:a.webm':
  Duration: 00:00:20.01, start: -0.007000, bitrate: 233 kb/s
  Stream #0:0: Video: vp9 (Profile 2), yuv420p10le(tv, bt2020nc), 320x180, SAR 1:1 DAR 16:9, 25 fps
  Stream #0:1(eng): Audio: opus, 48000 Hz, mono, fltp
Stream mapping:
  Stream #0:0 -> #0:0 (copy)
frame=   97 fps=0.0 q=-1.0 Lsize=N/A time=-00:00:00.88 bitrate=N/A speed=N/A
"""
MP4 = Media(demuxer="mov", video="h264", audio="aac")
WEBM = Media(demuxer="matroska", video="vp9", audio="opus")
PICTURE_H264 = Media(demuxer="mov", video="h264")
PICTURE_VP9 = Media(demuxer="matroska", video="vp9")
SOUND_AAC = Media(demuxer="mov", audio="aac")
SOUND_OPUS = Media(demuxer="matroska", audio="opus")
TRANSPORT = Media(demuxer="mpegts", video="h264", audio="aac")


def test_a_report_is_read_without_being_fooled_by_titles_and_outputs() -> None:
    assert parse(WHOLE_MP4) == Media(
        demuxer="mov", duration_s=80.5, video="h264", audio="aac", videos=1, has_cover=True, tail_s=5.01
    )


def test_a_torn_file_ends_early() -> None:
    torn = parse(TORN_WEBM)
    assert torn is not None
    assert torn.ends_early
    assert not torn.common_pixels
    assert (torn.video, torn.audio) == ("vp9", "opus")


def test_a_transport_stream_promises_no_length() -> None:
    pieces = parse(TORN_WEBM.replace("matroska,webm,", "mpegts,"))
    assert pieces is not None
    assert not pieces.ends_early
    assert pieces.lasts(3600)


def test_a_guessed_duration_promises_no_tail() -> None:
    guessed = parse("[mp3 @ 0x1] Estimating duration from bitrate, this may be inaccurate\n" + TORN_WEBM)
    assert guessed is not None
    assert not guessed.ends_early


def test_what_is_no_media_is_none() -> None:
    assert parse("file:junk.mp4: Invalid data found when processing input") is None


@pytest.mark.parametrize(
    ("duration_s", "tail_s", "early"),
    [
        (20.0, 5.0, False),
        (20.0, 4.1, False),
        (20.0, 3.9, True),
        (4.0, 3.9, False),
        (4.0, 2.0, True),
        (None, 1.0, False),
        (20.0, None, False),
    ],
)
def test_an_early_end_is_seen_at_the_tail(duration_s: float | None, tail_s: float | None, early: bool) -> None:
    assert Media(demuxer="mov", duration_s=duration_s, tail_s=tail_s).ends_early is early


@pytest.mark.parametrize(
    ("duration_s", "promised_s", "lasts"),
    [
        (600.0, 600.0, True),
        (575.0, 600.0, True),
        (560.0, 600.0, False),
        (4.0, 8.0, True),
        (2.0, 8.0, False),
        (900.0, 600.0, True),
        (None, 600.0, True),
        (1.0, None, True),
    ],
)
def test_a_file_lasts_about_as_long_as_the_site_says(
    duration_s: float | None, promised_s: float | None, lasts: bool
) -> None:
    assert Media(demuxer="mov", duration_s=duration_s).lasts(promised_s) is lasts


@pytest.mark.parametrize(
    ("preset", "parts", "extension", "whole", "made"),
    [
        (Preset.BEST, [MP4], "mp4", True, ("mp4", "copy", "copy", False)),
        (Preset.BEST, [MP4], "mov", True, ("mov", "copy", "copy", False)),
        (Preset.BEST, [MP4], "webm", True, ("mp4", "copy", "copy", False)),
        (Preset.BEST, [WEBM], "mp4", True, ("webm", "copy", "copy", False)),
        (
            Preset.BEST,
            [Media(demuxer="matroska", video="h264", audio="aac")],
            "webm",
            True,
            ("mkv", "copy", "copy", False),
        ),
        (Preset.BEST, [MP4], "mp4", False, ("mp4", "copy", "copy", True)),
        (Preset.BEST, [TRANSPORT], "mp4", True, ("mp4", "copy", "copy", True)),
        (Preset.P1080, [PICTURE_VP9, SOUND_OPUS], "webm", True, ("webm", "copy", "copy", True)),
        (Preset.P1080, [PICTURE_H264, SOUND_AAC], "mp4", True, ("mp4", "copy", "copy", True)),
        (Preset.P1080, [PICTURE_VP9, SOUND_AAC], "webm", True, ("mp4", "copy", "copy", True)),
        (Preset.P1080, [PICTURE_H264, SOUND_OPUS], "mp4", True, ("mp4", "copy", "copy", True)),
        (
            Preset.P1080,
            [PICTURE_H264, Media(demuxer="ogg", audio="vorbis")],
            "mp4",
            True,
            ("mkv", "copy", "copy", True),
        ),
        (Preset.BEST, [PICTURE_H264], "mp4", True, ("mp4", "copy", None, False)),
        (Preset.BEST, [Media(demuxer="mp3", audio="mp3")], "mp3", True, ("mp3", None, "copy", False)),
        (Preset.PHONE, [MP4], "mp4", True, ("mp4", "copy", "copy", False)),
        (Preset.PHONE, [MP4], "mkv", True, ("mp4", "copy", "copy", True)),
        (Preset.PHONE, [WEBM], "webm", True, ("mp4", "libx264", "aac", True)),
        (Preset.PHONE, [PICTURE_H264, SOUND_OPUS], "mp4", True, ("mp4", "copy", "aac", True)),
        (Preset.PHONE, [PICTURE_H264], "mp4", True, ("mp4", "copy", None, False)),
        (Preset.PHONE, [SOUND_OPUS], "webm", True, ("m4a", None, "aac", True)),
        (Preset.PHONE, [SOUND_AAC], "m4a", True, ("m4a", None, "copy", False)),
        (Preset.AUDIO_MP3, [SOUND_OPUS], "webm", True, ("mp3", None, "libmp3lame", True)),
        (Preset.AUDIO_MP3, [Media(demuxer="mp3", audio="mp3")], "mp3", True, ("mp3", None, "copy", False)),
        (Preset.AUDIO_ORIGINAL, [SOUND_OPUS], "webm", True, ("opus", None, "copy", True)),
        (Preset.AUDIO_ORIGINAL, [SOUND_AAC], "m4a", True, ("m4a", None, "copy", False)),
        (Preset.AUDIO_ORIGINAL, [MP4], "mp4", True, ("m4a", None, "copy", True)),
        (Preset.AUDIO_ORIGINAL, [Media(demuxer="wav", audio="pcm_s24le")], "wav", True, ("wav", None, "copy", False)),
        (Preset.AUDIO_ORIGINAL, [Media(demuxer="ogg", audio="vorbis")], "ogg", True, ("ogg", None, "copy", False)),
        (Preset.AUDIO_ORIGINAL, [Media(demuxer="asf", audio="wmav2")], "wma", True, ("mka", None, "copy", True)),
    ],
)
def test_parts_become_what_the_preset_promises(
    preset: Preset, parts: list[Media], extension: str, whole: bool, made: tuple[str, str | None, str | None, bool]
) -> None:
    found = assembly(BUILT_IN[preset], parts, extension=extension, whole=whole)
    assert found == Assembly(extension=made[0], video=made[1], audio=made[2], rewrite=made[3])


def test_ten_bit_video_is_no_phone_video() -> None:
    deep = Media(demuxer="mov", video="h264", audio="aac", common_pixels=False)
    made = assembly(BUILT_IN[Preset.PHONE], [deep], extension="mp4", whole=True)
    assert made == Assembly(extension="mp4", video="libx264", audio="copy", rewrite=True)


@pytest.mark.parametrize("preset", [Preset.AUDIO_MP3, Preset.AUDIO_ORIGINAL])
def test_from_a_silent_video_no_sound_is_made(preset: Preset) -> None:
    assert assembly(BUILT_IN[preset], [PICTURE_H264], extension="mp4", whole=True) is None


WMA = Media(demuxer="asf", audio="wmav2")


@pytest.mark.parametrize(
    ("recipe", "parts", "extension", "made"),
    [
        (Recipe(container=Container.MKV), [MP4], "mp4", ("mkv", "copy", "copy", True)),
        (Recipe(container=Container.MKV), [WEBM], "webm", ("mkv", "copy", "copy", True)),
        (Recipe(container=Container.MKV), [WEBM], "mkv", ("mkv", "copy", "copy", False)),
        (Recipe(container=Container.MP4), [MP4], "mp4", ("mp4", "copy", "copy", False)),
        (Recipe(container=Container.MP4), [MP4], "mov", ("mp4", "copy", "copy", True)),
        (Recipe(container=Container.WEBM), [WEBM], "webm", ("webm", "copy", "copy", False)),
        (Recipe(container=Container.MP4), [PICTURE_VP9, SOUND_OPUS], "webm", ("mp4", "copy", "copy", True)),
        (Recipe(container=Container.MKV), [SOUND_OPUS], "webm", ("opus", None, "copy", True)),
        (Recipe(audio_only=True, audio_format=AudioFormat.M4A), [SOUND_OPUS], "webm", ("m4a", None, "aac", True)),
        (Recipe(audio_only=True, audio_format=AudioFormat.OPUS), [WMA], "wma", ("opus", None, "libopus", True)),
        (Recipe(audio_only=True, audio_format=AudioFormat.FLAC), [SOUND_AAC], "m4a", ("flac", None, "flac", True)),
        (Recipe(audio_only=True, audio_format=AudioFormat.WAV), [SOUND_AAC], "m4a", ("wav", None, "pcm_s16le", True)),
        (Recipe(audio_only=True, audio_format=AudioFormat.M4A), [SOUND_AAC], "m4a", ("m4a", None, "copy", False)),
    ],
)
def test_parts_become_the_kind_of_file_that_is_wished_for(
    recipe: Recipe, parts: list[Media], extension: str, made: tuple[str, str | None, str | None, bool]
) -> None:
    found = assembly(recipe, parts, extension=extension, whole=True)
    assert found
    assert (found.extension, found.video, found.audio, found.rewrite) == made
    assert not found.misfit


def test_what_does_not_fit_into_the_container_comes_as_it_is() -> None:
    found = assembly(Recipe(container=Container.WEBM), [MP4], extension="mp4", whole=True)
    assert found
    assert (found.extension, found.rewrite, found.misfit) == ("mp4", False, True)


def test_the_encoders_are_told_how_large_and_how_good() -> None:
    recipe = Recipe(plays_anywhere=True, short_side=480, audio_kbit_s=96)
    found = assembly(recipe, [WEBM], extension="webm", whole=True)
    assert found
    assert (found.short_side, found.audio_kbit_s) == (480, 96)
