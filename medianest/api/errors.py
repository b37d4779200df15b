"""What went wrong, as application/problem+json (RFC 9457); here, and only here, errors become statuses of this face."""

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send
from msgspec import UNSET, UnsetType

from medianest.api.wire import Output, to_json
from medianest.core import errors
from medianest.core.errors import MediaNestError
from medianest.core.i18n import Catalogues, Message, msg
from medianest.http import errors as floor
from medianest.http.asking import asking_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

Say = Callable[[Message], str]
AnyRequest = Request[Any, Any, Any]

_STATUS: dict[type[MediaNestError], HTTPStatus] = {
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

_CODES = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
}


class WrongField(Output, frozen=True, kw_only=True):
    """One wrong field of what was sent."""

    field: str
    message: str


class Problem(Output, frozen=True, kw_only=True):
    """Why a call was not answered as asked; `code` is a stable word for programs, `detail` a sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: Sequence[WrongField] | UnsetType = UNSET
    request_id: str | UnsetType = UNSET


class Problems:
    """Answers with what was raised by a handler, a guard, the floor or the framework."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    def __call__(self, request: AnyRequest, error: Exception) -> Response[bytes]:
        """The exception handler of this face's paths."""
        asking = asking_of(request)
        return problem(error, say=self._catalogues.of(asking.actor.language).say, request_id=asking.request_id)

    async def refuse(self, scope: Scope, receive: Receive, send: Send, error: MediaNestError) -> None:
        """The floor's `refuse` of this face's paths."""
        request: AnyRequest = Request(scope, receive, send)
        await self(request, error).to_asgi_response(app=None, request=request)(scope, receive, send)


def problem(error: Exception, *, say: Say, request_id: str) -> Response[bytes]:
    if isinstance(error, MediaNestError) and type(error) is not MediaNestError:
        return _known(error, say, request_id)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _framework(error, say)
    log.error("request %s failed", request_id, exc_info=error)
    message = msg("api.internal", request_id=request_id)
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", say(message), request_id=request_id)


def status_of(error: MediaNestError) -> HTTPStatus:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def _known(error: MediaNestError, say: Say, request_id: str) -> Response[bytes]:
    status = status_of(error)
    headers = floor.retry_after(error)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    wrong = [WrongField(field=field.field, message=say(field.message)) for field in error.fields]
    listed = wrong if status is HTTPStatus.UNPROCESSABLE_ENTITY else UNSET
    told_id = request_id if status >= HTTPStatus.INTERNAL_SERVER_ERROR else UNSET
    return _answer(status, error.code, say(error.message), headers=headers, errors=listed, request_id=told_id)


def _framework(error: HTTPException, say: Say) -> Response[bytes]:
    status = HTTPStatus(error.status_code)
    code = _CODES.get(status, "refused")
    message = msg(f"api.status.{code}", status=status.phrase)
    return _answer(status, code, say(message), headers=dict(error.headers or {}))


def _answer(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    errors: Sequence[WrongField] | UnsetType = UNSET,
    request_id: str | UnsetType = UNSET,
) -> Response[bytes]:
    told = Problem(title=status.phrase, status=status, detail=detail, code=code, errors=errors, request_id=request_id)
    return Response(to_json(told), status_code=status, media_type=MEDIA_TYPE, headers=headers)
