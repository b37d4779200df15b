"""What comes out when the child fetches: the right kind of file, whole, named, with title and cover."""

import pytest

from medianest.downloads.egress.proxy import Egress
from medianest.downloads.protocol import (
    Described,
    Failed,
    Fetched,
    Pictured,
    Probe,
    Probed,
    Progressed,
    Staged,
    Warned,
)
from medianest.downloads.types import ErrorCode, Preset, Stage
from tests.downloads import looking
from tests.downloads.conftest import Desk
from tests.fakes.media_site import MediaSite

BOTH = {"Video": "h264", "Audio": "aac"}


async def test_a_link_is_described_before_it_is_fetched(desk: Desk, media_site: MediaSite) -> None:
    found = await desk.probe(media_site.base + "/shows/harbour")
    assert isinstance(found, Probed)
    info = found.info
    assert (info.title, info.source_id, info.extractor) == ("Harbour at dusk", "harbour", "generic")
    assert (info.duration_s, info.is_playlist, info.is_live, info.entry_count) == (24.0, False, False, None)
    assert info.webpage_url == media_site.base + "/shows/harbour"
    assert info.site == "127.0.0.1"
    size = media_site.size("show-harbour.mp4")
    assert info.estimated_bytes[Preset.BEST] == size
    assert info.estimated_bytes[Preset.AUDIO_MP3] == 570_000
    assert sum(hit.bytes_sent for hit in media_site.hits("/files/show-harbour.mp4")) < size / 2


async def test_the_site_s_picture_comes_with_the_description(desk: Desk, media_site: MediaSite) -> None:
    await desk.probe(media_site.base + "/shows/harbour")
    (picture,) = [event for event in desk.events if isinstance(event, Pictured)]
    assert looking.size(desk.folder / picture.file)[0] == 640
    assert picture.tone in range(12)
    assert isinstance(desk.events[-1], Probed)


