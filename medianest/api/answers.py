"""What this face answers: JSON, or nothing; with a tag, so that a reader who has it already is told so."""

from hashlib import blake2b
from http import HTTPStatus
from typing import Any

from litestar import Request, Response

from medianest.api.wire import Output, to_json
from medianest.http.etags import matches

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
MEDIA_TYPE = "application/json"


def json(told: Output, *, status: HTTPStatus = HTTPStatus.OK, location: str | None = None) -> Response[bytes]:
    headers = {"location": location} if location else None
    return Response(to_json(told), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def tagged(request: AnyRequest, content: bytes, *, media_type: str = MEDIA_TYPE) -> Response[bytes]:
    """The content, or 304 for who has it; for answers that stand on more than tables (see `http.etags`)."""
    tag = f'"{blake2b(content, digest_size=15).hexdigest()}"'
    if matches(request.headers.get("if-none-match"), tag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers={"etag": tag})
    return Response(content, media_type=media_type, headers={"etag": tag})


def nothing() -> Response[None]:
    return Response(None, status_code=HTTPStatus.NO_CONTENT)
