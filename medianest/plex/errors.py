"""What can go wrong with Plex accounts, each with a plain answer of its own."""

from medianest.core.errors import NotFound, Unavailable


class PlexOff(NotFound):
    """Nobody signs in with Plex here."""

    default_code = "plex_off"


class NotConnected(Unavailable):
    """No server was chosen yet."""

    default_code = "plex_not_connected"
    retryable = False


class ServerNotFound(Unavailable):
    """At the address that TOML names no Plex server answered yet, so nobody knows which it is."""

    default_code = "plex_server_not_found"
