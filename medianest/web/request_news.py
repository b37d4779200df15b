"""What changes on open pages when something happens to a request or a problem: lists read themselves anew."""

from collections.abc import Hashable

from medianest.core.actor import Actor
from medianest.core.i18n import msg
from medianest.core.journal import Entry
from medianest.core.live import Signal
from medianest.http.hub import News
from medianest.media_requests import events
from medianest.media_requests.overseerr import STANDING
from medianest.web.htmx import Toast

ANEW = "asked"
"""The event that pages listen to which show requests or problems."""
_OF_PROBLEMS = events.ProblemEvent.subject_type
_SUBJECTS = frozenset({events.RequestEvent.subject_type, _OF_PROBLEMS})
_GOOD = frozenset(
    {
        events.RequestApproved.kind,
        events.RequestAvailable.kind,
        events.RequestPartlyAvailable.kind,
        events.ProblemResolved.kind,
    }
)
_TOLD = _GOOD | {events.RequestDeclined.kind, events.RequestFailed.kind}


def concerns_requests(news: News) -> bool:
    return news.kind == STANDING if isinstance(news, Signal) else news.subject_type in _SUBJECTS


def class_of(actor: Actor, news: News) -> Hashable:
    """Whom it concerns is told in words, unless they did it themselves; everybody else sees it on their pages."""
    return ANEW, not isinstance(news, Signal) and is_told(actor, news)


def is_told(actor: Actor, entry: Entry) -> bool:
    return entry.kind in _TOLD and f"user:{actor.id}" in entry.audience and entry.actor_id != actor.id


def toast(entry: Entry) -> Toast:
    kind, title = entry.kind.partition(".")[2], str(entry.data.get("title") or "")
    named = msg("web.asking.title", title=title) if title else msg("web.asking.what_you_asked")
    place = "problems" if entry.subject_type == _OF_PROBLEMS else "requests"
    return Toast(
        sentence=msg(f"web.asking.toast_{kind}", title=named),
        good=entry.kind in _GOOD,
        link=f"/{place}/{entry.subject_id}",
        label=msg("web.toast.look"),
    )
