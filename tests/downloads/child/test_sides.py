"""What comes with a file: subtitles, chapters, picture and description; each may fail without failing the download."""

from xml.etree import ElementTree

import pytest

from medianest.downloads.protocol import Fetched, Warned
from medianest.downloads.recipes import AudioFormat, Container, Nfo, Place, Recipe
from tests.downloads import looking
from tests.downloads.conftest import Desk
from tests.fakes.media_site import MediaSite

CLIP = "/watch/files/clip.mp4"
SPOKEN = "One (de)"


def warnings(desk: Desk) -> list[str]:
    return [event.code for event in desk.events if isinstance(event, Warned)]


def side(desk: Desk, end: str) -> str:
    return (desk.folder / "out" / f"media{end}").read_text()


async def fetched(desk: Desk, url: str, recipe: Recipe) -> Fetched:
    found = await desk.fetch(url, recipe)
    assert isinstance(found, Fetched), found
    return found


async def test_subtitles_lie_beside_the_file_in_the_kind_that_every_player_reads(
    desk: Desk, media_site: MediaSite
) -> None:
    found = await fetched(desk, media_site.base + CLIP, Recipe(subtitles=("de", "en")))
    assert found.sides == (".de.srt", ".en.srt")
    assert "00:00:00,000 --> 00:00:02,000" in side(desk, ".de.srt")
    assert SPOKEN in side(desk, ".de.srt")
    assert "Subtitle" not in looking.codecs(desk.file(found))
    assert warnings(desk) == []


@pytest.mark.parametrize(
    ("path", "recipe", "codec"),
    [
        (CLIP, Recipe(), "mov_text"),
        (CLIP, Recipe(container=Container.MKV), "subrip"),
        ("/watch/files/clip-720.webm", Recipe(), "webvtt"),
    ],
)
async def test_subtitles_are_written_into_the_file(
    desk: Desk, media_site: MediaSite, path: str, recipe: Recipe, codec: str
) -> None:
    wish = Recipe(subtitles=("de",), subtitles_as=Place.EMBED, container=recipe.container)
    found = await fetched(desk, media_site.base + path, wish)
    assert looking.codecs(desk.file(found))["Subtitle"] == codec
    assert "(deu)" in looking.report(desk.file(found)) or "(ger)" in looking.report(desk.file(found))
    assert found.sides == ()
    assert looking.has_cover(desk.file(found)) or codec == "webvtt"


async def test_the_language_that_is_spoken_is_the_only_one_that_there_is(desk: Desk, media_site: MediaSite) -> None:
    found = await fetched(desk, media_site.base + CLIP + "?tracks=de", Recipe(subtitles=("original",)))
    assert found.sides == (".de.srt",)


async def test_subtitles_that_the_site_refuses_are_a_warning_and_are_asked_for_once(
    desk: Desk, media_site: MediaSite
) -> None:
    url = media_site.base + CLIP + "?tracks=de,en&under=@fail=429"
    found = await fetched(desk, url, Recipe(subtitles=("de",), nfo=Nfo.MOVIE))
    assert warnings(desk) == ["subtitles_limited"]
    assert found.sides == (".nfo",)
    assert [hit.status for hit in media_site.hits("/@fail=429/tracks/de.vtt")] == [429]
    assert media_site.hits("/@fail=429/tracks/en.vtt") == []


async def test_a_language_that_the_site_does_not_have_is_a_warning(desk: Desk, media_site: MediaSite) -> None:
    found = await fetched(desk, media_site.base + CLIP, Recipe(subtitles=("fr", "de", "original")))
    assert warnings(desk) == ["subtitles_missing"]
    assert found.sides == (".de.srt",)


async def test_what_is_no_subtitle_is_a_warning(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.leading_to("track", media_site.url("/files/clip.mp4"))
    await fetched(desk, url, Recipe(subtitles=("en",)))
    assert warnings(desk) == ["subtitles_missing"]


async def test_a_file_of_sound_takes_its_subtitles_beside_it_only(desk: Desk, media_site: MediaSite) -> None:
    recipe = Recipe(
        audio_only=True, audio_format=AudioFormat.MP3, subtitles=("de",), subtitles_as=Place.BOTH, thumbnail=Place.BOTH
    )
    found = await fetched(desk, media_site.base + CLIP, recipe)
    assert (found.sides, warnings(desk)) == ((".de.srt", ".jpg"), ["subtitles_embed"])
    assert looking.has_cover(desk.file(found))


async def test_chapters_of_the_site_are_in_the_file(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.base + "/described/files/clip.mp4?chapters=First%3B half,Second"
    found = await fetched(desk, url, Recipe())
    report = looking.report(desk.file(found))
    assert "Chapter #0:0: start 0.000000, end 2.000000" in report
    assert "First; half" in report
    await desk.close()
    without = await fetched(desk, url, Recipe(chapters=False))
    assert "Chapter #" not in looking.report(desk.file(without))


async def test_picture_and_description_lie_beside_the_file(desk: Desk, media_site: MediaSite) -> None:
    found = await fetched(
        desk, media_site.base + "/shows/physics", Recipe(thumbnail=Place.FILE, nfo=Nfo.EPISODE, subtitles=("original",))
    )
    assert found.sides == (".jpg", ".nfo")
    assert looking.size(desk.folder / "out" / "media.jpg")[0] == 640
    assert not looking.has_cover(desk.file(found))
    told = ElementTree.fromstring(side(desk, ".nfo"))
    said = {line.tag: line.text for line in told}
    assert told.tag == "episodedetails"
    assert said["title"] == "Four colours, one siphon"
    assert (said["aired"], said["season"], said["episode"]) == ("2026-11-03", "2026", "1103")
    assert said["uniqueid"] == "physics"
    assert said["showtitle"] == "Tiny Kitchen Physics"


async def test_after_a_kill_subtitles_are_not_fetched_again(desk: Desk, media_site: MediaSite) -> None:
    recipe = Recipe(subtitles=("de",))
    url = media_site.base + CLIP
    await fetched(desk, url, recipe)
    (desk.folder / "finished.json").unlink()
    await desk.close()
    media_site.forget()
    again = await fetched(desk, url, recipe)
    assert again.sides == (".de.srt",)
    assert media_site.hits("/tracks/de.vtt") == []
