"""What can go wrong between a wish and its fulfilment."""

from medianest.core.errors import Conflict, Forbidden, NotFound, TooMany, Unavailable
from medianest.core.i18n import msg


class ServerAway(Unavailable):
    """The server does not answer, or says nothing that can be read."""

    default_code = "overseerr_away"


class WentWrong(ServerAway):
    """The server was reached, and no answer came that is one: asked again at once, it may answer."""


class StillAsking(Unavailable):
    """The server is being asked, and takes longer than somebody waits."""

    default_code = "overseerr_slow"


class ServerRefuses(Unavailable):
    """The server answers, and does not take the key."""

    default_code = "overseerr_refused"
    retryable = False


class NotDelivered(Unavailable):
    """The server's webhook does not reach us."""

    default_code = "webhook_not_delivered"
    retryable = False


class NoServer(Unavailable):
    """No server is set up."""

    default_code = "overseerr_off"
    retryable = False


class NotAllowed(Forbidden):
    """The server does not allow this to this person."""

    default_code = "not_allowed_there"


class UsedUp(TooMany):
    """The person's allowance at the server is used up."""

    default_code = "quota_exceeded"
    retryable = False


class AskedAlready(Conflict):
    """The title was asked for already."""

    default_code = "asked_already"


class ThereAlready(Conflict):
    """What is asked for is there."""

    default_code = "available_already"


class NothingLeft(Conflict):
    """Of the chosen seasons all were asked for, or are there."""

    default_code = "no_seasons_left"


class NoTitle(NotFound):
    """There is no such title, or TMDB is away: the server does not tell which."""

    default_code = "no_title"


class LinkOver(NotFound):
    """The link was used, is too old, or its holder may not decide any more."""

    default_code = "link_over"


class GoneThere(NotFound):
    """What is meant is not there (any more) at the server."""

    default_code = "gone_upstream"


class NoAccount(Forbidden):
    """The person has no account at the server, and nobody said as whom they ask."""

    default_code = "no_account_there"


class NothingThere(Conflict):
    """Nothing is wrong with what is not there."""

    default_code = "nothing_there"


class NoProblem(NotFound):
    """There is no such problem, or it is not this person's to know of."""

    default_code = "no_problem"

    def __init__(self) -> None:
        super().__init__(msg("requests.no_problem"))


class NoRequest(NotFound):
    """There is no such request, or it is another person's."""

    default_code = "no_request"

    def __init__(self) -> None:
        super().__init__(msg("requests.no_request"))


class WrongState(Conflict):
    """The request is in a state in which this cannot be done."""

    default_code = "wrong_state"
