"""Every kind of site, through the portal's API: to the right file, or to the right error."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tests.downloads.looking import codecs, duration_s, packets
from tests.fakes.media_site import MediaSite
from tests.portal import Download, Portal, Queue


@dataclass(frozen=True, slots=True)
class Good:
    """A link that becomes a file: with the packets of a medium of the site, or at least as long as it."""

    path: str
    packets_of: str | None = None
    seconds: float = 4.0


@dataclass(frozen=True, slots=True)
class Bad:
    """A link that becomes an error; one that may pass is tried again later."""

    path: str
    code: str
    passes: bool = False


GOOD = {
    "a file": Good("/@key=e/files/clip.mp4", "clip.mp4"),
    "a file without ranges": Good("/@noranges/@key=e/files/clip.mp4", "clip.mp4"),
    "a slow one": Good("/@slow=60000/@key=e/files/clip.mp4", "clip.mp4"),
    "a page with a player": Good("/watch/@key=p/files/clip.mp4", "clip.mp4"),
    "HLS": Good("/hls/master.m3u8", seconds=8),
    "HLS in fragmented mp4": Good("/hls-fmp4/master.m3u8", "clip.mp4"),
    "DASH": Good("/dash/manifest.mpd"),
    "an address that is good once": Good("/expiring/60/1/clip.mp4", "clip.mp4"),
    "one that breaks off half way once": Good("/described/@cut/@times=1/files/clip.mp4", "clip.mp4"),
    "one that does, without ranges": Good("/described/@cut/@times=1/@noranges/files/clip.mp4", "clip.mp4"),
    "a redirect": Good("/redirect/clip.mp4?to=/@key=r/files/clip.mp4", "clip.mp4"),
}
BAD = {
    "401": Bad("/status/401", "login_required"),
    "403": Bad("/status/403", "forbidden", passes=True),
    "404": Bad("/status/404", "not_found"),
    "410": Bad("/status/410", "removed"),
    "451": Bad("/status/451", "geo_blocked"),
    "503": Bad("/status/503", "network", passes=True),
    "nothing to see": Bad("/@key=nothing/", "unsupported_url"),
    "a list": Bad("/feed/3.xml", "unsupported_url"),
    "one that always breaks off": Bad("/described/@cut/@key=c/files/clip.mp4", "network", passes=True),
    "one that does, without ranges": Bad("/described/@cut/@noranges/@key=c/files/clip.mp4", "network", passes=True),
    "a torn file": Bad("/files/torn.mp4", "network", passes=True),
    "markup that is called a video": Bad("/hostile/markup/clip.mp4", "post_processing", passes=True),
    "a program that is called so": Bad("/hostile/named/clip.exe", "unsupported_url"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """All the links, in the queue of one portal."""

    site: MediaSite
    queue: Queue
    ids: dict[str, str]

    def over(self, path: str) -> Download:
        return self.queue.until(self.ids[path], patience_s=120)


@pytest.fixture(scope="module")
def asked(shared_portal: Portal, _media_site: MediaSite) -> Asked:
    """Queued in one go, so that the workers are never idle while a test looks at one of them."""
    queue = Queue(shared_portal.admin())
    paths = [link.path for link in (*GOOD.values(), *BAD.values())]
    return Asked(_media_site, queue, {path: queue.add(_media_site.base + path)["id"] for path in paths})


@pytest.mark.parametrize("good", GOOD.values(), ids=GOOD.keys())
def test_it_becomes_the_right_file(asked: Asked, shared_portal: Portal, good: Good) -> None:
    done = asked.over(good.path)
    assert done["error"] is None
    assert done["state"] == "completed"
    file = shared_portal.media_dir / done["file"]["path"]

    assert file.stat().st_size == done["file"]["size_bytes"] == done["progress"]["total_bytes"]
    assert codecs(file).keys() == {"Video", "Audio"}
    assert duration_s(file) == pytest.approx(good.seconds, abs=0.2)
    if good.packets_of:
        assert packets(file) == packets(asked.site.library.path(good.packets_of))
    sent = shared_portal.admin().get(f"/api/v1/downloads/{done['id']}/file").content
    assert hashlib.sha256(sent).digest() == hashlib.sha256(file.read_bytes()).digest()


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_it_becomes_the_right_error(asked: Asked, bad: Bad) -> None:
    ended = asked.over(bad.path)

    assert (ended["state"], ended["error"]["code"]) == ("waiting" if bad.passes else "failed", bad.code)
    assert ended["error"]["retryable"] == bad.passes
    assert len(ended["error"]["message"]) > 10
    assert (ended["next_attempt_at"] is not None) == bad.passes
    assert ended["file"] is None
    assert asked.queue.log(ended["id"])


def test_the_media_folder_holds_the_files_and_nothing_else_of_what_is_done(asked: Asked, shared_portal: Portal) -> None:
    done = [asked.over(link.path) for link in GOOD.values()]
    shown = {path for path in shared_portal.media_dir.rglob("*") if ".medianest" not in path.parts}
    at_work = {path.name for path in (shared_portal.media_dir / ".medianest" / "work").iterdir()}

    assert {shared_portal.media_dir / download["file"]["path"] for download in done} <= shown
    assert at_work.isdisjoint(download["id"] for download in done)
    finished = [download for download in asked.queue.all() if download["state"] == "completed"]
    assert len({download["file"]["path"] for download in finished}) == len(finished)


@pytest.mark.parametrize(
    ("path", "code", "pause_s"),
    [("/@fail=429/@retry_after=900/files/clip.mp4", "rate_limited", 900), ("/bot-check", "bot_check", 1800)],
)
def test_a_site_that_refuses_us_is_left_alone_as_long_as_it_wishes(
    asked: Asked, shared_portal: Portal, path: str, code: str, pause_s: int
) -> None:
    for link in (*GOOD.values(), *BAD.values()):
        asked.over(link.path)
    ended = asked.queue.until(asked.queue.add(asked.site.base + path)["id"])
    began, again = (datetime.fromisoformat(ended[key]) for key in ("started_at", "next_attempt_at"))

    assert (ended["state"], ended["error"]["code"], ended["error"]["retryable"]) == ("waiting", code, True)
    assert again - began >= timedelta(seconds=pause_s)
    shared_portal.admin().post(f"/api/v1/downloads/{ended['id']}/cancel")
    released = shared_portal.admin().patch("/api/v1/sites/127.0.0.1", json={"held": False})
    assert released.json()["state"] == "ok"
