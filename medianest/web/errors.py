"""What can go wrong, as a page, a toast, or the way to the sign-in page; here errors become statuses of this face."""

import logging
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote

from litestar import Request
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send

from medianest.core import errors
from medianest.core.i18n import Message, msg
from medianest.http import errors as floor
from medianest.http.csrf import SAFE_METHODS
from medianest.http.redirects import internal_path
from medianest.web import htmx
from medianest.web.htmx import AnyRequest, Html, Reader
from medianest.web.templating import Templates

log = logging.getLogger(__name__)

_STATUS: dict[type[errors.MediaNestError], HTTPStatus] = {
    floor.Malformed: HTTPStatus.BAD_REQUEST,
    floor.TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    floor.RefusedHost: HTTPStatus.MISDIRECTED_REQUEST,
    floor.HeadTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_KIND = {
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
}
_RETRYABLE = frozenset({"internal", "unavailable", "too_many"})
_FRESH = "fresh_sign_in_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """A page for what went wrong; `word` names the request in the log, `line` belongs into the settings."""

    title: Message
    text: Message
    line: str | None = None
    word: str | None = None
    may_retry: bool = False
    may_go_home: bool = True


class Pages:
    """Answers with what was raised by a handler, a guard, the floor or the framework."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def __call__(self, request: AnyRequest, error: Exception) -> Html:
        """The exception handler of this face's paths."""
        return _answer(Reader(request, self._templates), error)

    async def refuse(self, scope: Scope, receive: Receive, send: Send, error: errors.MediaNestError) -> None:
        """The floor's `refuse` of this face's paths."""
        request: AnyRequest = Request(scope, receive, send)
        await self(request, error).to_asgi_response(app=None, request=request)(scope, receive, send)


def _answer(reader: Reader, error: Exception) -> Html:
    if isinstance(error, errors.Unauthenticated):
        return _ask_who(reader)
    if isinstance(error, errors.Forbidden) and error.code == _FRESH:
        return htmx.go(reader, _with_next("/sign-in/again", _way_back(reader)))
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s failed", reader.request.method, reader.request.scope["path"], exc_info=error)
    shown = _shown(reader, error, status)
    shown.headers.update(_headers(error))
    return shown


def status_of(error: Exception) -> HTTPStatus:
    """The status of an error; what nobody foresaw is 500."""
    if isinstance(error, HTTPException):
        return HTTPStatus(error.status_code)
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)


def sent_back(form: Html, error: errors.MediaNestError) -> Html:
    """A form with what was wrong in it; who was too fast is told when to come back."""
    too_fast = isinstance(error, errors.TooMany)
    form.status_code = HTTPStatus.TOO_MANY_REQUESTS if too_fast else HTTPStatus.UNPROCESSABLE_ENTITY
    form.headers.update(floor.retry_after(error))
    return form


def error_view(
    kind: str, *, text: Message | None = None, line: str | None = None, word: str | None = None
) -> ErrorView:
    return ErrorView(
        title=msg(f"web.errors.{kind}_title"),
        text=text or msg(f"web.errors.{kind}"),
        line=line,
        word=word,
        may_retry=kind in _RETRYABLE,
        may_go_home=kind not in ("host", "network"),
    )


def _shown(reader: Reader, error: Exception, status: HTTPStatus) -> Html:
    view = _view(reader, error, status)
    if reader.by_htmx:
        return htmx.toast(reader, view.text, good=False, status=status)
    frame = reader.frame()
    template = "errors/inside.html" if frame.avatar else "errors/door.html"
    return htmx.page(reader, frame, template, view, status=status)


def _view(reader: Reader, error: Exception, status: HTTPStatus) -> ErrorView:
    if isinstance(error, floor.RefusedHost | floor.RefusedNetwork):
        refused = "host" if isinstance(error, floor.RefusedHost) else "network"
        return error_view(refused, line=str(error.message.values.get("line", "")))
    kind = _KIND.get(status, "invalid")
    if isinstance(error, errors.MediaNestError) and status is not HTTPStatus.INTERNAL_SERVER_ERROR:
        return error_view(kind, text=error.message)
    view = error_view(kind)
    return replace(view, word=reader.asking.request_id) if kind == "internal" else view


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, HTTPException):
        return dict(error.headers or {})
    return floor.retry_after(error)


def _ask_who(reader: Reader) -> Html:
    """To the sign-in page, and back afterwards; a live stream is told so by its status."""
    sent = htmx.go(reader, _with_next("/sign-in", _way_back(reader)))
    if reader.by_htmx:
        sent.status_code = HTTPStatus.UNAUTHORIZED
    return sent


def _way_back(reader: Reader) -> str:
    """Where somebody wanted to be: the page they asked for, or the one on which they pressed a button."""
    request = reader.request
    if request.method not in SAFE_METHODS or reader.by_htmx:
        return internal_path(reader.came_from)
    query = request.scope["query_string"].decode("latin-1")
    return internal_path(f"{request.scope['path']}?{query}" if query else request.scope["path"])


def _with_next(path: str, back: str) -> str:
    return path if back == "/" else f"{path}?next={quote(back, safe='/')}"
