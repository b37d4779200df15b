"""The real yt-dlp gets the right file from the media site, or the right failure."""

import asyncio
import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.fakes.bare_ytdlp import BareYtDlp, YtDlpFailed
from tests.fakes.media_site import SHOWS, MediaSite
from tests.fakes.media_site.recipes import ffmpeg


@pytest.fixture
def ytdlp(tmp_path: Path) -> BareYtDlp:
    return BareYtDlp(tmp_path)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def plays(file: Path) -> bool:
    """Whether ffmpeg decodes it from beginning to end."""
    command = [ffmpeg(), "-v", "error", "-xerror", "-i", str(file), "-f", "null", "-"]
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


def test_a_direct_link_is_asked_for_twice_and_comes_whole(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    file = ytdlp.fetch(media_site.url("/files/clip.mp4"))

    assert sha256(file) == media_site.sha256("clip.mp4")
    assert plays(file)
    assert len(media_site.hits("/files/clip.mp4")) == 2


@pytest.mark.parametrize("noranges", [False, True])
def test_a_download_that_broke_off_once_comes_whole(media_site: MediaSite, ytdlp: BareYtDlp, noranges: bool) -> None:
    file = ytdlp.fetch(media_site.page(cut=True, times=1, noranges=noranges))

    assert sha256(file) == media_site.sha256("clip.mp4")
    first, second = media_site.hits("/files/clip.mp4")
    assert first.range is None
    assert second.range is not None
    assert second.status == (200 if noranges else 206)


@pytest.mark.parametrize("noranges", [False, True])
def test_a_download_that_always_breaks_off_fails(media_site: MediaSite, ytdlp: BareYtDlp, noranges: bool) -> None:
    with pytest.raises(YtDlpFailed, match="more expected"):
        ytdlp.fetch(media_site.page(cut=True, noranges=noranges))


def test_hls_comes_in_the_greatest_height(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    file = ytdlp.fetch(media_site.url("/hls/master.m3u8"))

    assert plays(file)
    assert len(media_site.hits("/hls/360/7.ts")) == 1
    assert not media_site.hits("/hls/180/7.ts")


def test_hls_in_fragmented_mp4_comes_whole(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    assert plays(ytdlp.fetch(media_site.url("/hls-fmp4/master.m3u8")))


def test_hls_with_a_missing_fragment_fails(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    with pytest.raises(YtDlpFailed, match="HTTP Error 404"):
        ytdlp.fetch(media_site.url("/hls-damaged/master.m3u8"))


def test_dash_is_merged_of_picture_and_sound(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    chosen = "bv[vcodec^=avc1][height<=720]+ba[acodec^=mp4a]"
    file = ytdlp.fetch(media_site.page("/dash/manifest.mpd"), format=chosen)

    assert file.suffix == ".mp4"
    assert plays(file)
    assert {hit.path for hit in media_site.hits() if "init" in hit.path} == {
        "/dash/init-stream1.m4s",
        "/dash/init-stream4.m4s",
    }


def test_dash_names_every_height_and_codec(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    formats = ytdlp.probe(media_site.url("/dash/manifest.mpd"))["formats"]

    pictures = {(found["height"], found["vcodec"][:4]) for found in formats if found["vcodec"] != "none"}
    assert pictures == {(360, "avc1"), (720, "avc1"), (1080, "avc1"), (720, "vp09")}
    assert {found["acodec"][:4] for found in formats if found["vcodec"] == "none"} == {"mp4a", "opus"}


def test_a_live_stream_is_recorded_until_it_ends(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    url = media_site.url("/live/index.m3u8")
    assert ytdlp.probe(url)["is_live"]

    async def record() -> Path:
        recording = asyncio.create_task(asyncio.to_thread(ytdlp.fetch, url, quiet=True))
        await media_site.seen("/live/index.m3u8", count=6)
        media_site.end_live()
        return await recording

    assert asyncio.run(record()).stat().st_size > 0


def test_a_described_page_tells_everything(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    info = ytdlp.probe(media_site.page(title="A & <b>"))

    wanted = {
        "title": "A & <b>",
        "duration": 4,
        "uploader": "The Test Card Society",
        "upload_date": "20260301",
        "description": "Bars, a clock and a tone.",
        "thumbnail": media_site.url("/art/harbour.webp"),
        "url": media_site.url("/files/clip.mp4"),
    }
    assert {key: info[key].partition("#")[0] if key == "url" else info[key] for key in wanted} == wanted


def test_a_player_has_subtitles_and_a_poster(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    info = ytdlp.probe(media_site.url("/watch/files/clip.mp4?title=Bars"))

    assert info["title"] == "Bars (1)"
    assert info["subtitles"].keys() == {"en", "de"}
    assert info["thumbnail"] == media_site.url("/art/harbour.webp")


def test_a_sound_page_has_no_picture(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    page = media_site.url("/listen/files/sound.mp3")

    assert ytdlp.probe(page)["vcodec"] == "none"
    assert sha256(ytdlp.fetch(page)) == media_site.sha256("sound.mp3")


def test_four_sizes_are_four_formats(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    formats = ytdlp.probe(media_site.url("/formats"))["formats"]

    assert sorted((found["height"], found["ext"]) for found in formats) == [
        (360, "mp4"),
        (720, "mp4"),
        (720, "webm"),
        (1080, "mp4"),
    ]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 451, 500, 503])
def test_a_refusal_arrives_as_its_status(media_site: MediaSite, ytdlp: BareYtDlp, status: int) -> None:
    with pytest.raises(YtDlpFailed, match=f"HTTP Error {status}"):
        ytdlp.probe(media_site.url(f"/status/{status}"))


def test_trouble_that_passes_is_retried_in_the_download(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    file = ytdlp.fetch(media_site.page(fail=503, times=2))

    assert sha256(file) == media_site.sha256("clip.mp4")
    assert [hit.status for hit in media_site.hits("/files/clip.mp4")] == [503, 503, 200]


def test_a_bot_check_is_told_as_one(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    with pytest.raises(YtDlpFailed, match="anti-bot challenge"):
        ytdlp.probe(media_site.url("/bot-check"))


def test_a_page_without_a_medium_is_unsupported(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    with pytest.raises(YtDlpFailed, match="Unsupported URL"):
        ytdlp.probe(media_site.url("/"))


def test_stale_metadata_lead_to_a_403_and_fresh_ones_to_the_file(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    page = media_site.url("/expiring/60/9/clip.mp4")
    info = ytdlp.probe(page)
    media_site.expire_tokens()

    with pytest.raises(YtDlpFailed, match="HTTP Error 403"):
        ytdlp.fetch_known(info)
    assert sha256(ytdlp.fetch(page)) == media_site.sha256("clip.mp4")


def test_redirects_are_followed_and_loops_are_not(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    assert sha256(ytdlp.fetch(media_site.url("/redirect/chain/3/files/clip.mp4"))) == media_site.sha256("clip.mp4")
    with pytest.raises(YtDlpFailed, match="redirect loop"):
        ytdlp.probe(media_site.url("/redirect/loop"))


def test_a_feed_has_all_its_entries(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    entries = list(ytdlp.probe(media_site.url("/feed/400.xml"), extract_flat=True)["entries"])

    assert len({entry["url"] for entry in entries}) == 400
    assert entries[0]["title"] == "Part 1"


def test_a_padded_file_comes_whole_and_plays(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    file = ytdlp.fetch(media_site.page("/files/padded-40000000.mp4"))

    assert file.stat().st_size == 40_000_000
    assert sha256(file) == media_site.sha256("padded-40000000.mp4")
    assert plays(file)


def test_a_furnished_show_is_as_long_and_as_big_as_it_says(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    show = SHOWS["physics"]
    url = media_site.url(show.page)
    info = ytdlp.probe(url)
    file = ytdlp.fetch(url)

    assert (info["title"], info["uploader"], info["duration"]) == (show.title, show.uploader, show.seconds)
    assert info["filesize"] == file.stat().st_size
    assert abs(file.stat().st_size - show.megabits * 125_000 * show.seconds) < 1_000_000
    assert plays(file)
