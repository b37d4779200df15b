"""The traps of the media site are real: the bare yt-dlp falls into those that it does not avoid by itself."""

import contextlib
import gzip
from pathlib import Path

import httpx
import pytest

from tests.fakes.bare_ytdlp import BareYtDlp, YtDlpFailed
from tests.fakes.canary import Canary
from tests.fakes.media_site import HOSTILE_EXTENSIONS, HOSTILE_TITLES, LEADING_KINDS, MediaSite

KEPT_BY_YTDLP = {"empty": "video", "huge": HOSTILE_TITLES["huge"] + " (1)"}
OTHER_SCHEMES = ("tcp", "rtmp")
GIVES_UP_SOON = {"ffmpeg_i": ["-m3u8_hold_counters", "2"]}
"""ffmpeg reads the playlist of a broadcast again a thousand times, though nothing more comes."""


@pytest.fixture
def ytdlp(tmp_path: Path) -> BareYtDlp:
    return BareYtDlp(tmp_path)


@pytest.mark.parametrize("name", sorted(HOSTILE_TITLES.keys() - {"surrogate"}))
def test_a_hostile_title_arrives_as_it_is(media_site: MediaSite, ytdlp: BareYtDlp, name: str) -> None:
    info = ytdlp.probe(media_site.url(f"/hostile/title/{name}"))

    assert info["title"] == KEPT_BY_YTDLP.get(name, HOSTILE_TITLES[name])


def test_half_a_character_is_too_much_for_a_file_name(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    with pytest.raises(YtDlpFailed, match="surrogates not allowed"):
        ytdlp.probe(media_site.url("/hostile/title/surrogate"))


@pytest.mark.parametrize("extension", HOSTILE_EXTENSIONS)
def test_a_hostile_name_is_a_video_all_the_same(media_site: MediaSite, extension: str) -> None:
    answer = httpx.get(media_site.url(f"/hostile/named/evil.{extension}"), trust_env=False)

    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content[4:8] == b"ftyp"


@pytest.mark.parametrize("extension", ["php", "desktop", "html", "exe"])
def test_ytdlp_itself_refuses_the_worst_extensions(media_site: MediaSite, ytdlp: BareYtDlp, extension: str) -> None:
    with pytest.raises(YtDlpFailed, match="unusual and will be skipped"):
        ytdlp.fetch(media_site.url(f"/watch/hostile/named/evil.{extension}"))


def test_ytdlp_itself_takes_a_picture_with_scripts_for_a_video(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    assert ytdlp.fetch(media_site.url("/watch/hostile/named/evil.svg")).suffix == ".svg"


def test_ytdlp_itself_takes_markup_for_a_video(media_site: MediaSite, ytdlp: BareYtDlp) -> None:
    file = ytdlp.fetch(media_site.url("/watch/hostile/markup/evil.mp4"))

    assert file.suffix == ".mp4"
    assert b"<script>" in file.read_bytes()


@pytest.mark.parametrize(("name", "size"), [("torn.mp4", None), ("clip.mp4", 1000)])
def test_ytdlp_itself_takes_half_a_file_for_a_whole_one(
    media_site: MediaSite, ytdlp: BareYtDlp, name: str, size: int | None
) -> None:
    file = ytdlp.fetch(media_site.page(f"/files/{name}", length=size))

    assert file.stat().st_size < media_site.size("clip.mp4")


@pytest.mark.parametrize("kind", LEADING_KINDS)
def test_every_lead_reaches_the_canary_when_nothing_guards(
    media_site: MediaSite, ytdlp: BareYtDlp, canary: Canary, kind: str
) -> None:
    with contextlib.suppress(YtDlpFailed):  # what the canary gives is no medium
        link = media_site.leading_to(kind, canary.url())
        ytdlp.run(link, writethumbnail=True, writesubtitles=True, external_downloader_args=GIVES_UP_SOON)

    assert canary.connections >= 1


@pytest.mark.parametrize("kind", ["source", "redirect", "hls-segment", "hls-key"])
@pytest.mark.parametrize("scheme", ["file", *OTHER_SCHEMES])
def test_leads_by_other_schemes_fail(
    media_site: MediaSite, ytdlp: BareYtDlp, canary: Canary, kind: str, scheme: str
) -> None:
    target = "file:///etc/passwd" if scheme == "file" else canary.url(scheme=scheme)
    with pytest.raises(YtDlpFailed, match=r"(?i)file://|scheme|adapters|rtmp"):
        ytdlp.run(media_site.leading_to(kind, target))

    assert canary.connections == 0


def test_a_bomb_is_small_on_the_wire(media_site: MediaSite) -> None:
    with httpx.stream("GET", media_site.url("/hostile/bomb/64"), trust_env=False) as answer:
        packed = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert len(packed) < 128 * 1024
    assert len(gzip.decompress(packed)) == 64 * 1024 * 1024
