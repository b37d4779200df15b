"""The real portal as a process of its own, for tests that start, use, kill and restart it.

    def test_nothing_is_lost(portal: Portal, media_site: MediaSite) -> None:
        queue = Queue(portal.admin())
        download = queue.add(media_site.page())
        portal.kill_main()
        assert portal.wait_for_no_leftovers() == []
        portal.start()
        assert queue.until(download["id"])["state"] == "completed"

The fixture `portal` is one that was started, and may fetch from `media_site`; `new_portal(...)` makes one that was not.
Both are closed after the test, which fails when the portal left something running.
"""

from tests.portal.installation import PortalFailed
from tests.portal.portal import ADMIN, PASSWORD, Portal
from tests.portal.queue import Download, Queue, QueueFailed

__all__ = ["ADMIN", "PASSWORD", "Download", "Portal", "PortalFailed", "Queue", "QueueFailed"]
