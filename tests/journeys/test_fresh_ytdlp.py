"""A newer yt-dlp comes while the portal works: what runs keeps its own, what begins has the new one."""

import json

from medianest.downloads.ytdlp import updates
from tests.fakes.media_site import MediaSite
from tests.fakes.package_index import Kind, PackageIndex
from tests.portal import Portal, Queue
from tests.portal.fixtures import NewPortal

BUNDLED, NEW = updates.bundled().version, "2031.1.2"
_STABLE = {"downloads": {"ytdlp": "stable", "workers": 4, "per_site": 4}}


def said(portal: Portal, *words: str) -> str:
    done = portal.command("ytdlp", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_update_disturbs_nothing_and_holds_from_then_on(
    new_portal: NewPortal, media_site: MediaSite, index: PackageIndex
) -> None:
    portal = new_portal(allow=[media_site.address], settings=_STABLE, environ=index.environment)
    index.offer(NEW, Kind.WHOLE)
    portal.start()
    queue = Queue(portal.admin())
    held = media_site.url("/files/clip-720.mp4", hold=100_000)
    before = queue.add(held)
    media_site.wait_for(held, bytes_sent=100_000)
    assert said(portal, "status").startswith(f"yt-dlp {BUNDLED} is in use")
    assert said(portal, "update").startswith(f"yt-dlp {NEW} is in use")
    after = queue.add(media_site.page())
    assert queue.until(after["id"])["state"] == "completed"
    media_site.release(held)
    assert queue.until(before["id"])["state"] == "completed"
    assert f" yt-dlp {BUNDLED}\n" in queue.log(before["id"])
    assert f" yt-dlp {NEW}\n" in queue.log(after["id"])
    known = portal.admin().get("/api/v1/admin/ytdlp").json()
    assert (known["version"], known["bundled"], known["back_to"]) == (NEW, False, BUNDLED)
    facts = {fact["id"]: fact for fact in json.loads(portal.command("doctor", "--json").stdout)}
    assert facts["versions.yt_dlp"]["data"]["version"] == NEW
    portal.stop()
    assert said(portal, "status").startswith(f"yt-dlp {NEW} is in use")
    facts = {fact["id"]: fact for fact in json.loads(portal.command("doctor", "--json").stdout)}
    assert facts["versions.yt_dlp"]["data"]["version"] == NEW
    assert said(portal, "rollback").startswith(f"yt-dlp {BUNDLED} is in use")
    assert portal.command("ytdlp", "rollback").returncode == 1
    portal.start()
    told = portal.admin().get("/api/v1/admin/journal").json()["items"]
    assert [entry["kind"] for entry in told if entry["subject"]["type"] == "ytdlp"] == [
        "ytdlp.rolled_back",
        "ytdlp.updated",
    ]
