"""What can go wrong with Plex accounts, each with a plain answer of its own."""

from medianest.core.errors import Conflict, Forbidden, NotFound, Unavailable


class PlexOff(NotFound):
    """Nobody signs in with Plex here."""

    default_code = "plex_off"


class NotConnected(Conflict):
    """No server was chosen yet."""

    default_code = "plex_not_connected"


class ServerNotFound(Unavailable):
    """At the address that TOML names no Plex server answered yet, so nobody knows which it is."""

    default_code = "plex_server_not_found"


class TvAway(Unavailable):
    """plex.tv does not answer, or not with what it was asked for; the message says why."""

    default_code = "plex_tv_away"


class TvBusy(Unavailable):
    """plex.tv asks to be left alone."""

    default_code = "plex_tv_busy"


class TokenRefused(Forbidden):
    """plex.tv does not take a token: it was taken back, or the password was changed."""

    default_code = "plex_token_refused"


class PinExpired(NotFound):
    """The way to Plex and back was begun too long ago, or was gone already, or in another browser."""

    default_code = "plex_pin_expired"


class NoAccess(Forbidden):
    """A good Plex account, but the household's server is not shared with it."""

    default_code = "plex_no_access"


class NotOwned(Forbidden):
    """A good Plex account, but another's server."""

    default_code = "plex_not_owned"


class AnothersAccount(Conflict):
    """The Plex account belongs to somebody else of the household already."""

    default_code = "plex_anothers_account"


class OnlyWayIn(Conflict):
    """Without Plex somebody could not come in any more."""

    default_code = "plex_only_way_in"
