"""A link in, a finished file out, by a program: the real portal, the real child, the local media site."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from tests.fakes.media_site import MediaSite
from tests.portal.fixtures import NewPortal

QUEUE = "/api/v1/downloads"
SIZE = 1_500_000


def happenings(stream: httpx.Response) -> Iterator[tuple[str, Any]]:
    """Each event's name and data."""
    name = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_program_previews_queues_follows_and_fetches(new_portal: NewPortal, media_site: MediaSite) -> None:
    portal = new_portal(allow=[media_site.address])
    portal.start()
    with portal.program("downloads") as program:
        url = media_site.page(f"/files/padded-{SIZE}.mp4", hold=SIZE // 2)
        preview = program.post(f"{QUEUE}/preview", json={"url": url}).raise_for_status().json()
        assert preview["title"]
        assert preview["duplicate_of"] is None
        picture = program.get(preview["thumbnail"])
        assert (picture.status_code, picture.headers["content-type"].partition("/")[0]) == (200, "image")

        seen: list[tuple[str, Any]] = []
        with program.stream("GET", "/api/v1/events") as stream:
            wanted = {"url": url, "preview_id": preview["preview_id"]}
            queued = program.post(QUEUE, json=wanted).raise_for_status().json()
            for name, data in happenings(stream):
                if data["subject"]["id"] == queued["id"]:
                    seen.append((name, data))
                    if data["data"].get("downloaded_bytes"):
                        media_site.release()
                if name in ("download.finished", "download.failed"):
                    break
        names = [name for name, _ in seen]
        assert (names[0], names[-1]) == ("download.queued", "download.finished")
        told = [
            data["data"] for name, data in seen if name == "download.progress" and data["data"]["stage"] == "fetching"
        ]
        assert 0 < max(step["downloaded_bytes"] for step in told) <= SIZE
        assert [step["downloaded_bytes"] for step in told] == sorted(step["downloaded_bytes"] for step in told)

        done = program.get(f"{QUEUE}/{queued['id']}").json()
        assert (done["state"], done["progress"]["percent"], done["error"]) == ("completed", 100.0, None)
        assert (portal.media_dir / done["file"]["path"]).stat().st_size == done["file"]["size_bytes"]
        whole = program.get(f"{QUEUE}/{queued['id']}/file").content
        assert len(whole) == done["file"]["size_bytes"]
        tail = program.get(f"{QUEUE}/{queued['id']}/file", headers={"range": f"bytes={len(whole) - 5}-"})
        assert (tail.status_code, tail.content) == (206, whole[-5:])
        assert program.get(f"{QUEUE}/{queued['id']}/log").text.strip()
        assert program.post(f"{QUEUE}/preview", json={"url": url}).json()["duplicate_of"] == queued["id"]
        assert program.get("/readyz").json()["checks"] == {"database": True, "migrations": True, "workers": True}
