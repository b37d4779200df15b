"""What a recipe of a household's own makes of a link: the container, the codec, the sound that it asks for."""

import pytest

from medianest.downloads.protocol import Fetched, Warned
from medianest.downloads.recipes import AudioFormat, Container, Place, Recipe, VideoCodec
from tests.downloads import looking
from tests.downloads.conftest import Desk
from tests.fakes.media_site import MediaSite

DASH = "/dash/manifest.mpd"
VP9 = {"Video": "vp9", "Audio": "opus"}
MADE = [
    ("/files/clip.mp4", Recipe(container=Container.MKV), "mkv", {"Video": "h264", "Audio": "aac"}),
    (DASH, Recipe(container=Container.WEBM), "webm", VP9),
    (DASH, Recipe(container=Container.MP4), "mp4", {"Video": "h264", "Audio": "aac"}),
    (DASH, Recipe(video_codecs=(VideoCodec.AV1, VideoCodec.VP9)), "webm", VP9),
    ("/files/clip-720.webm", Recipe(plays_anywhere=True, short_side=90), "mp4", {"Video": "h264", "Audio": "aac"}),
    ("/files/sound.m4a", Recipe(audio_only=True, audio_format=AudioFormat.OPUS), "opus", {"Audio": "opus"}),
    ("/files/sound.m4a", Recipe(audio_only=True, audio_format=AudioFormat.FLAC), "flac", {"Audio": "flac"}),
    ("/files/sound.m4a", Recipe(audio_only=True, audio_format=AudioFormat.WAV), "wav", {"Audio": "pcm_s16le"}),
]


async def test_each_recipe_makes_what_it_promises(desk: Desk, media_site: MediaSite, subtests: pytest.Subtests) -> None:
    child = await desk.child()
    for path, recipe, extension, codecs in MADE:
        with subtests.test(path=path, recipe=recipe):
            fetched = await desk.fetch(media_site.base + path, recipe, child=child)
            assert isinstance(fetched, Fetched)
            assert fetched.file == f"media.{extension}"
            assert looking.codecs(desk.file(fetched)) == codecs
            assert [event for event in desk.events if isinstance(event, Warned)] == []
            if recipe.short_side:
                assert looking.size(desk.file(fetched)) == (160, 90)


async def test_what_does_not_fit_comes_as_it_is_with_a_warning(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + "/files/clip.mp4", Recipe(container=Container.WEBM))
    assert isinstance(fetched, Fetched)
    assert fetched.file == "media.mp4"
    assert [event.code for event in desk.events if isinstance(event, Warned)] == ["container"]


async def test_a_file_stays_untouched_where_nothing_is_to_be_written_into_it(desk: Desk, media_site: MediaSite) -> None:
    recipe = Recipe(metadata=False, thumbnail=Place.OFF)
    fetched = await desk.fetch(media_site.base + "/shows/physics", recipe)
    assert isinstance(fetched, Fetched)
    assert desk.file(fetched).read_bytes() == media_site.library.path("show-physics.mp4").read_bytes()


async def test_raw_options_reach_ytdlp(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + DASH, Recipe(options={"format": "ba", "format_sort": ["size"]}))
    assert isinstance(fetched, Fetched)
    assert set(looking.codecs(desk.file(fetched))) == {"Audio"}
