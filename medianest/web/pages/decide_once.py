"""Deciding by a link out of a message: the page asks before anything is decided, and nobody needs to sign in.

Opening it changes nothing, for programs that look at messages open links, too.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus

from litestar.params import FromPath

from medianest.core.errors import MediaNestError
from medianest.core.i18n import Message, msg
from medianest.http.services import Services
from medianest.media_requests.decision_links import PATH, Offer
from medianest.media_requests.errors import LinkOver
from medianest.media_requests.types import Request, Verdict
from medianest.web import forms, htmx
from medianest.web.deciding import DecisionCard, decision_cards
from medianest.web.errors import sent_back
from medianest.web.given import CurrentReader, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.decide import forget
from medianest.web.request_rows import name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideOnceView:
    """`card` is what may be decided, by `who`; without it `told` says what was, or why nothing can be."""

    heading: Message
    path: str
    card: DecisionCard | None = None
    who: Message | None = None
    told: Message | None = None
    request_path: str | None = None
    reason: str = ""
    error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, word: FromPath[str]) -> Html:
    """What it is about, and the question."""
    try:
        offer = await services.overseerr.decisions.look(word)
    except LinkOver as error:
        return _over(reader, error)
    return _page(reader, await _question(services, offer, word))


async def decide(request: AnyRequest, reader: CurrentReader, services: TheServices, word: FromPath[str]) -> Html:
    """Approve it, or decline it for a reason that they read."""
    form, links = await forms.read(request), services.overseerr.decisions
    reason, client = form.text("reason"), reader.asking.client()
    verdict = form.choice("verdict", Verdict)
    try:
        offer = await links.look(word)
        if verdict is None:
            return _page(reader, await _question(services, offer, word, reason=reason))
        done = await links.decide(word, verdict, client, reason=reason)
    except LinkOver as error:
        return _over(reader, error)
    except MediaNestError as error:
        view = replace(await _question(services, offer, word, reason=reason), error=error.message)
        return sent_back(_page(reader, view), error)
    forget(services, done)
    is_under_way = services.requests.errands.under_way(done.id) is not None
    return _page(reader, decided(done, verdict, is_under_way=is_under_way))


def decided(request: Request, verdict: Verdict, *, is_under_way: bool = False) -> DecideOnceView:
    told = msg("web.decide_once.under_way" if is_under_way else f"web.decide_once.{verdict}")
    return DecideOnceView(heading=name_of(request), path=PATH, told=told, request_path=f"/requests/{request.id}")


def question(card: DecisionCard, *, name: str, word: str, reason: str = "") -> DecideOnceView:
    """Pictures are for who is signed in."""
    return DecideOnceView(
        heading=card.row.title,
        path=f"{PATH}/{word}",
        card=card,
        who=msg("web.decide_once.as", name=name),
        reason=reason,
    )


async def _question(services: Services, offer: Offer, word: str, *, reason: str = "") -> DecideOnceView:
    (card,) = await decision_cards(services, offer.actor, [offer.request])
    return question(card, name=offer.actor.name, word=word, reason=reason)


def _over(reader: Reader, error: LinkOver) -> Html:
    view = DecideOnceView(heading=msg("web.decide_once.over"), path=PATH, told=error.message)
    return _page(reader, view, HTTPStatus.NOT_FOUND)


def _page(reader: Reader, view: DecideOnceView, status: HTTPStatus = HTTPStatus.OK) -> Html:
    return htmx.page(reader, reader.frame(), "requests/decide_once.html", view, status=status)
