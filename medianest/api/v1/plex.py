"""Somebody's Plex account, as programs see it."""

from datetime import datetime

from medianest.api.wire import Output
from medianest.plex.types import Identity


class PlexAccount(Output, frozen=True, kw_only=True):
    """The Plex account by which somebody signs in, by Plex's own number.

    `lost_at` is when the server was found to be shared with them no more.
    """

    id: int
    name: str
    linked_at: datetime
    lost_at: datetime | None


def plex_shape(known: Identity | None) -> PlexAccount | None:
    if known is None:
        return None
    return PlexAccount(id=known.plex_id, name=known.name, linked_at=known.linked_at, lost_at=known.lost_at)
