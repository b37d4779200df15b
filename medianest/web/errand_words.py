"""What was said to the server that fetches and is on its way there, or came to nothing: in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.media_requests import rights
from medianest.media_requests.errand import ABOUT_REQUESTS, Errand


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One such thing; `text` is what somebody wrote with it."""

    sentence: Message
    text: str
    is_under_way: bool


def said_of(actor: Actor, errands: Iterable[Errand]) -> Said | None:
    """What was decided about a request, for who decides."""
    if not rights.decides(actor):
        return None
    return next((said(one) for one in errands if one.what in ABOUT_REQUESTS), None)


def said(errand: Errand) -> Said:
    if errand.trouble is None:
        return Said(sentence=msg(f"web.said.{errand.what}"), text=errand.text, is_under_way=True)
    sentence = msg(f"web.said.{errand.what}_failed", reason=errand.trouble.message)
    return Said(sentence=sentence, text=errand.text, is_under_way=False)