async def test_one_process_describes_and_then_fetches_without_asking_twice(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    url = media_site.base + "/shows/physics"
    await desk.probe(url, child=child)
    fetched = await desk.fetch(url, child=child)
    assert isinstance(fetched, Fetched)
    assert len(media_site.hits("/shows/physics")) == 1
    assert Stage.PROBING not in [event.stage for event in desk.events if isinstance(event, Staged)]


async def test_the_finished_file_is_whole_and_carries_title_and_cover(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + "/shows/physics")
    assert isinstance(fetched, Fetched)
    file = desk.file(fetched)
    assert file.stat().st_size == fetched.size_bytes
    assert looking.packets(file) == looking.packets(media_site.library.path("show-physics.mp4"))
    assert looking.tags(file) == {
        "title": "Four colours, one siphon",
        "artist": "Tiny Kitchen Physics",
        "date": "2026-11-03",
        "comment": media_site.base + "/shows/physics",
    }
    assert looking.has_cover(file)
    assert [path.name for path in desk.folder.glob("part*")] == []


async def test_a_fetch_says_what_it_does(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + "/dash/manifest.mpd", Preset.P720)
    stages = [event.stage for event in desk.events if isinstance(event, Staged)]
    assert stages == [Stage.PROBING, Stage.FETCHING, Stage.MERGING]
    (described,) = [event for event in desk.events if isinstance(event, Described)]
    assert isinstance(fetched, Fetched)
    assert fetched.info == described.info
    assert [event for event in desk.events if isinstance(event, Warned)] == []


PRESETS = [
    ("/files/clip.mp4", Preset.BEST, "mp4", BOTH),
    ("/watch/files/clip.mp4", Preset.BEST, "mp4", BOTH),
    ("/formats", Preset.P720, "mp4", BOTH),
    ("/hls/master.m3u8", Preset.BEST, "mp4", BOTH),
    ("/hls-fmp4/master.m3u8", Preset.BEST, "mp4", BOTH),
    ("/dash/manifest.mpd", Preset.BEST, "mp4", {"Video": "h264", "Audio": "opus"}),
    ("/dash/manifest.mpd", Preset.P720, "webm", {"Video": "vp9", "Audio": "opus"}),
    ("/dash/manifest.mpd", Preset.PHONE, "mp4", BOTH),
    ("/dash/manifest.mpd", Preset.AUDIO_MP3, "mp3", {"Audio": "mp3"}),
    ("/dash/manifest.mpd", Preset.AUDIO_ORIGINAL, "opus", {"Audio": "opus"}),
    ("/files/clip-720.webm", Preset.BEST, "webm", {"Video": "vp9", "Audio": "opus"}),
    ("/files/clip-720.webm", Preset.PHONE, "mp4", BOTH),
    ("/files/clip.mp4", Preset.AUDIO_ORIGINAL, "m4a", {"Audio": "aac"}),
    ("/files/silent.mp4", Preset.BEST, "mp4", {"Video": "h264"}),
    ("/listen/files/sound.mp3", Preset.BEST, "mp3", {"Audio": "mp3"}),
    ("/files/sound.opus", Preset.PHONE, "m4a", {"Audio": "aac"}),
    ("/@nolength/files/clip.mp4", Preset.BEST, "mp4", BOTH),
]


async def test_each_preset_makes_what_it_promises(desk: Desk, media_site: MediaSite, subtests: pytest.Subtests) -> None:
    child = await desk.child()
    for path, preset, extension, codecs in PRESETS:
        with subtests.test(path=path, preset=preset):
            fetched = await desk.fetch(media_site.base + path, preset, child=child)
            assert isinstance(fetched, Fetched)
            assert fetched.file == f"media.{extension}"
            assert looking.codecs(desk.file(fetched)) == codecs
            assert looking.duration_s(desk.file(fetched)) == pytest.approx(8 if "/hls/" in path else 4, abs=0.3)


async def test_the_height_that_was_asked_for_is_kept(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + "/formats", Preset.P720)
    assert isinstance(fetched, Fetched)
    assert looking.size(desk.file(fetched)) == (1280, 720)


async def test_sound_carries_its_cover(desk: Desk, media_site: MediaSite, subtests: pytest.Subtests) -> None:
    child = await desk.child()
    for name, preset in [
        ("sound.m4a", Preset.AUDIO_MP3),
        ("sound.m4a", Preset.AUDIO_ORIGINAL),
        ("sound.opus", Preset.AUDIO_ORIGINAL),
        ("sound.mp3", Preset.BEST),
        ("clip.mp4", Preset.AUDIO_ORIGINAL),
    ]:
        with subtests.test(name=name, preset=preset):
            fetched = await desk.fetch(media_site.page(f"/files/{name}", title="Song"), preset, child=child)
            assert isinstance(fetched, Fetched)
            assert looking.has_cover(desk.file(fetched))
            assert looking.tags(desk.file(fetched))["title"] == "Song"


async def test_without_a_picture_of_the_site_a_frame_of_the_video_serves(desk: Desk, media_site: MediaSite) -> None:
    await desk.fetch(media_site.base + "/files/clip.mp4")
    (picture,) = [event for event in desk.events if isinstance(event, Pictured)]
    assert looking.size(desk.folder / picture.file) == (320, 180)


async def test_a_picture_that_cannot_be_fetched_fails_nothing(desk: Desk, media_site: MediaSite) -> None:
    found = await desk.fetch(media_site.leading_to("poster", media_site.url("/status/500")))
    assert isinstance(found, Fetched)


async def test_progress_is_about_the_whole_and_not_too_often(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.url("/files/padded-600000.mp4", slow=300_000)
    child = await desk.child()
    await desk.probe(url, child=child)
    began = desk.now()
    fetched = await desk.fetch(url, child=child)
    took_s = desk.now() - began
    progress = [event for event in desk.events if isinstance(event, Progressed)]
    assert isinstance(fetched, Fetched)
    assert 3 <= len(progress) <= took_s * 4 + 2
    assert all(event.total_bytes == 600_000 for event in progress)
    assert [event.percent for event in progress] == sorted(event.percent or 0 for event in progress)
    assert progress[-1].percent == 100
    assert progress[-1].downloaded_bytes == 600_000
    assert progress[-2].speed_bytes_per_s == pytest.approx(300_000, rel=0.4)


async def test_a_list_is_counted_and_not_fetched(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    url = media_site.base + "/feed/7.xml"
    found = await desk.probe(url, child=child)
    assert isinstance(found, Probed)
    assert (found.info.is_playlist, found.info.entry_count, found.info.title) == (True, 7, "A serial in 7 parts")
    refused = await desk.fetch(url, child=child)
    assert isinstance(refused, Failed)
    assert refused.code is ErrorCode.UNSUPPORTED_URL
    assert media_site.hits("/files/clip.mp4") == []


async def test_a_stream_whose_clock_begins_anew_is_whole(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + "/hls-anew/index.m3u8")
    assert isinstance(fetched, Fetched)
    assert looking.duration_s(desk.file(fetched)) == pytest.approx(6, abs=0.3)


async def test_what_is_finished_is_not_fetched_again(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.base + "/files/clip.mp4"
    child = await desk.child()
    first = await desk.fetch(url, child=child)
    await child.kill()
    media_site.forget()
    assert await desk.fetch(url) == first
    assert media_site.hits("/files/clip.mp4") == []


async def test_another_preset_of_the_same_link_is_fetched(desk: Desk, media_site: MediaSite) -> None:
    url = media_site.base + "/files/clip.mp4"
    child = await desk.child()
    await desk.fetch(url, child=child)
    again = await desk.fetch(url, Preset.AUDIO_MP3, child=child)
    assert isinstance(again, Fetched)
    assert again.file == "media.mp3"


async def test_all_traffic_takes_the_proxy(desk: Desk, media_site: MediaSite) -> None:
    fetched = await desk.fetch(media_site.base + "/shows/physics")
    assert isinstance(fetched, Fetched)
    assert desk.allowance.received > sum(hit.bytes_sent for hit in media_site.hits("/files/show-physics.mp4"))
    assert desk.allowance.blocked == []


async def test_a_child_without_a_pass_gets_nothing(desk: Desk, media_site: MediaSite, egress: Egress) -> None:
    child = await desk.child()
    command = Probe(url=media_site.base + "/files/clip.mp4", proxy=f"http://127.0.0.1:{egress.port}")
    assert isinstance(await desk.ask(child, command), Failed)
    assert media_site.hits() == []


async def test_a_pass_that_is_used_up_ends_the_download(desk: Desk, media_site: MediaSite, egress: Egress) -> None:
    desk.allowance = egress.open_pass("job", byte_limit=300_000)
    failed = await desk.fetch(media_site.base + "/files/padded-3000000.mp4")
    assert isinstance(failed, Failed)
    assert failed.code in {ErrorCode.TOO_LARGE, ErrorCode.NETWORK}
