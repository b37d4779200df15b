"""The media site speaks HTTP as it says it does."""

import hashlib
import time
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

from tests.fakes.media_site import SHOWS, MediaSite

CLIP = "/files/clip.mp4"


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def clip(media_site: MediaSite) -> bytes:
    return media_site.library.path("clip.mp4").read_bytes()


def read_until_broken(browser: httpx.Client, url: str, **headers: str) -> bytes:
    """What came before the connection broke off; fails when it did not."""
    came = b""
    with browser.stream("GET", url, headers=headers) as answer, pytest.raises(httpx.RemoteProtocolError):
        for piece in answer.iter_raw():
            came += piece
    return came


def test_a_file_comes_whole(media_site: MediaSite, browser: httpx.Client) -> None:
    answer = browser.get(media_site.url(CLIP))

    assert answer.headers["content-type"] == "video/mp4"
    assert hashlib.sha256(answer.content).hexdigest() == media_site.sha256("clip.mp4")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=120000-", 120000, None), ("bytes=-7", -7, None)],
)
def test_a_range_comes_exactly(
    media_site: MediaSite, browser: httpx.Client, clip: bytes, asked: str, start: int, stop: int | None
) -> None:
    answer = browser.get(media_site.url(CLIP), headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.content == clip[start:stop]
    assert answer.headers["content-range"].endswith(f"/{len(clip)}")
    assert media_site.hits(CLIP)[0].range == asked


def test_a_range_beyond_the_end_is_not_satisfiable(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    answer = browser.get(media_site.url(CLIP), headers={"Range": f"bytes={len(clip)}-"})

    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(clip)}")


def test_if_range_gives_the_range_only_of_the_same_file(media_site: MediaSite, browser: httpx.Client) -> None:
    etag = browser.head(media_site.url(CLIP)).headers["etag"]
    ask = {"Range": "bytes=5-9"}

    assert browser.get(media_site.url(CLIP), headers=ask | {"If-Range": etag}).status_code == 206
    assert browser.get(media_site.url(CLIP), headers=ask | {"If-Range": '"other"'}).status_code == 200


def test_head_carries_no_body(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    answer = browser.head(media_site.url(CLIP))

    assert (answer.headers["content-length"], answer.content) == (str(len(clip)), b"")
    assert media_site.hits(CLIP)[0].bytes_sent == 0


def test_noranges_sends_everything_whatever_is_asked(media_site: MediaSite, browser: httpx.Client) -> None:
    answer = browser.get(media_site.url(CLIP, noranges=True), headers={"Range": "bytes=5-9"})

    assert answer.status_code == 200
    assert len(answer.content) == media_site.size("clip.mp4")
    assert "accept-ranges" not in answer.headers


def test_cut_breaks_off_half_way_of_what_was_asked(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    url = media_site.url(CLIP, cut=True, times=1)
    half = len(clip) // 2

    assert read_until_broken(browser, url) == clip[:half]
    assert browser.get(url).content == clip


def test_cut_for_ever_is_for_ever(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    url = media_site.url(CLIP, cut=True)
    start = len(clip) - 100

    for _ in range(3):
        assert read_until_broken(browser, url, Range=f"bytes={start}-") == clip[start : start + 50]


def test_fail_ends_after_so_many_times(media_site: MediaSite, browser: httpx.Client) -> None:
    url = media_site.url(CLIP, fail=503, times=2, after=1, retry_after="7")

    answers = [browser.get(url) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == [None, "7", "7", None]
    assert [hit.status for hit in media_site.hits(url)] == [200, 503, 503, 200]


def test_slow_keeps_to_its_speed(media_site: MediaSite, browser: httpx.Client) -> None:
    began = time.monotonic()
    answer = browser.get(media_site.url(CLIP, slow=200_000))

    assert len(answer.content) == media_site.size("clip.mp4")
    assert time.monotonic() - began >= (media_site.size("clip.mp4") - 20_000) / 200_000


def test_one_byte_a_second_is_a_drip(media_site: MediaSite, browser: httpx.Client) -> None:
    url = media_site.url("/endless/clip.mp4", slow=1)
    began = time.monotonic()
    with browser.stream("GET", url) as answer:
        pieces = answer.iter_raw()  # an abandoned iterator would hang up
        assert next(pieces) == b"\0"
        (hit,) = media_site.hits(url)
        assert 1 <= hit.bytes_sent <= 2 + time.monotonic() - began
        assert not hit.over

    (hit,) = media_site.wait_for(url, over=True)
    assert hit.departed


def test_endless_goes_on_after_the_file_has_ended(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    url = media_site.url("/endless/clip.mp4")
    came = b""
    with browser.stream("GET", url) as answer:
        for piece in answer.iter_raw():
            came += piece
            if len(came) > 3 * len(clip):
                break

    assert "content-length" not in answer.headers
    assert came[: 3 * len(clip)] == clip * 3
    assert media_site.wait_for(url, over=True)[0].departed


def test_hold_waits_for_its_release(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    url = media_site.url(CLIP, hold=1000)
    with browser.stream("GET", url) as answer:
        pieces = answer.iter_raw()
        came = next(pieces)
        (hit,) = media_site.wait_for(url, bytes_sent=1000)
        assert (hit.bytes_sent, hit.over) == (1000, False)
        media_site.release(url)
        came += b"".join(pieces)

    assert came == clip


def test_who_leaves_while_held_is_noticed(media_site: MediaSite, browser: httpx.Client) -> None:
    url = media_site.url(CLIP, hold=1000)
    with browser.stream("GET", url):
        media_site.wait_for(url, bytes_sent=1000)

    assert media_site.wait_for(url, over=True)[0].departed


def test_an_override_changes_an_address_that_is_in_use(media_site: MediaSite, browser: httpx.Client) -> None:
    url = media_site.url(CLIP)
    media_site.override(url, fail=410)
    assert browser.get(url).status_code == 410
    media_site.override(url)
    assert browser.get(url).status_code == 200


def test_lengths_can_be_lies(media_site: MediaSite, browser: httpx.Client, clip: bytes) -> None:
    less = browser.get(media_site.url(CLIP, length=1000))
    none = browser.get(media_site.url(CLIP, nolength=True))

    assert less.content == clip[:1000]
    assert none.content == clip
    assert "content-length" not in none.headers
    assert read_until_broken(browser, media_site.url(CLIP, length=len(clip) + 5)) == clip


def test_types_and_names_can_be_lies(media_site: MediaSite, browser: httpx.Client) -> None:
    answer = browser.get(media_site.url(CLIP, type="text/html", name="../../evil.exe"))

    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["content-disposition"] == 'attachment; filename="../../evil.exe"'


def test_members_need_their_cookie(media_site: MediaSite, browser: httpx.Client) -> None:
    url = media_site.url(CLIP, cookie="yes")

    assert browser.get(url).status_code == 401
    answer = browser.get(url, headers={"Cookie": "other=1; member=yes"})
    assert (answer.status_code, answer.cookies["seen"]) == (200, "today")


def test_wait_is_silence_before_the_answer(media_site: MediaSite, browser: httpx.Client) -> None:
    began = time.monotonic()
    browser.get(media_site.url(CLIP, wait=0.3))

    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("size", [200_000, 20_000_000])
def test_a_padded_file_has_its_size_and_no_page_like_another(media_site: MediaSite, size: int) -> None:
    data = media_site.library.path(f"padded-{size}.mp4").read_bytes()

    stamps = {data[position : position + 64] for position in range(65536 * 3, size - 65536, 65536)}
    assert len(data) == size
    assert len(stamps) == len(range(65536 * 3, size - 65536, 65536))


def test_tokens_wear_out_and_expire(media_site: MediaSite, browser: httpx.Client) -> None:
    def address() -> str:
        page = browser.get(media_site.url("/expiring/60/2/clip.mp4")).text
        return media_site.url("/token/" + page.partition("/token/")[2].partition('"')[0])

    worn, fresh = address(), address()

    assert [browser.get(worn).status_code for _ in range(3)] == [200, 200, 403]
    media_site.expire_tokens()
    assert browser.get(fresh).status_code == 403


@pytest.mark.parametrize(
    "path", ["/nothing", "/files/nothing.mp4", "/files/..%2F..%2Fpyproject.toml", "/hls/../clip.mp4"]
)
def test_what_is_not_there_is_not_found(media_site: MediaSite, browser: httpx.Client, path: str) -> None:
    assert browser.get(httpx.URL(media_site.url(path))).status_code == 404


def test_a_misspelt_condition_is_told(media_site: MediaSite, browser: httpx.Client) -> None:
    answer = browser.get(media_site.base + "/@slwo=3/files/clip.mp4")

    assert (answer.status_code, "slwo" in answer.text) == (400, True)


def test_waiting_in_vain_says_what_came_instead(media_site: MediaSite, browser: httpx.Client) -> None:
    browser.get(media_site.url(CLIP))
    with pytest.raises(TimeoutError, match="was not asked for 2 times"):
        media_site.wait_for(CLIP, count=2, timeout_s=0.05)


async def test_waiting_does_not_block_the_loop(media_site: MediaSite) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(media_site.url(CLIP))

    assert len(await media_site.seen(CLIP)) == 1


def test_in_a_process_of_its_own_it_is_the_same_site(browser: httpx.Client) -> None:
    with MediaSite.in_process() as site:
        assert hashlib.sha256(browser.get(site.url(CLIP)).content).hexdigest() == site.sha256("clip.mp4")
        assert len(site.hits(CLIP)) == 1
        url = site.url(CLIP)
    with pytest.raises(httpx.ConnectError):
        browser.get(url)


def test_pace_throttles_media_but_not_pages() -> None:
    with MediaSite.in_thread(pace=200_000) as site, httpx.Client(trust_env=False, timeout=20) as browser:
        began = time.monotonic()
        browser.get(site.url(CLIP))
        assert time.monotonic() - began >= (site.size("clip.mp4") - 20_000) / 200_000
        assert browser.get(site.page()).elapsed.total_seconds() < 5


def test_a_feed_can_be_very_long(media_site: MediaSite, browser: httpx.Client) -> None:
    feed = ElementTree.fromstring(browser.get(media_site.url("/feed/10000.xml")).text)

    assert len({enclosure.get("url") for enclosure in feed.iter("enclosure")}) == 10_000


def test_the_furnished_shows_have_pictures_that_are_small(media_site: MediaSite, browser: httpx.Client) -> None:
    front = browser.get(media_site.url("/")).text
    for show in SHOWS.values():
        picture = browser.get(media_site.url(f"/art/{show.slug}.webp"))
        assert show.page in front
        assert picture.headers["content-type"] == "image/webp"
        assert picture.content.startswith(b"RIFF")
        assert len(picture.content) <= 25_000
