"""What sites do wrong, and the error that a person gets for it; and results that only look like success."""

import pytest

from medianest.downloads.protocol import OUT, Failed, Fetched, Limits, Probed
from medianest.downloads.types import ErrorCode, Preset
from tests.downloads.conftest import Desk
from tests.fakes.media_site import HOSTILE_EXTENSIONS, MediaSite

ANSWERS = [
    ("/status/401", ErrorCode.LOGIN_REQUIRED),
    ("/status/403", ErrorCode.FORBIDDEN),
    ("/status/404", ErrorCode.NOT_FOUND),
    ("/status/410", ErrorCode.REMOVED),
    ("/status/451", ErrorCode.GEO_BLOCKED),
    ("/status/500", ErrorCode.NETWORK),
    ("/status/503", ErrorCode.NETWORK),
    ("/bot-check", ErrorCode.BOT_CHECK),
    ("/redirect/loop", ErrorCode.UNSUPPORTED_URL),
    ("/", ErrorCode.UNSUPPORTED_URL),
    ("/hostile/bomb/50", ErrorCode.UNSUPPORTED_URL),
    ("/hostile/markup/clip.html", ErrorCode.UNSUPPORTED_URL),
    ("/hostile/markup/clip.svg", ErrorCode.UNSUPPORTED_URL),
    ("/hostile/markup/clip.mp4", ErrorCode.POST_PROCESSING),
]
ADDRESSES = [
    "file:///etc/passwd",
    "ftp://tube.example/x.mp4",
    "ytsearch9:cats",
    ":ytfav",
    "data:video/mp4,x",
    "tube.example/x",
    "--exec=id",
    "",
]


@pytest.mark.parametrize("verb", ["probe", "fetch"])
async def test_an_answer_of_a_site_has_its_code(
    desk: Desk, media_site: MediaSite, subtests: pytest.Subtests, verb: str
) -> None:
    child = await desk.child()
    for path, code in ANSWERS:
        with subtests.test(path=path):
            if verb == "probe" and path.endswith((".mp4", "/50")):
                continue
            failed = await getattr(desk, verb)(media_site.base + path, child=child)
            assert isinstance(failed, Failed)
            assert failed.code is code
            assert failed.detail
    assert not list(desk.folder.glob(f"{OUT}/*"))


async def test_the_site_s_wish_when_to_come_back_is_told(desk: Desk, media_site: MediaSite) -> None:
    failed = await desk.probe(media_site.url("/files/clip.mp4", fail=429, retry_after=77))
    assert isinstance(failed, Failed)
    assert (failed.code, failed.retry_after_s) == (ErrorCode.RATE_LIMITED, 77)


async def test_the_wish_is_heard_in_the_middle_of_a_download_as_well(desk: Desk, media_site: MediaSite) -> None:
    failed = await desk.fetch(media_site.page(fail=429, retry_after=33))
    assert isinstance(failed, Failed)
    assert (failed.code, failed.retry_after_s) == (ErrorCode.RATE_LIMITED, 33)


async def test_only_addresses_of_pages_are_asked(desk: Desk, media_site: MediaSite, subtests: pytest.Subtests) -> None:
    child = await desk.child()
    smuggled = media_site.base + "/files/clip.mp4#__youtubedl_smuggle=%7B%22to_generic%22%3A1%7D"
    for address in [*ADDRESSES, smuggled]:
        with subtests.test(address=address):
            failed = await desk.probe(address, child=child)
            assert isinstance(failed, Failed)
            assert failed.code is ErrorCode.UNSUPPORTED_URL
    assert desk.allowance.bytes == 0


async def test_only_video_and_sound_are_kept_whatever_they_are_called(
    desk: Desk, media_site: MediaSite, subtests: pytest.Subtests
) -> None:
    child = await desk.child()
    for extension in [one for one in HOSTILE_EXTENSIONS if one != "mp4%2Fx"]:
        with subtests.test(extension=extension):
            failed = await desk.fetch(f"{media_site.base}/hostile/named/clip.{extension}", child=child)
            assert isinstance(failed, Failed)
            assert failed.code is ErrorCode.UNSUPPORTED_URL
    assert {path.name for path in desk.folder.iterdir()} == {"boot", "info.json", "lock"}


FALSE_SUCCESSES = [
    ("/hls-damaged/master.m3u8", ErrorCode.FORBIDDEN),
    ("/files/empty.mp4", ErrorCode.NETWORK),
    ("/files/torn.mp4", ErrorCode.NETWORK),
    ("/@nolength/@cut/files/clip.mp4", ErrorCode.NETWORK),
    ("/@length=100000/files/clip.mp4", ErrorCode.NETWORK),
]


async def test_what_only_looks_like_success_is_a_failure(
    desk: Desk, media_site: MediaSite, subtests: pytest.Subtests
) -> None:
    child = await desk.child()
    for path, code in FALSE_SUCCESSES:
        with subtests.test(path=path):
            failed = await desk.fetch(media_site.base + path, child=child)
            assert isinstance(failed, Failed)
            assert failed.code is code
    assert not list(desk.folder.glob(f"{OUT}/*"))


async def test_a_video_that_is_shorter_than_its_site_says_is_a_failure(desk: Desk, media_site: MediaSite) -> None:
    failed = await desk.fetch(media_site.page("/files/torn.mp4"))
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.NETWORK


async def test_a_file_larger_than_what_may_be_fetched_is_a_failure(desk: Desk, media_site: MediaSite) -> None:
    limits = Limits(file_bytes=100_000)
    failed = await desk.fetch(media_site.base + "/files/clip.mp4", limits=limits)
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.TOO_LARGE


async def test_a_file_that_grows_larger_than_what_may_be_fetched_is_a_failure(
    desk: Desk, media_site: MediaSite
) -> None:
    limits = Limits(file_bytes=100_000)
    failed = await desk.fetch(media_site.url("/files/clip.mp4", nolength=True), limits=limits)
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.TOO_LARGE


async def test_from_a_silent_video_no_sound_is_made(desk: Desk, media_site: MediaSite) -> None:
    failed = await desk.fetch(media_site.base + "/files/silent.mp4", Preset.AUDIO_MP3)
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.POST_PROCESSING


async def test_after_a_failure_the_same_process_goes_on(desk: Desk, media_site: MediaSite) -> None:
    child = await desk.child()
    assert isinstance(await desk.probe(media_site.base + "/status/404", child=child), Failed)
    assert isinstance(await desk.probe(media_site.base + "/files/clip.mp4", child=child), Probed)
    assert isinstance(await desk.fetch(media_site.base + "/files/clip.mp4", child=child), Fetched)


async def test_the_log_has_no_secrets(desk: Desk, media_site: MediaSite) -> None:
    await desk.fetch(media_site.base + "/files/clip.mp4?token=s3cret&title=x")
    await desk.probe(media_site.base + "/status/403?token=s3cret", child=await desk.child())
    said = "\n".join(desk.log)
    assert "Extracting URL" in said
    assert "s3cret" not in said
    assert desk.allowance.password not in said
