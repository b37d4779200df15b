"""One request: how far it is, what happened to it, and what somebody may do about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from litestar.params import FromPath

from medianest.core import journal_pages
from medianest.core.actor import Actor
from medianest.core.i18n import Message, msg
from medianest.core.journal_pages import Sought
from medianest.http.services import Services
from medianest.media_requests import queries, rights
from medianest.media_requests.service import Requests
from medianest.media_requests.types import Request, State
from medianest.web import forms, htmx, inbox_way
from medianest.web.asking_away import Away, away
from medianest.web.entries import Known, sentence_of, sentences
from medianest.web.frame import Place
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.pages.question import QuestionView, ask
from medianest.web.request_rows import RequestRow, name_of, request_rows

_HISTORY = 50
_FINAL = frozenset({State.AVAILABLE, State.REMOVED})
Verb: TypeAlias = Callable[[Requests, Actor, str], Awaitable[Request]]
VERBS: dict[str, Verb] = {"follow": Requests.follow, "unfollow": Requests.unfollow, "retry": Requests.retry}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    sentence: Message
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """The page of a request; a path is None where this reader cannot do that now."""

    row: RequestRow
    history: tuple[Happened, ...]
    away: Away | None
    cancel: str | None
    unfollow: str | None
    retry: str | None
    decide: str | None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """The request."""
    view = await request_view(services, reader, await services.db.read(queries.one, reader.asking.actor, id))
    return htmx.page(reader, replace(frame, place=Place.ASK), "requests/request.html", view)


async def act(request: AnyRequest, reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Do what the last word of the path says."""
    verb = VERBS[request.scope["path"].rpartition("/")[2]]
    form = await forms.read(request)
    done = await verb(services.requests, reader.asking.actor, id)
    if to_inbox := await inbox_way.back(reader, services, form):
        return to_inbox
    if reader.by_htmx:
        return htmx.told(reader, "followed")
    return htmx.go(reader, f"/requests/{done.id}")


async def ask_cancel(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Whether to take it back."""
    actor = reader.asking.actor
    request = await services.db.read(queries.one, actor, id)
    return ask(reader, frame, Place.ASK, cancel_question(request, is_mine=actor.id == request.owner_id))


async def cancel(reader: CurrentReader, services: TheServices, id: FromPath[str]) -> Html:
    """Take it back; what others want, too, is theirs then."""
    done = await services.requests.cancel(reader.asking.actor, id)
    return htmx.go(reader, f"/requests/{done.id}")


async def request_view(services: Services, reader: Reader, request: Request) -> RequestView:
    actor = reader.asking.actor
    (row,) = await request_rows(services, actor, [request])
    path, is_over = f"/requests/{request.id}", request.state in _FINAL
    is_under_way = services.requests.errands.under_way(request.id) is not None
    return RequestView(
        row=row,
        history=await _history(services, request),
        away=away(services),
        cancel=f"{path}/cancel" if rights.controls(actor, request) and not is_over else None,
        unfollow=f"{path}/unfollow" if rights.follows(actor, request) else None,
        retry=f"{path}/retry" if rights.may_retry(actor, request) and not is_under_way else None,
        decide="/requests/decide" if row.may_decide else None,
    )


def cancel_question(request: Request, *, is_mine: bool) -> QuestionView:
    """The question before it is taken back, with what becomes of it."""
    lines = [msg("web.requests.cancel_mine" if is_mine else "web.requests.cancel_other")]
    if request.followers:
        lines.append(msg("web.requests.cancel_followed", n=len(request.followers)))
    return QuestionView(
        title=msg("web.requests.cancel_title", title=name_of(request)),
        lines=tuple(lines),
        path=f"/requests/{request.id}/cancel",
        button=msg("web.requests.cancel"),
        back=f"/requests/{request.id}",
    )


async def _history(services: Services, request: Request) -> tuple[Happened, ...]:
    """What happened to it, oldest first."""
    about = Sought(subject=("media_request", request.id))
    entries = (await services.db.read(journal_pages.page, about, limit=_HISTORY)).items
    known = Known(sentence=sentences(services.catalogues))
    return tuple(Happened(sentence=sentence_of(entry, known.sentence), at=entry.at) for entry in reversed(entries))
