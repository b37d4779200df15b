"""In which words the server refuses, and what that means; its statuses alone do not tell. Pure."""

from medianest.core.errors import MediaNestError
from medianest.core.i18n import msg
from medianest.media_requests.errors import AskedAlready, GoneThere, NotAllowed, NotDelivered, NoTitle, UsedUp

_NO_TITLE = ("Unable to retrieve movie", "Unable to retrieve series", "[TMDB]")


def of(status: int, words: str | None) -> MediaNestError | None:
    """What a route of the server's means by `words`; None where it is not the route that refuses.

    An unknown title is a 500, as is an unknown issue; a quota that is used up is a 403 like a refused key.
    """
    if not words:
        return None
    if status in (401, 403):
        return UsedUp(msg("requests.used_up")) if "Quota exceeded" in words else NotAllowed(msg("requests.not_allowed"))
    if status == 409:
        return AskedAlready(msg("requests.asked_already"))
    if status == 404 or (status == 500 and words.startswith("Issue not found")):
        return GoneThere(msg("requests.gone_there"))
    if status == 500 and words.startswith("Failed to send webhook"):
        return NotDelivered(msg("requests.webhook_not_delivered"))
    if status == 500 and words.startswith(_NO_TITLE):
        return NoTitle(msg("requests.no_title"))
    return None
