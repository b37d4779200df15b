"""What was said to the server that fetches and is on its way there, or came to nothing."""

from collections.abc import Sequence
from datetime import datetime

from medianest.api.reader import Reader
from medianest.api.wire import Output
from medianest.media_requests import errand, rights
from medianest.media_requests.errand import ABOUT_REQUESTS, What
from medianest.media_requests.errands import Errands


class ErrandFailure(Output, frozen=True, kw_only=True):
    """Why it came to nothing; it can be said again."""

    code: str
    message: str


class Errand(Output, frozen=True, kw_only=True):
    """Something that was said and goes to the server by itself, once; with an `error` it goes there no more."""

    action: What
    text: str
    since: datetime
    error: ErrandFailure | None


def own(reader: Reader, said: Errands, problem_id: str) -> Sequence[Errand]:
    """What this reader said of a problem."""
    return [_shown(reader, one) for one in said.about(problem_id) if one.by == reader.actor.id]


def decided(reader: Reader, said: Errands, request_id: str) -> Sequence[Errand]:
    """What was decided about a request, for who decides."""
    if not rights.decides(reader.actor):
        return []
    return [_shown(reader, one) for one in said.about(request_id) if one.what in ABOUT_REQUESTS]


def _shown(reader: Reader, one: errand.Errand) -> Errand:
    trouble = one.trouble
    return Errand(
        action=one.what,
        text=one.text,
        since=one.at,
        error=ErrandFailure(code=trouble.code, message=reader.say(trouble.message)) if trouble else None,
    )
