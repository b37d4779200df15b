"""The portal's life as a process: how it begins, goes on after a restart or a kill, and ends."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests import processes
from tests.browser import Visitors
from tests.downloads.processes import until
from tests.fakes.media_site import MediaSite
from tests.portal import ADMIN, PASSWORD, Portal, PortalFailed, Queue
from tests.portal.fixtures import NewPortal


def test_a_fresh_portal_gets_its_administrator_by_the_printed_link(portal: Portal) -> None:
    me = portal.admin().get("/api/v1/me").json()

    assert (me["user"]["name"], me["role"]) == (ADMIN, "admin")
    with portal.client() as stranger:
        assert "<form" not in stranger.get(portal.setup_url).text


def test_who_has_no_link_cannot_be_the_first(portal: Portal) -> None:
    for guess in ("/setup", "/setup?token=", "/setup?token=guessed"):
        with pytest.raises(PortalFailed, match="let nobody in"):
            portal.enter(portal.url(guess), "Mallory", PASSWORD)

    assert portal.admin().get("/api/v1/me").json()["user"]["name"] == ADMIN


def test_what_was_there_is_there_after_a_restart_and_the_port_stays(portal: Portal, media_site: MediaSite) -> None:
    admin, port = portal.admin(), portal.port
    queue = Queue(admin)
    done = queue.until(queue.add(media_site.url("/files/clip.mp4"))["id"])
    portal.restart()

    assert portal.port == port
    assert queue.all() == [done]
    assert done["state"] == "completed"
    assert admin.get(f"/api/v1/downloads/{done['id']}/file").status_code == 200
    assert "First administrator" not in str(portal.said)


def test_somebody_can_sign_in_again(shared_portal: Portal) -> None:
    shared_portal.admin()
    with shared_portal.sign_in() as again:
        assert again.get("/api/v1/me").json()["user"]["name"] == ADMIN
    with pytest.raises(PortalFailed, match="let nobody in"), shared_portal.sign_in(password="wrong, wrong, wrong"):
        pass


def test_people_who_moved_in_before_the_start_sign_in(shared_portal: Portal) -> None:
    with shared_portal.sign_in("Mia") as mia:
        assert mia.get("/api/v1/me").json()["role"] == "member"
        assert mia.get("/api/v1/admin/jobs").status_code == 403


def test_a_token_is_good_for_its_scope_only(shared_portal: Portal) -> None:
    with shared_portal.program("read") as program:
        assert program.get("/api/v1/me").status_code == 200
        assert program.post("/api/v1/downloads", json={"url": "http://example.invalid/"}).status_code == 403


def test_a_stop_is_orderly_and_leaves_nothing(portal: Portal) -> None:
    ports = {portal.port}
    listening = processes.listeners(ports)

    assert listening
    assert portal.stop() == 0
    assert not listening & processes.listeners(ports)
    assert portal.wait_for_no_leftovers() == []


def test_a_stop_waits_neither_for_an_open_stream_nor_for_a_download(portal: Portal, media_site: MediaSite) -> None:
    path = "/@slow=20000/files/clip.mp4"
    Queue(portal.admin()).add(media_site.url(path))
    media_site.wait_for(path, bytes_sent=1000)
    with portal.admin().stream("GET", "/api/v1/events") as events, portal.admin().stream("GET", "/live") as page:
        heard = [next(stream.iter_raw()) for stream in (events, page)]
        began = time.monotonic()
        code = portal.stop()

        assert code == 0
        assert time.monotonic() - began < 5
        assert all(heard)
    assert portal.wait_for_no_leftovers() == []
    assert "Traceback" not in portal.log


def test_a_second_one_on_the_same_data_is_refused_and_harms_nothing(shared_portal: Portal) -> None:
    refused = shared_portal.command("serve", "--port", "0")

    assert refused.returncode == 1
    assert str(shared_portal.pid) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert shared_portal.admin().get("/api/v1/me").status_code == 200


def test_a_port_that_somebody_has_is_told_in_a_sentence(shared_portal: Portal, new_portal: NewPortal) -> None:
    other = new_portal()
    refused = other.command("serve", "--port", str(shared_portal.port))

    assert refused.returncode == 1
    assert str(shared_portal.port) in refused.stderr
    assert "Traceback" not in refused.stderr


def test_killing_the_main_process_ends_its_children_too(portal: Portal, media_site: MediaSite) -> None:
    path = "/@slow=20000/files/clip.mp4"
    Queue(portal.admin()).add(media_site.url(path))
    media_site.wait_for(path, bytes_sent=1000)
    ports = set(portal.ports())
    listening = processes.listeners(ports)
    children = portal.kill_main()

    assert children
    assert not portal.is_running()
    assert portal.wait_for_no_leftovers() == []
    assert listening
    assert not listening & processes.listeners(ports)


@pytest.mark.parametrize("way", ["kill_main", "stop"])
def test_the_end_of_the_portal_is_that_of_who_waits_for_a_download(
    portal: Portal, media_site: MediaSite, way: str
) -> None:
    Queue(portal.admin()).add(media_site.url("/files/clip.mp4"))
    with portal.program("metrics") as program:
        asyncio.run(until(lambda: "medianest_downloads_warm 1.0" in program.get("/metrics").text))
    waiting = [process for process in portal.tree()[1:] if Path(f"/proc/{process.pid}/cwd").readlink() == Path("/")]
    assert waiting
    getattr(portal, way)()
    assert all(process.wait(1) for process in waiting)


def test_after_killing_the_tree_it_can_start_again(portal: Portal) -> None:
    admin = portal.admin()
    portal.kill_tree()
    assert portal.leftovers() == []
    portal.start()

    assert admin.get("/api/v1/me").status_code == 200


def test_it_listens_where_it_says(shared_portal: Portal) -> None:
    assert shared_portal.port in shared_portal.ports()
    assert shared_portal.tree()[0].pid == shared_portal.pid
    assert shared_portal.base.startswith("http://127.0.0.1:")


def test_a_stopped_process_that_is_left_behind_fails_the_close(new_portal: NewPortal, tmp_path: Path) -> None:
    portal = new_portal()
    portal.start()
    portal.tree()[0].kill(signal.SIGSTOP)
    with pytest.raises(PortalFailed, match="did not stop within"):
        portal.stop(patience_s=0.2)
    assert portal.wait_for_no_leftovers() == []


def test_it_says_that_it_is_alive_and_ready(shared_portal: Portal) -> None:
    with shared_portal.client() as stranger:
        assert stranger.get("/healthz").status_code == 200
        assert stranger.get("/readyz").status_code == 200


async def test_a_browser_can_begin_signed_in(visitors: Visitors, shared_portal: Portal) -> None:
    page = await visitors.page(storage_state=shared_portal.browser_state())
    answer = await page.goto(shared_portal.url("/"))

    assert answer is not None
    assert answer.status == 200
    assert page.url == shared_portal.url("/")
