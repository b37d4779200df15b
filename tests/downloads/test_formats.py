"""Presets: what we ask of yt-dlp, and whether our guess of the bytes follows what it really chooses."""

from collections.abc import Mapping
from typing import Any

import pytest
from yt_dlp.YoutubeDL import YoutubeDL

from medianest.downloads import formats
from medianest.downloads.recipes import AudioFormat, Container, Recipe, VideoCodec
from medianest.downloads.types import Preset
from tests.downloads.recipes import BUILT_IN

DURATION_S = 100.0


def sound(id: str, ext: str, codec: str, size: int | None) -> dict[str, Any]:
    return {"format_id": id, "ext": ext, "vcodec": "none", "acodec": codec, "tbr": 130, "filesize": size}


def picture(id: str, ext: str, codec: str, height: int, size: int | None, **more: object) -> dict[str, Any]:
    width = height * 16 // 9
    return {"format_id": id, "ext": ext, "vcodec": codec, "acodec": "none", "tbr": height * 2.0} | {
        "width": width,
        "height": height,
        "filesize": size,
        **more,
    }


TUBE = [
    sound("140", "m4a", "mp4a.40.2", 3_000_000),
    sound("251", "webm", "opus", 3_100_000),
    picture("18", "mp4", "avc1.42001E", 360, 10_000_000, acodec="mp4a.40.2"),
    picture("136", "mp4", "avc1.4d401f", 720, 14_000_000),
    picture("247", "webm", "vp9", 720, 12_000_000),
    picture("137", "mp4", "avc1.640028", 1080, 25_000_000),
    picture("248", "webm", "vp9", 1080, 20_000_000),
    picture("313", "webm", "vp9", 2160, 90_000_000),
]
PORTRAIT = [
    sound("140", "m4a", "mp4a.40.2", 3_000_000),
    picture("p720", "mp4", "avc1.4d401f", 1280, 14_000_000, width=720),
    picture("p1080", "mp4", "avc1.640028", 1920, 25_000_000, width=1080),
]
ONLY_HUGE = [picture("hd", "mp4", "avc1.640028", 2160, 70_000_000, acodec="mp4a.40.2")]
SILENT = [picture("gif", "mp4", "avc1.640028", 480, 1_000_000)]
PODCAST = [sound("mp3", "mp3", "mp3", 40_000_000)]
DIRECT = [{"format_id": "mp4", "ext": "mp4", "filesize": 5_000_000}]


def chosen_by_ytdlp(recipe: Recipe, offered: list[dict[str, Any]]) -> Mapping[str, Any]:
    choice = {"format": formats.selector(recipe), "format_sort": formats.order(recipe)}
    with YoutubeDL({"quiet": True, "cachedir": False} | choice) as ydl:
        info: Mapping[str, Any] = ydl.process_video_result(
            {
                "id": "1",
                "title": "t",
                "extractor": "e",
                "extractor_key": "E",
                "webpage_url": "https://tube.example/1",
                "duration": DURATION_S,
                "formats": [{"url": f"https://tube.example/{one['format_id']}", **one} for one in offered],
            },
            download=False,
        )
    return info


@pytest.mark.parametrize("offered", [TUBE, PORTRAIT, ONLY_HUGE, SILENT, PODCAST, DIRECT])
@pytest.mark.parametrize("preset", [preset for preset in Preset if preset is not Preset.AUDIO_MP3])
def test_the_guess_is_the_size_of_what_ytdlp_chooses(preset: Preset, offered: list[dict[str, Any]]) -> None:
    info = chosen_by_ytdlp(BUILT_IN[preset], offered)
    parts = info.get("requested_formats") or [info]
    guess = formats.estimated_bytes(BUILT_IN[preset], info["formats"], DURATION_S)
    assert guess == sum(part["filesize"] for part in parts)


@pytest.mark.parametrize(
    ("preset", "ids"),
    [
        (Preset.BEST, "313+251"),
        (Preset.P1080, "248+251"),
        (Preset.P720, "247+251"),
        (Preset.PHONE, "136+140"),
        (Preset.AUDIO_MP3, "251"),
        (Preset.AUDIO_ORIGINAL, "251"),
    ],
)
def test_each_preset_chooses_what_it_promises(preset: Preset, ids: str) -> None:
    assert chosen_by_ytdlp(BUILT_IN[preset], TUBE)["format_id"] == ids


def test_a_portrait_video_is_measured_by_its_short_side() -> None:
    assert chosen_by_ytdlp(BUILT_IN[Preset.P1080], PORTRAIT)["format_id"] == "p1080+140"


