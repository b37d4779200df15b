"""`python -m tests.demo` starts the portal, furnished, beside the local media site, and says where and for whom.

One can sign in with Plex, too: a stand-in asks who one is.

Everything comes in by the front door: links of the site's shows are previewed and queued as a household would.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx

from medianest.core.actor import Role
from tests.fakes.media_site import SHOWS, MediaSite
from tests.fakes.overseerr import May, Overseerr
from tests.fakes.plex import OWNER, Plex
from tests.portal import ADMIN, PASSWORD, Portal
from tests.portal.fixtures import NOWHERE

ARRIVED = ("physics", "bread", "planets", "birthday", "workbench", "greenhouse", "railway", "aurora")
HEARD = "concert"
SLOW = "rivers"
PAUSED = "night-trains"
WAITING = "harbour"
ASKED = (
    {"media_type": "movie", "tmdb_id": 603},
    {"media_type": "movie", "tmdb_id": 27205},
    {"media_type": "tv", "tmdb_id": 1396, "seasons": [1, 2]},
    {"media_type": "movie", "tmdb_id": 155},
)
"""The first is approved, the last declined; the others wait for a decision."""
PEOPLE = {"Mia": Role.MEMBER, "Kim": Role.CHILD, "Grandma": Role.GUEST}
PLAN = {"name": "Children", "quotas": {"downloads": 5, "bytes": 20_000_000_000}, "roles": ["child"]}
PATIENCE_S = 600.0
TILES = """
[[tiles]]
title = "Photos"
url = "https://photos.example"
icon = "photo"
description = "All albums since 2004"

[[tiles]]
title = "Calendar"
url = "https://calendar.example"
icon = "calendar"
description = "Who is where"

[[tiles]]
title = "Router"
url = "http://192.168.1.1"
icon = "network"
roles = ["admin"]
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """The portal and the site, while both run."""

    portal: Portal
    site: MediaSite

    @property
    def admin(self) -> httpx.Client:
        return self.portal.admin()

    def queue(self, link: str, preset: str = "720p") -> str:
        """Look at a link and queue it; returns the download's id."""
        seen = self.admin.post("/api/v1/downloads/preview", json={"url": link})
        asked = {"url": link, "preset": preset} | ({"preview_id": seen.json()["preview_id"]} if seen.is_success else {})
        return str(self.admin.post("/api/v1/downloads", json=asked).raise_for_status().json()["id"])

    def show(self, slug: str, **conditions: object) -> str:
        return self.site.page(f"/files/{SHOWS[slug].media}", title=SHOWS[slug].title, **conditions)

    def wait(self, id: str, *states: str) -> None:
        """Until a download is in one of these states."""
        deadline = monotonic() + PATIENCE_S
        while self.admin.get(f"/api/v1/downloads/{id}").json()["state"] not in states:
            assert monotonic() < deadline, f"{id} is not {' or '.join(states)}"
            sleep(0.5)

    def furnish(self) -> None:
        """Bring in what a household has: a plan, much that came in, something in every other state."""
        self.admin.post("/api/v1/plans", json=PLAN).raise_for_status()
        asked = [self.admin.post("/api/v1/requests", json=wish).raise_for_status().json()["id"] for wish in ASKED]
        self.admin.post(f"/api/v1/requests/{asked[0]}/approve", json={}).raise_for_status()
        reason = {"reason": "It is on the disc in the hall."}
        self.admin.post(f"/api/v1/requests/{asked[-1]}/decline", json=reason).raise_for_status()
        arrived = [self.queue(self.site.url(SHOWS[slug].page)) for slug in ARRIVED]
        arrived.append(self.queue(self.site.url(SHOWS[HEARD].page), "audio-mp3"))
        for id in arrived:
            self.wait(id, "completed")
        paused = self.queue(self.show(PAUSED, slow=200_000))
        self.wait(paused, "running")
        self.admin.post(f"/api/v1/downloads/{paused}/pause").raise_for_status()
        self.wait(self.queue(self.site.url("/status/410/the-lost-tape")), "failed")
        self.wait(self.queue(self.show(SLOW, slow=150_000)), "running")
        self.wait(self.queue(self.show(WAITING, fail=429, retry_after="3600")), "waiting")  # from then on it cools down


@contextmanager
def demo() -> Iterator[Demo]:
    """A furnished portal in a folder of its own, which is gone in the end."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="medianest-demo-"))
        site = stack.enter_context(MediaSite.in_thread())
        plex = stack.enter_context(Plex())
        named = {"server_url": plex.server.base, "token": plex.tv.token_of(OWNER)}
        overseerr = stack.enter_context(Overseerr())
        overseerr.add("owner", plex_id=1001)
        overseerr.add("house", plex_id=1002, permissions=May.REQUEST | May.CREATE_ISSUES)
        settings = {
            "plex": named | {"tv_url": plex.tv.base, "app_url": plex.tv.app},
            "overseerr": {"url": overseerr.base, "api_key": overseerr.key, "household_user_id": 2},
            "pictures": {"tmdb_url": NOWHERE},
        }
        portal = Portal(Path(folder), people=PEOPLE, allow=[site.address], settings=settings)
        with portal.config_file.open("a") as file:
            file.write(TILES)
        running = Demo(stack.enter_context(portal), site)
        running.furnish()
        yield running


if __name__ == "__main__":
    print("Furnishing takes a minute or two.", flush=True)
    with demo() as running:
        print(f"The demo is ready: {running.portal.base}\nName: {ADMIN}\nPassword: {PASSWORD}", flush=True)
        try:
            input("Enter ends it. ")
        except (EOFError, KeyboardInterrupt):
            print()
