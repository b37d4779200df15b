"""Deciding what is fetched: the queue of those who may, one by one or several at once."""

import asyncio
from dataclasses import dataclass, replace

from litestar.params import FromPath, FromQuery

from medianest.core.actor import Actor
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Message
from medianest.http.services import Services
from medianest.media_requests import listing, queries
from medianest.media_requests.listing import Sort
from medianest.media_requests.types import Request, State, Verdict, Wish
from medianest.web import forms, htmx, inbox_way
from medianest.web.asking_away import Away, away
from medianest.web.deciding import DecisionCard, decision_cards
from medianest.web.errors import sent_back
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.ask_title import filled_in, wish_of

PATH = "/requests/decide"
_PAGE = 10
_AT_ONCE = 50
_WAITING = frozenset({State.PENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideView:
    """The queue, the oldest first; `error` says why something was not decided."""

    cards: tuple[DecisionCard, ...]
    away: Away | None
    address: str
    older: str | None = None
    newest: str | None = None
    error: Message | None = None


async def show(
    reader: CurrentReader, services: TheServices, frame: PageFrame, cursor: FromQuery[str | None] = None
) -> Html:
    """What waits for a decision."""
    view = await decide_view(services, reader.asking.actor, cursor)
    return htmx.page(reader, replace(frame, place=Place.ASK), "requests/decide.html", view)


async def decide(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Approve, as asked or with other seasons or another profile; or decline, for a reason that they read."""
    form, actor = await forms.read(request), reader.asking.actor
    known = await services.db.read(queries.one, actor, id)
    verdict = Verdict(request.scope["path"].rpartition("/")[2])
    instead = _instead(known, wish_of(known.wish.title, filled_in(form))) if verdict is Verdict.APPROVE else None
    try:
        await services.requests.decide(actor, id, verdict, reason=form.text("reason"), instead=instead)
    except MediaNestError as error:
        return await _refused(reader, services, frame, error)
    forget(services, known)
    return htmx.go(reader, PATH)


async def decide_several(request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame) -> Html:
    """The same about several; what cannot be decided stays where it is."""
    form, actor = await forms.read(request), reader.asking.actor
    verdict = form.choice("verdict", Verdict) or Verdict.APPROVE
    ids = dict.fromkeys(form.many("id")[:_AT_ONCE])
    decided = [_one_of_several(services, actor, id, verdict, form.text("reason")) for id in ids]
    failed = [error for error in await asyncio.gather(*decided) if error]
    if failed:
        return await _refused(reader, services, frame, failed[-1])
    return await inbox_way.back(reader, services, form) or htmx.go(reader, PATH)


async def _one_of_several(
    services: Services, actor: Actor, id: str, verdict: Verdict, reason: str
) -> MediaNestError | None:
    """Why it could not be decided. All at once, so that nobody waits for each in turn."""
    try:
        done = await services.requests.decide(actor, id, verdict, reason=reason)
    except MediaNestError as error:
        return error
    forget(services, done)
    return None


def forget(services: Services, request: Request) -> None:
    """The title is asked for anew, unless the server takes its time: then nobody waits for that, too."""
    if services.requests.errands.under_way(request.id) is None:
        services.discovery.forget(request.wish.title)


async def decide_view(services: Services, actor: Actor, cursor: str | None) -> DecideView:
    found = await services.db.read(
        listing.listing, actor, states=_WAITING, sort=Sort.OLDEST, cursor=cursor, limit=_PAGE
    )
    return DecideView(
        cards=await decision_cards(services, actor, found.items),
        away=away(services),
        address=f"{PATH}?cursor={cursor}" if cursor else PATH,
        older=f"{PATH}?cursor={found.next_cursor}" if found.next_cursor else None,
        newest=PATH if cursor else None,
    )


async def _refused(reader: Reader, services: Services, frame: PageFrame, error: MediaNestError) -> Html:
    if reader.by_htmx:
        return sent_back(htmx.toast(reader, error.message, good=False), error)
    view = replace(await decide_view(services, reader.asking.actor, None), error=error.message)
    page = htmx.page(reader, replace(frame, place=Place.ASK), "requests/decide.html", view)
    return sent_back(page, error)


def _instead(request: Request, chosen: Wish) -> Wish | None:
    """What is approved in its place; None where it is what was asked for."""
    wanted = replace(chosen, is_4k=request.wish.is_4k, seasons=chosen.seasons or request.wish.seasons)
    return None if replace(wanted, seasons=tuple(sorted(wanted.seasons))) == request.wish else wanted