def test_where_everything_is_larger_the_smallest_is_taken() -> None:
    assert chosen_by_ytdlp(BUILT_IN[Preset.P720], ONLY_HUGE)["format_id"] == "hd"


def test_mp3_is_guessed_from_the_duration() -> None:
    assert formats.estimated_bytes(BUILT_IN[Preset.AUDIO_MP3], TUBE, DURATION_S) == 2_375_000


def test_a_bitrate_and_a_duration_make_a_size() -> None:
    offered = [{"protocol": "https", "ext": "mp4", "tbr": 800.0}]
    assert formats.estimated_bytes(BUILT_IN[Preset.BEST], offered, DURATION_S) == 10_000_000


@pytest.mark.parametrize(
    "offered",
    [
        [],
        [{"protocol": "https", "ext": "mp4"}],
        [
            {"protocol": "https", "filesize": 1, **one}
            for one in (TUBE[7], sound("x", "m4a", "aac", None) | {"tbr": None})
        ],
    ],
)
def test_what_the_site_does_not_say_is_not_guessed(offered: list[dict[str, Any]]) -> None:
    assert formats.estimated_bytes(BUILT_IN[Preset.BEST], offered, None) is None


@pytest.mark.parametrize("ext", ["php", "html", "desktop", "svg", "exe", "unknown_video", "mhtml", "swf", None])
def test_what_is_neither_video_nor_sound_is_not_fetched(ext: str | None) -> None:
    assert formats.fetchable([{"protocol": "https", "ext": ext}]) == []


@pytest.mark.parametrize("protocol", ["ftp", "rtmp", "rtsp", "mms", "file", "websocket_frag", "f4m", "mhtml", None])
def test_only_what_ytdlp_fetches_itself_over_http_is_fetched(protocol: str | None) -> None:
    assert formats.fetchable([{"protocol": protocol, "ext": "mp4"}]) == []


def test_every_preset_has_a_recipe() -> None:
    assert list(BUILT_IN) == list(Preset)


TONGUES = [
    sound("de", "m4a", "mp4a.40.2", 3_000_000) | {"language": "de"},
    sound("del", "m4a", "mp4a.40.2", 3_200_000) | {"language": "del"},
    sound("en", "webm", "opus", 3_100_000) | {"language": "en-US"},
    picture("18", "mp4", "avc1.42001E", 360, 10_000_000, acodec="mp4a.40.2", language="en-US"),
    picture("136", "mp4", "avc1.4d401f", 720, 14_000_000),
    picture("248", "webm", "vp9", 1080, 20_000_000),
    picture("399", "mp4", "av01.0.08M.08", 1080, 18_000_000),
]


@pytest.mark.parametrize(
    ("recipe", "ids"),
    [
        (Recipe(video_codecs=(VideoCodec.H264,)), "136+en"),
        (Recipe(video_codecs=(VideoCodec.H265, VideoCodec.VP9)), "248+en"),
        (Recipe(video_codecs=(VideoCodec.AV1,), short_side=360), "399+en"),
        (Recipe(video_codecs=(VideoCodec.H265,)), "399+en"),
        (Recipe(container=Container.WEBM), "399+en"),
        (Recipe(container=Container.MP4), "399+del"),
        (Recipe(audio_languages=("fr", "de")), "399+de"),
        (Recipe(audio_languages=("fr",)), "399+en"),
        (Recipe(audio_languages=("de",), video_codecs=(VideoCodec.H264,)), "136+de"),
        (Recipe(audio_only=True, audio_languages=("de",)), "de"),
        (Recipe(audio_only=True, audio_format=AudioFormat.M4A), "del"),
    ],
)
def test_a_recipe_chooses_what_it_wishes_for_and_the_guess_follows(recipe: Recipe, ids: str) -> None:
    info = chosen_by_ytdlp(recipe, TONGUES)
    assert info["format_id"] == ids
    guess = formats.estimated_bytes(recipe, info["formats"], None)
    assert guess == sum(part["filesize"] for part in info.get("requested_formats") or [info])


def test_a_raw_choice_of_formats_is_not_guessed() -> None:
    assert formats.estimated_bytes(Recipe(options={"format": "worst"}), TUBE, DURATION_S) is None


@pytest.mark.parametrize(
    ("recipe", "size"),
    [
        (Recipe(audio_only=True, audio_format=AudioFormat.WAV), 17_637_500),
        (Recipe(audio_only=True, audio_format=AudioFormat.OPUS, audio_kbit_s=64), 800_000),
    ],
)
def test_sound_that_is_converted_is_guessed_by_what_it_becomes(recipe: Recipe, size: int) -> None:
    assert formats.estimated_bytes(recipe, TUBE, DURATION_S) == size
