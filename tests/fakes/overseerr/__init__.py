"""Overseerr and Seerr in miniature, on real sockets, true to what was recorded of them.

    with Overseerr() as overseerr:                  # or Overseerr(SEERR), which stands for Jellyseerr, too
        overseerr.base, overseerr.key
        alice = overseerr.add("alice", plex_id=1002)    # the first is the administrator; `permissions=May.…`, quotas
        overseerr.users, .media, .wishes, .issues       # what it keeps, beyond `away()` and `back()`
        overseerr.race_s = 1                        # the check for duplicates overlooks what came within a second
        overseerr.services["radarr"].append({...})  # "dead": False for one that takes what is approved
        overseerr.webhook.lead_to(url, secret)      # `.lost = True`, `.sent`
        overseerr.fault(FAULTS["drip"], "/search")  # thirty of them; `calm()`
        overseerr.trouble("/api/v1/search", wait=3) # as with the stand-in of Plex; `asked(path)`, `wait_for(path)`

Where the recordings leave something open it does as the servers' source does. Radarr and Sonarr never fetch anything:
a test says `POST /media/{id}/available`, or changes `media[0].status`.
"""

from tests.fakes.overseerr.faults import FAULTS
from tests.fakes.overseerr.server import API, OVERSEERR, SEERR, Overseerr, recording
from tests.fakes.overseerr.state import Asked, Has, May, User, Wish

__all__ = [
    "API",
    "FAULTS",
    "OVERSEERR",
    "SEERR",
    "Asked",
    "Has",
    "May",
    "Overseerr",
    "User",
    "Wish",
    "recording",
]
