"""One problem: what is wrong, what people say about it, and that it is solved."""

from dataclasses import dataclass, replace
from datetime import datetime

from litestar.params import FromPath

from medianest.core.errors import Invalid, MediaNestError, TooMany, Unavailable
from medianest.core.i18n import Message
from medianest.http.services import Services
from medianest.media_requests import rights
from medianest.media_requests.errand import What
from medianest.media_requests.errors import NoAccount, NotAllowed
from medianest.media_requests.problems import TEXT_MOST
from medianest.media_requests.types import ProblemComment, Reported
from medianest.web import forms, htmx
from medianest.web.asking_away import Away, away
from medianest.web.errand_words import Said, said
from medianest.web.errors import sent_back
from medianest.web.forms import Form
from medianest.web.frame import Avatar, Frame, Place, avatar_of
from medianest.web.given import CurrentReader, PageFrame, TheServices
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.problem_rows import ProblemRow, problem_rows

_REFUSED = (Invalid, NoAccount, NotAllowed, TooMany, Unavailable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said, by what they are called where films and series are fetched."""

    by: str
    avatar: Avatar
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """The page of a problem; `resolve` is None where this reader cannot say that it is solved, or it is.

    `said` is what they said of it that the server has not heard yet; nothing more can be said (`may_comment`) of what
    it does not know.
    """

    row: ProblemRow
    comments: tuple[Comment, ...]
    path: str
    resolve: str | None
    said: tuple[Said, ...] = ()
    may_comment: bool = True
    away: Away | None = None
    text: str = ""
    text_most: int = TEXT_MOST
    error: Message | None = None


async def show(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """The problem."""
    problem = await services.overseerr.problems.one(reader.asking.actor, id)
    return _page(reader, frame, await problem_view(services, reader, problem))


async def comment(
    request: AnyRequest, reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]
) -> Html:
    """Say something about it; what was not taken stays in the form."""
    text = typed(await forms.read(request), "text")
    problem = await services.overseerr.problems.one(reader.asking.actor, id)
    try:
        await services.overseerr.problems.comment(reader.asking.actor, id, text)
    except _REFUSED as error:
        return await _refused(reader, services, frame, problem, error, text=text)
    return htmx.go(reader, f"/problems/{id}")


async def resolve(reader: CurrentReader, services: TheServices, frame: PageFrame, id: FromPath[str]) -> Html:
    """Say that it is solved."""
    problem = await services.overseerr.problems.one(reader.asking.actor, id)
    try:
        await services.overseerr.problems.resolve(reader.asking.actor, id)
    except Unavailable as error:
        return await _refused(reader, services, frame, problem, error)
    return htmx.go(reader, f"/problems/{id}")


async def problem_view(services: Services, reader: Reader, problem: Reported) -> ProblemView:
    actor = reader.asking.actor
    (row,) = await problem_rows(services, actor, [problem])
    own = [one for one in services.overseerr.problems.errands.about(problem.id) if one.by == actor.id]
    is_resolving = any(one.what is What.RESOLVE and one.trouble is None for one in own)
    is_there = problem.upstream_id is not None
    may_resolve = is_there and rights.resolves(actor, problem) and not problem.is_resolved and not is_resolving
    return ProblemView(
        row=row,
        comments=tuple(comment_of(one) for one in problem.comments),
        path=row.path,
        resolve=f"{row.path}/resolve" if may_resolve else None,
        said=tuple(said(one) for one in own),
        may_comment=is_there,
        away=away(services),
    )


def comment_of(said: ProblemComment) -> Comment:
    return Comment(by=said.by, avatar=avatar_of(said.by, said.by), text=said.text, at=said.at)


def typed(form: Form, name: str) -> str:
    """What stands in a field of several lines, whose ends a browser sends as two characters."""
    return form.text(name).replace("\r\n", "\n")


async def _refused(
    reader: Reader, services: Services, frame: Frame, problem: Reported, error: MediaNestError, *, text: str = ""
) -> Html:
    view = replace(await problem_view(services, reader, problem), text=text, error=error.message)
    return sent_back(_page(reader, frame, view), error)


def _page(reader: Reader, frame: Frame, view: ProblemView) -> Html:
    return htmx.page(reader, replace(frame, place=Place.ASK), "problems/problem.html", view)
