"""plex.tv and Plex Media Servers in miniature, on real sockets, true to what was captured of them.

    with Plex() as plex:
        plex.tv.base, plex.tv.app                   # stand for https://plex.tv and https://app.plex.tv
        plex.server                                 # OWNER's, shared with FRIEND (without the music) and CHILD (films)
        plex.neighbours                             # NEIGHBOUR's, shared with OWNER; STRANGER has nothing
        plex.tv.approve(code, FRIEND)               # what FRIEND does in the browser; `lag=2`: two polls see it late
        plex.tv.pass_time(1799)                     # a strong PIN is 404 now
        plex.tv.revoke(FRIEND)                      # all tokens of FRIEND are dead; `plex.server.unshare(FRIEND)`
        plex.server.shelves.lay(...)                # a file that a scan of its folder finds; `plex.server.scans`
        plex.server.watch(FRIEND, item, until_ms=5) # what FRIEND is in the midst of
        plex.tv.trouble("/api/v2/user", fail=429, retry_after="3", times=1)    # the fields of `Trouble`; `calm()`
        plex.server.events.timeline(item)           # who listens hears it; `playing`, `wait_for_listeners(1)`
        webhook("library.new", item, machine=..., account=OWNER)    # body and media type of what a server posts
        plex.server.away(), plex.server.local.shut()    # nobody listens; at one address; `back()`, `open()`
        plex.server.connections[:] = [Connection(...)]  # what plex.tv says of its addresses, be it true or not
        plex.tv.asked("/api/v2/pins"), plex.tv.wait_for(path, count=2)

An account changes by `monkeypatch.setattr(FRIEND, "email", None)`.
`tv.app` + "/auth#?clientID=…&code=…&forwardUrl=…" is a page for a browser with a button for each person.

Where the captures leave something open: a PIN is claimed once and tells its token as often as its client asks until it
expires (using it once is the portal's duty); another client than its maker is told that there is none. All addresses
are plain http. A server's folder is scanned when the answer is sent, and its listeners hear of it. The event stream and
the webhook are not in the captures: they are as plexapi's AlertListener and Plex's support page have them.
"""

from typing import Self

from tests.fakes.plex import furnishing
from tests.fakes.plex.people import CHILD, FRIEND, NEIGHBOUR, OWNER, STRANGER, Person
from tests.fakes.plex.server import Connection, MediaServer, Scan
from tests.fakes.plex.stream import webhook
from tests.fakes.plex.tv import PlexTv

__all__ = [
    "CHILD",
    "FRIEND",
    "NEIGHBOUR",
    "OWNER",
    "STRANGER",
    "Connection",
    "MediaServer",
    "Person",
    "Plex",
    "PlexTv",
    "Scan",
    "webhook",
]


class Plex:
    """plex.tv with five accounts, and two servers."""

    def __init__(self) -> None:
        self.tv = PlexTv()
        self.tv.people += [OWNER, FRIEND, CHILD, NEIGHBOUR, STRANGER]
        self.server = MediaServer(self.tv, OWNER, name="Plex Server 1", machine="unique_id_123")
        self.neighbours = MediaServer(self.tv, NEIGHBOUR, name="Friend Server", machine="unique_id_456")
        furnishing.furnish(self.server.shelves)
        self.server.share(FRIEND, "1", "2")
        self.server.share(CHILD, "1")
        self.neighbours.share(OWNER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for service in (self.server, self.neighbours, self.tv):
            service.close()

    def grow(self, items: int) -> None:
        """Films until the server has so many items."""
        with self.server.lock:
            furnishing.grow(self.server.shelves, items)
