"""What can go wrong between us and the Plex server."""

from medianest.core.errors import NotFound, Unavailable


class ServerAway(Unavailable):
    """The server does not answer, or says nothing that can be read."""

    default_code = "plex_away"


class ServerRefuses(Unavailable):
    """The server answers, and does not take the token."""

    default_code = "plex_refused"


class StillAsking(Unavailable):
    """The server is being asked, and takes longer than somebody waits."""

    default_code = "plex_slow"


class NoServer(Unavailable):
    """No server is connected."""

    default_code = "plex_not_connected"
    retryable = False


class NoTitle(NotFound):
    """There is no such title, or it is not shared with who asks."""
